"""A quarter of 10,000 partners from close to statements: two rebates and a SPIFF, all recomputed from 100,000 transactions."""

from __future__ import annotations

import os
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench.result import Result

if TYPE_CHECKING:
    from tenancy.actors import Actor

PARTNERS, LINES = 10_000, 100_000
_NAMED = "operator_id, code, name, names, active, created_at, updated_at, search_key"
_PARTNERS = f"""
insert into partners_partner ({_NAMED}, roles, layers, tier, state, legal_id, city, website, phone)
select %(op)s, 'd' || n, 'd ' || n, '{{}}', true, now(), now(), '', '{{}}', '{{}}', '', 'active', '', '', '', ''
from generate_series(0, %(partners)s - 1) n
"""
_ROOTS = "update partners_partner set root_id = id where operator_id = %(op)s"
_LINKS = """
insert into partners_partnerlink (operator_id, ancestor_id, descendant_id, depth)
select operator_id, id, id, 0 from partners_partner where operator_id = %(op)s
"""
_ACCOUNTS = """
insert into incentives_bankaccount (operator_id, partner_id, holder, holder_latin, iban, bic, bank_name, reason, state,
  active_from)
select operator_id, id, name, '', 'X' || id, '', '', '', 'active', '2020-01-01' from partners_partner where operator_id = %(op)s
"""
_CREDITS = """
insert into performance_credit (operator_id, source, external_id, revision, position, sign, digest, kind, occurred_at, day,
  partner_id, engagement_model, contribution, share, quantity, amount, line_amount, currency, reverses)
select %(op)s, 'erp', 'L' || n, 1, 0, 1, decode(md5(n::text), 'hex'), 'sale', timestamptz '2013-01-01 09:00Z'
  + mod(n, 90) * interval '1 day', date '2013-01-01' + mod(n, 90), p.id, '', '', 1, 1, 10 + mod(n * 7919, 1000) * 1.25,
  10 + mod(n * 7919, 1000) * 1.25, 'USD', ''
from generate_series(0, %(lines)s - 1) n
join partners_partner p on p.operator_id = %(op)s and p.code = 'd' || mod(n, %(partners)s)
"""
SCHEMES = {
    "slices": ("rebate", "all: marginal(sales, [0 -> 1%, 2k -> 2%, 5k -> 3.5%])"),
    "reached": ("rebate", "all: sales * band(sales, [0 -> 1%, 4k -> 2%])"),
    "spiff": ("spiff", "all: if(amount >= 1k, amount * 1.25%, USD 0)"),
}


def prepare(partners: int, lines: int) -> Actor:
    """An operator with everything counted and accrued."""
    from datetime import date

    from django.db import connections

    from incentives.services import SchemeData, VersionData, create_scheme, publish_version
    from performance.counting.recompute import recompute
    from performance.models import Kpi
    from performance.tasks import deliver_events
    from tenancy.access import scope_of
    from tenancy.actors import system_actor
    from tenancy.services import create_operator

    operator = create_operator(
        slug="settle", name="settle", languages=["en"], calendar="gregorian", currency="USD", time_zone="UTC"
    )
    actor = system_actor(operator, "bench")
    with scope_of(actor):
        for statement in (_PARTNERS, _ROOTS, _LINKS, _ACCOUNTS, _CREDITS):
            run_sql(actor, statement, partners=partners, lines=lines)
        Kpi.objects.create(code="sales", name="sales", measure="sum_amount", period="quarter")
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")
    with scope_of(actor):
        recompute(actor, Kpi.objects.all())
        for code, (kind, formula) in SCHEMES.items():
            draft = create_scheme(
                actor,
                scheme=SchemeData(code=code, name=code, kind=kind),
                version=VersionData(formula=formula, starts=date(2013, 1, 1)),
            )
            draft.scheme.settlement_group = "all"
            draft.scheme.save(update_fields=["settlement_group"])
            publish_version(actor, version_id=draft.pk)
    deliver_events(actor)
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze")
    return actor


def run_sql(actor: Actor, statement: str, **params: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, {"op": actor.operator.pk, **params})


def run() -> dict[str, Result]:
    """Seconds from closing the period to statements that wait for approval."""
    from incentives.ledger import check_ledger
    from incentives.models import SettlementRun, Statement
    from incentives.settlement import advance_run, approve_run, open_run
    from incentives.settlement.steps import drain, step
    from tenancy.access import scope_of

    partners, lines = int(os.environ.get("PARTNERS", PARTNERS)), int(os.environ.get("LINES", LINES))
    actor = prepare(partners, lines)
    with scope_of(actor):
        settlement = open_run(actor, period="2013-Q1", group="all")
    start = perf_counter()
    drain(actor, settlement.pk)
    told, before = [], start
    while step(actor, settlement.pk):
        told.append(perf_counter() - before)
        before = perf_counter()
    advance_run(actor, run_id=settlement.pk)
    seconds = perf_counter() - start
    with scope_of(actor):
        settlement = SettlementRun.objects.get(pk=settlement.pk)
        if settlement.state != "statements" or settlement.differences:
            raise ValueError(f"{settlement.state}: {settlement.differences[:3]}")
        if Statement.objects.count() != partners:
            raise ValueError("a partner has no statement")
        approving = perf_counter()
        approve_run(actor, run_id=settlement.pk, total=settlement.total)
        approved = perf_counter() - approving
        problems = check_ledger(actor).problems
        if problems:
            raise ValueError(f"the ledger is wrong: {problems[:3]}")
    steps = ", ".join(f"{each:.2f}" for each in told[:4])
    print(
        f"steps {steps} ..., {len(told)} steps, approval {approved:.2f} s, check {perf_counter() - approving - approved:.2f} s"
    )
    return {"settle": Result(seconds, 60, "s", "lower", [round(seconds, 2)])}
