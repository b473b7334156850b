"""Holds by hand, and how any hold ends: at its date, or by finance with a reason. What was held comes with the next run."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InputError, NotFound
from incentives.machines import HOLD
from incentives.models import BankAccount, Hold, StatementLine
from incentives.settlement.holdrules import HELD, RELEASE
from incentives.settlement.runs import today_of
from incentives.states import BankAccountState, HoldReason, HoldState, LineState
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.calendar import work_calendar
from workflow.enums import Urgency
from workflow.notices import declare, notify, partner_people, staff
from workflow.states import move, note
from workflow.timers import on_timer, schedule

HOLD_ENDED = declare("settlement.hold_ended", Urgency.INFO, _("A hold on %(partner)s ended at its date."))


def holds_for(actor: Actor) -> QuerySet[Hold]:
    """Holds that the actor may see, newest first: finance all, partners their own, PAMs those of their book."""
    if not actor.can(Permission.HOLD):
        actor.require(Permission.VIEW_STATEMENTS)
    found: QuerySet[Hold] = Hold.objects.select_related("partner", "rep", "scheme").order_by("-pk")
    return found


def get_hold(actor: Actor, pk: int) -> Hold:
    """One of ``holds_for``; raises ``NotFound``."""
    hold = holds_for(actor).filter(pk=pk).first()
    if hold is None:
        raise NotFound()
    return hold


def place_hold(
    actor: Actor,
    *,
    partner_id: int,
    reason: str,
    until: date,
    text: str,
    rep_id: int | None = None,
    scheme_id: int | None = None,
) -> Hold:
    """Hold what a partner (one rep, one scheme) earns from the next run on. Raises ``InputError`` for a past date."""
    actor.require(Permission.HOLD)
    if until < today_of(actor):
        raise InputError("past", _("A hold ends today at the earliest."), "until")
    if not text.strip():
        raise InputError("required", _("Say what the partner has to do."), "text")
    hold: Hold = Hold.objects.create(
        partner_id=partner_id,
        rep_id=rep_id,
        scheme_id=scheme_id,
        reason=HoldReason(reason),
        until=until,
        text=text.strip(),
        created_by_id=actor.membership_id,
    )
    note(actor, hold, "", HoldState.ACTIVE, reason=reason, text=text)
    audit.record(actor, "hold.place", hold, changes={"reason": [None, reason], "until": [None, until]})
    schedule(RELEASE, hold, work_calendar(actor.operator).end_of(until))
    to = partner_people(partner_id, Permission.VIEW_STATEMENTS)
    notify(HELD, hold, to=to, path="/statements/", until=until.isoformat(), text=hold.text)
    return hold


def release_hold(actor: Actor, *, hold_id: int, reason: str) -> Hold:
    """End a hold: what it held comes with the next run."""
    return _end(actor, hold_id, HoldState.RELEASED, reason)


def cancel_hold(actor: Actor, *, hold_id: int, reason: str) -> Hold:
    """Refuse for good what a hold holds: its lines are cancelled and never paid."""
    hold = _end(actor, hold_id, HoldState.CANCELLED, reason)
    StatementLine.objects.filter(hold=hold, state=LineState.ON_HOLD).update(state=LineState.CANCELLED)
    return hold


def _end(actor: Actor, hold_id: int, state: str, reason: str) -> Hold:
    actor.require(Permission.HOLD)
    hold: Hold | None = Hold.objects.select_for_update().filter(pk=hold_id).first()
    if hold is None:
        raise NotFound()
    hold.ended_by_id, hold.ended_at = actor.membership_id, timezone.now()
    move(actor, hold, state, HOLD, text=reason, save=["ended_by", "ended_at"])
    return hold


@on_timer(RELEASE)
def hold_until(actor: Actor, hold_id: int, payload: dict[str, object]) -> None:
    """The date of a hold has come: it ends, and finance hears of it. One that ended before is left alone."""
    hold: Hold | None = Hold.objects.select_for_update().filter(pk=hold_id, state=HoldState.ACTIVE).first()
    if hold is None or hold.reason == HoldReason.BANK_DATA_MISSING or hold.until >= today_of(actor):
        return
    release_hold(actor, hold_id=hold_id, reason="release date")
    notify(HOLD_ENDED, hold, to=staff(Permission.HOLD), path="/holds/", partner=hold.partner.code)


def end_answered(actor: Actor) -> int:
    """End holds for missing bank data of partners who have an account now."""
    ready = BankAccount.objects.filter(state=BankAccountState.ACTIVE)
    waiting = Hold.objects.filter(state=HoldState.ACTIVE, reason=HoldReason.BANK_DATA_MISSING)
    ids = list(waiting.filter(partner_id__in=ready.values("partner_id")).values_list("pk", flat=True))
    for pk in ids:
        release_hold(actor, hold_id=pk, reason="bank account confirmed")
    return len(ids)


def lines_held(actor: Actor, hold: Hold) -> QuerySet[StatementLine]:
    """The lines that a hold holds back, with their statements."""
    found: QuerySet[StatementLine] = StatementLine.objects.filter(
        hold=hold, state__in=(LineState.ON_HOLD, LineState.CANCELLED)
    )
    return found.select_related("scheme", "statement").order_by("pk")
