"""Acknowledgement: somebody at the partner says that the statement was received; after a while it counts as received."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden
from incentives.models import Statement
from incentives.statements.selectors import get_statement
from incentives.states import StatementState
from tenancy import audit
from tenancy.actors import Actor
from tenancy.outbox import emit, on
from workflow.models import Transition
from workflow.settings import define
from workflow.states import history, note
from workflow.timers import on_timer, schedule

acknowledge_days = define(
    "statements.acknowledge_days", 15, _("A statement counts as acknowledged after"), _("days"), least=1
)
TIMER = "statements.acknowledge"
TOPIC = "statements.acknowledged"
#: What the history calls it; the statement's own state goes its own way.
ACKNOWLEDGED = "acknowledged"


def acknowledge_statement(actor: Actor, *, number: str) -> Statement:
    """A person of the partner confirms the statement. A second time changes nothing."""
    statement = get_statement(actor, number)
    if not actor.is_partner or actor.partner_id != statement.partner_id:
        raise Forbidden()
    if statement.state == StatementState.SUPERSEDED:
        raise Conflict("superseded", _("Another statement has taken the place of this one."))
    if acknowledgement(statement) is None:
        note(actor, statement, statement.state, ACKNOWLEDGED)
        emit(TOPIC, {"statement_id": statement.pk, "membership_id": actor.membership_id})
    return statement


def acknowledgement(statement: Statement) -> Transition | None:
    """The line of the statement's history that says who confirmed it and when; by the system where time ran out."""
    found: Transition | None = history(statement).filter(target=ACKNOWLEDGED).first()
    return found


def await_acknowledgement(statement: Statement) -> None:
    """Set the day on which a statement that nobody confirmed counts as confirmed."""
    since = statement.issued_at or statement.approved_at or timezone.now()
    schedule(TIMER, statement, since + timedelta(days=acknowledge_days()))


@on(TOPIC)
def write_down(actor: Actor, payload: dict[str, Any]) -> None:
    """Partners cannot write statements: the worker does."""
    statement = Statement.objects.select_for_update().get(pk=payload["statement_id"])
    if statement.acknowledged_at is None:
        statement.acknowledged_at = timezone.now()
        statement.acknowledged_by_id = payload["membership_id"]
        statement.save(update_fields=["acknowledged_at", "acknowledged_by"])
        audit.record(actor, "statement.acknowledge", statement, ref=statement.number)


@on_timer(TIMER)
def time_is_up(actor: Actor, statement_id: int, payload: dict[str, Any]) -> None:
    """Nobody objected: it counts as received."""
    statement = Statement.objects.select_for_update().filter(pk=statement_id).first()
    if statement is None or statement.state == StatementState.SUPERSEDED or acknowledgement(statement):
        return
    note(actor, statement, statement.state, ACKNOWLEDGED, reason="time")
    write_down(actor, {"statement_id": statement.pk, "membership_id": None})
