"""What the worker does for settlements: takes runs further, tells partners, ends what a run has settled."""

from datetime import timedelta
from typing import Any

from common.errors import Conflict
from incentives.disputes import close_settled
from incentives.models import SettlementRun, Statement
from incentives.settlement.approval import ISSUED
from incentives.settlement.runs import today_of
from incentives.settlement.steps import ADVANCE, GRACE_OVER, step
from incentives.statements.acknowledge import await_acknowledgement
from incentives.states import RunState, StatementState
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit, on
from workflow.notices import notify, partner_people
from workflow.timers import on_timer


@on(ADVANCE)
def advance(actor: Actor, payload: dict[str, Any]) -> None:
    """One step, and an event for the next one: each is a transaction that a killed worker repeats."""
    try:
        again = step(actor, payload["run_id"])
    except Conflict:
        return  # Another run of the group comes first; its approval asks again.
    if again:
        emit(ADVANCE, {"run_id": payload["run_id"]})


@on_timer(GRACE_OVER)
def grace_over(actor: Actor, run_id: int, payload: dict[str, Any]) -> None:
    """The last late line is in: go on, unless somebody did."""
    if SettlementRun.objects.filter(pk=run_id, state=RunState.GRACE).exists():
        emit(ADVANCE, {"run_id": run_id})


@on("settlement.issued")
def issued(actor: Actor, payload: dict[str, Any]) -> None:
    """Tell the partners; end the disputes that this run settled; let a run that waited for this one go on."""
    run = SettlementRun.objects.get(pk=payload["run_id"])
    statements = Statement.objects.filter(run=run).exclude(state=StatementState.DRAFT)
    for statement in statements.iterator():
        net = {"amount": str(statement.net), "currency": statement.currency}
        to = partner_people(statement.partner_id, Permission.VIEW_STATEMENTS)
        words = {"number": statement.number, "period": {"period": statement.period}, "net": net}
        await_acknowledgement(statement)
        notify(ISSUED, statement, to=to, path=f"/statements/{statement.number}/", **words)
    close_settled(actor)
    last = today_of(actor) - timedelta(days=1)
    waiting = SettlementRun.objects.filter(group=run.group, state=RunState.GRACE, grace_until__lte=last)
    for pk in waiting.order_by("period_end").values_list("pk", flat=True)[:1]:
        emit(ADVANCE, {"run_id": pk})
