"""Approval: a second person binds the exact total; statements, ledger and payments follow in the same transaction."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from common.money import exponent
from incentives.machines import RUN
from incentives.models import LedgerAccount, Payment, SettlementRun
from incentives.settlement import options
from incentives.settlement.runs import locked, today_of
from incentives.states import PaymentState, RunState
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership
from workflow.calendar import work_calendar
from workflow.enums import Urgency
from workflow.notices import declare
from workflow.states import move

ISSUED = declare(
    "settlement.issued", Urgency.INFO, _("Your statement %(number)s for %(period)s is there: %(net)s.")
)

_APPROVE_LINES = """
update incentives_statementline l set state = 'approved' from incentives_statement s
where l.operator_id = %(op)s and s.operator_id = %(op)s and s.id = l.statement_id and s.run_id = %(run)s
  and l.state = 'in_statement'
"""
_APPROVE_STATEMENTS = """
update incentives_statement set state = 'approved', issued_at = now(), approved_at = now()
where operator_id = %(op)s and run_id = %(run)s and state = 'draft'
"""
#: Lines that earlier statements held, or that left their payment, are over when their release is approved.
_END_RELEASED = """
update incentives_statementline l set state = 'approved'
from incentives_statementline b join incentives_statement s on s.operator_id = b.operator_id and s.id = b.statement_id
where l.operator_id = %(op)s and b.operator_id = %(op)s and s.run_id = %(run)s and b.kind = 'release'
  and l.id = b.corrects_id
"""
_SETTLE_ADJUSTMENTS = """
update incentives_adjustment a set state = 'settled' from incentives_statementline l
join incentives_statement s on s.operator_id = l.operator_id and s.id = l.statement_id
where a.operator_id = %(op)s and l.operator_id = %(op)s and s.run_id = %(run)s and l.adjustment_id = a.id
"""
#: What each statement moves, in minor units: earnings and corrections, tax added, tax withheld.
_MOVED = """
select s.id, s.partner_id, s.number,
  round(coalesce(sum(l.amount) filter (where l.kind not in ('opening', 'tax', 'withholding')), 0) * %(unit)s)::bigint as base,
  round(coalesce(sum(l.amount) filter (where l.kind in ('tax', 'withholding')), 0) * %(unit)s)::bigint as tax
from incentives_statement s
join incentives_statementline l on l.operator_id = s.operator_id and l.statement_id = s.id
where s.operator_id = %(op)s and s.run_id = %(run)s group by s.id
"""
_ACCOUNTS = """
insert into incentives_ledgeraccount (operator_id, kind, partner_id, currency)
select %(op)s, 'payable', s.partner_id, %(currency)s from incentives_statement s
where s.operator_id = %(op)s and s.run_id = %(run)s
union all select %(op)s, k, null, %(currency)s from unnest(array['expense', 'tax']) k on conflict do nothing
"""
_ENTRIES = """
insert into incentives_ledgerentry (operator_id, kind, source_type, source_id, period, text, posted_at)
select %(op)s, 'statement', 'incentives.statement', m.id, %(period)s, m.number, now()
from unnest(%(ids)s::bigint[], %(numbers)s::text[]) m(id, number) returning id, source_id
"""
_LINES = """
insert into incentives_ledgerline (operator_id, entry_id, account_id, partner_id, amount)
select %(op)s, l.entry, l.account, l.partner, l.amount
from unnest(%(entries)s::bigint[], %(accounts)s::bigint[], %(partners)s::bigint[], %(amounts)s::bigint[])
  l(entry, account, partner, amount)
"""
_PAYMENTS = """
insert into incentives_payment (operator_id, statement_id, partner_id, bank_account_id, amount, currency, end_to_end_id,
  state, bank_reference, bank_reason, attempt, due_on)
select %(op)s, s.id, s.partner_id, b.id, round(s.net * %(unit)s)::bigint, s.currency, 'S' || s.id || '-1', 'payable',
  '', '', 1, %(due)s
from incentives_statement s
left join incentives_bankaccount b on b.operator_id = s.operator_id and b.partner_id = s.partner_id
  and b.state = 'active'
where s.operator_id = %(op)s and s.run_id = %(run)s and s.closing = 0 and s.net > 0
"""
_TELL = """
insert into tenancy_outboxevent (operator_id, topic, payload, created_at, due_at, attempts, last_error, dead)
select %(op)s, 'settlement.issued', jsonb_build_object('run_id', %(run)s), now(), now(), 0, '', false
"""


def approve_run(actor: Actor, *, run_id: int, total: Decimal) -> SettlementRun:
    """Approve the statements of a run whose total is exactly ``total``.

    Raises ``Conflict``: ``invalid_transition`` unless the run waits for approval, ``same_person`` for whoever prepared
    it, ``total_differs`` for another total.
    """
    actor.require(Permission.APPROVE_SETTLEMENTS)
    run = locked(run_id)
    RUN.check(run.state, RunState.APPROVED)
    if is_preparer(actor, run):
        raise Conflict("same_person", _("Who prepared a settlement cannot approve it."))
    if total != run.total:
        raise Conflict("total_differs", _("The total is another one by now. Look at it again."), "total")
    run.approved_by_id, run.approved_at = actor.membership_id, timezone.now()
    move(actor, run, RunState.APPROVED, RUN, save=["approved_by", "approved_at"])
    _take_effect(actor, run)
    reference = f"{run.group} {run.period}"
    audit.record(actor, "settlement.approve", run, ref=reference, changes={"total": [None, str(total)]})
    return run


def is_preparer(actor: Actor, run: SettlementRun) -> bool:
    """Whether the actor prepared the run, under whatever membership."""
    if run.prepared_by_id is None:
        return False
    if run.prepared_by_id == actor.membership_id:
        return True
    person = Membership.objects.filter(pk=run.prepared_by_id).values_list("person_id", flat=True).first()
    return person is not None and person == actor.person_id


def _take_effect(actor: Actor, run: SettlementRun) -> None:
    calendar = work_calendar(actor.operator)
    params: Mapping[str, Any] = {
        "op": actor.operator.pk,
        "run": run.pk,
        "unit": 10 ** exponent(run.currency),
        "currency": run.currency,
        "due": calendar.add_days(today_of(actor), options.pay_after()),
    }
    statements = (
        _APPROVE_LINES,
        _END_RELEASED,
        _SETTLE_ADJUSTMENTS,
        _APPROVE_STATEMENTS,
        _PAYMENTS,
        _TELL,
    )
    with connection.cursor() as cursor:
        _post(cursor, run, params)
        for statement in statements:
            cursor.execute(statement, params)


def _post(cursor: CursorWrapper, run: SettlementRun, params: Mapping[str, Any]) -> None:
    """One entry per statement that moves money: expense and tax against what the partner is owed."""
    cursor.execute(_ACCOUNTS, params)
    accounts = {
        (each.kind, each.partner_id): each.pk for each in LedgerAccount.objects.filter(currency=run.currency)
    }
    cursor.execute(_MOVED, params)
    moved = {row[0]: row[1:] for row in cursor.fetchall() if row[3] or row[4]}
    numbers = [number for _partner, number, _base, _tax in moved.values()]
    cursor.execute(_ENTRIES, {**params, "period": run.period, "ids": list(moved), "numbers": numbers})
    lines: list[tuple[int, int, int | None, int]] = []
    for entry, statement in cursor.fetchall():
        partner, _number, base, tax = moved[statement]
        lines.append((entry, accounts["expense", None], None, base))
        lines.append((entry, accounts["payable", partner], partner, -base - tax))
        if tax:
            lines.append((entry, accounts["tax", None], None, tax))
    names = ("entries", "accounts", "partners", "amounts")
    columns = [list(column) for column in zip(*lines, strict=True)] or [[], [], [], []]
    cursor.execute(_LINES, {**params, **dict(zip(names, columns, strict=True))})


def finish(actor: Actor, run: SettlementRun) -> SettlementRun:
    """Close an approved run whose payments are all paid (the run is locked by the caller)."""
    decided = [PaymentState.PAID, PaymentState.REFUSED]  # a refused one has a successor
    open_payments = Payment.objects.filter(statement__run=run).exclude(state__in=decided)
    paid = Payment.objects.filter(statement__run=run, state=PaymentState.PAID)
    if run.state == RunState.APPROVED and paid.exists() and not open_payments.exists():
        move(actor, run, RunState.PAID_OUT, RUN)
        run.closed_at = timezone.now()
        move(actor, run, RunState.CLOSED, RUN, save=["closed_at"])
    return run


def finish_run(actor: Actor, *, run_id: int) -> SettlementRun:
    """As ``finish``, for whoever has just booked payments."""
    return finish(actor, locked(run_id))
