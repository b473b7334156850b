"""A little market for settlements: KPIs, schemes and lines through the real feed, and two people of finance."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from incentives.ledger import Posting, post
from incentives.models import BankAccount, Payment, SettlementRun, Statement, StatementLine
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from incentives.settlement import advance_run, approve_run, finish_run, open_run
from incentives.states import LineState, PaymentState, StatementState
from performance.feed.intake import receive_lines
from performance.models import Kpi
from performance.tasks import deliver_events
from portal.demo.build import count_all
from tenancy.actors import Actor, actor_of
from tenancy.enums import Audience, Role
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person
from tests.kit.world import PASSWORD, Tenant


def second_person(tenant: Tenant) -> Actor:
    """Another member of channel finance."""
    with scope(tenant.operator.pk, Audience.AUTH):
        person = ensure_person(email="fin2@alpha.example", name="Second", password=PASSWORD)
        member = add_membership(person, role=Role.CHANNEL_FINANCE, partner_id=None)
        return actor_of(member, tenant.operator)


def kpi(code: str = "sales", **fields: Any) -> Kpi:
    values = {"name": code, "measure": "sum_amount", "period": "quarter"} | fields
    found: Kpi = Kpi.objects.create(code=code, **values)
    return found


def publish(tenant: Tenant, code: str, formula: str, *, group: str = "", **options: Any) -> None:
    """A scheme in force since 2012."""
    of_version = {name: options.pop(name) for name in ("eligibility", "cap") if name in options}
    draft = create_scheme(
        tenant.system,
        scheme=SchemeData(code=code, name=code, **options),
        version=VersionData(formula=formula, starts=date(2012, 1, 1), **of_version),
    )
    if group:
        draft.scheme.settlement_group = group
        draft.scheme.save(update_fields=["settlement_group"])
    publish_version(tenant.system, version_id=draft.pk)


def line(ref: str, partner: str, day: str, amount: str | None, **fields: Any) -> dict[str, Any]:
    made = {"source": "erp", "external_id": ref, "kind": "sale", "occurred_at": day, "partner": partner}
    if amount is not None:
        made |= {"quantity": "1", "amount": amount, "currency": "USD"}
    return made | fields


def back(ref: str, reverses: str, day: str, **fields: Any) -> dict[str, Any]:
    return {"source": "erp", "external_id": ref, "occurred_at": day, "reverses": reverses, **fields}


def feed(tenant: Tenant, lines: Iterable[dict[str, Any]]) -> None:
    """Take the lines in and count everything, as the worker would."""
    with tenant.scope():
        receipt = receive_lines(tenant.system, list(lines), channel="test")
        assert not receipt.rejected, receipt.rejected[0].message
        assert not receipt.unresolved
    count_all(tenant.system)


def with_accounts(tenant: Tenant, *codes: str) -> None:
    for code in codes:
        BankAccount.objects.create(
            partner=tenant.partners[code], holder=code, iban=f"DE00{code}", state="active"
        )


def settle(tenant: Tenant, group: str, period: str, actor: Actor | None = None) -> SettlementRun:
    """As far as approval."""
    who = actor or tenant.system
    with tenant.scope():
        run = open_run(who, period=period, group=group)
    advance_run(replace(who, audience=Audience.WORKER), run_id=run.pk)
    with tenant.scope():
        run.refresh_from_db()
    return run


def approve(tenant: Tenant, run: SettlementRun, actor: Actor | None = None) -> SettlementRun:
    with tenant.scope():
        run.refresh_from_db()
        return approve_run(actor or tenant.actors["channel_finance"], run_id=run.pk, total=run.total)


def settled(tenant: Tenant, group: str, period: str) -> SettlementRun:
    return approve(tenant, settle(tenant, group, period))


def pay(actor: Actor, payments: Iterable[Payment]) -> None:
    """The bank says yes: the shortest way from payable to paid."""
    for payment in payments:
        payment.state = PaymentState.PAID
        payment.save(update_fields=["state"])
        lines = [
            Posting("payable", payment.amount, payment.partner_id),
            Posting("paid", -payment.amount),
        ]
        post("paid", payment, lines, currency=payment.currency)
        Statement.objects.filter(pk=payment.statement_id).update(state=StatementState.PAID)
        StatementLine.objects.filter(statement_id=payment.statement_id, state=LineState.APPROVED).update(
            state=LineState.PAID
        )
        finish_run(actor, run_id=payment.statement.run_id)


def told(partner: str, period: str) -> list[tuple[str, str, Decimal]]:
    """(kind, scheme, amount) of the partner's statement for a period."""
    lines = StatementLine.objects.filter(statement__partner__code=partner, statement__period=period)
    return [
        (each.kind, each.scheme.code if each.scheme else "", each.amount)
        for each in lines.select_related("scheme").order_by("statement_id", "position")
    ]


def deliver(tenant: Tenant) -> None:
    deliver_events(tenant.system)
