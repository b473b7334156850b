"""Exceptions: a tier against the requirements, asked by one person, approved by another, until a day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError, NotFound
from common.periods import period_of
from programs.enums import ExceptionState, TierState
from programs.models import Enrolment, Tier, TierException
from programs.notices import EXCEPTION_ASKED, EXCEPTION_GRANTED, EXCEPTION_REFUSED, tell
from programs.numbers import exception_months
from programs.standing.deciding import after_exception
from programs.standing.history import put
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.notices import done, members, names_of, notify

if TYPE_CHECKING:
    from programs.standing.evaluating import Run

OPEN = (ExceptionState.ASKED, ExceptionState.APPROVED)
PATH = "/tiers/exceptions/"


def exceptions_for(actor: Actor) -> QuerySet[TierException]:
    """Newest first, with everything that a list shows. A PAM sees those of the own book, partners none."""
    actor.require(Permission.VIEW_PROGRAMS)
    rows: QuerySet[TierException] = TierException.objects.select_related(
        "enrolment__programme", "enrolment__tier", "partner", "tier", "before"
    )
    return rows.none() if actor.is_partner else rows.order_by("-id")


def last_day_of(actor: Actor, today: date) -> date:
    """How far an exception may reach that is asked today."""
    months = exception_months()
    month = period_of(today, "rolling", actor.operator.days, actor.operator.fiscal_start_month, months)
    ahead = month
    for _step in range(months):
        ahead = ahead.next()
    return ahead.last_day


def ask_exception(
    actor: Actor, *, enrolment_id: int, tier: str, until: date | None, reason: str
) -> TierException:
    """Ask for ``tier`` (a code) until a day, for a reason. Another person approves it."""
    actor.require(Permission.WORK_BOOK)
    enrolment = enrolment_of(actor, enrolment_id)
    wanted = Tier.objects.filter(programme=enrolment.programme, code=tier).first()
    if wanted is None:
        raise InputError("unknown_tier", _("Choose a tier of this programme."), "tier")
    if wanted.rank < enrolment.tier.rank:
        raise InputError("lower", _("An exception cannot take a tier away."), "tier")
    if not reason.strip():
        raise InputError("required", _("Give a reason."), "reason")
    day = _check_day(actor, until)
    if TierException.objects.filter(enrolment=enrolment, state__in=OPEN).exists():
        raise Conflict("exception_open", _("There is an exception already."))
    row: TierException = TierException.objects.create(
        enrolment=enrolment,
        partner_id=enrolment.partner_id,
        tier=wanted,
        until=day,
        reason=reason.strip(),
        asked_by_id=actor.membership_id,
        asked_by_name=actor.name,
    )
    audit.record(actor, "tierexception.ask", row, changes={"tier": wanted.code, "until": day.isoformat()})
    tell(EXCEPTION_ASKED, enrolment, tier=wanted, internal=True, key=f"asked:{row.pk}", path=PATH, until=day)
    return row


def _check_day(actor: Actor, until: date | None) -> date:
    today = timezone.now().astimezone(actor.operator.zone).date()
    if until is None:
        raise InputError("required", _("This must not be empty."), "until")
    if until <= today:
        raise InputError("past", _("This day is over."), "until")
    if until > last_day_of(actor, today):
        months = {"months": exception_months()}
        raise InputError("too_long", _("An exception lasts at most %(months)s months."), "until", months)
    return until


def enrolment_of(actor: Actor, pk: int) -> Enrolment:
    """Raises ``NotFound``."""
    actor.require(Permission.VIEW_PROGRAMS)
    rows = Enrolment.objects.select_related("programme", "partner", "tier", "target", "former")
    found: Enrolment | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def decide_exception(actor: Actor, *, exception_id: int, approve: bool, answer: str = "") -> TierException:
    """Approve or refuse what somebody else asked for. A refusal needs words."""
    actor.require(Permission.MANAGE_PROGRAMS)
    row = _locked(exception_id)
    if row.state != ExceptionState.ASKED:
        raise Conflict("decided", _("This was decided already."))
    if row.asked_by_id is not None and row.asked_by_id == actor.membership_id:
        raise Forbidden("own", _("Another person decides what you asked for."))
    if not approve and not answer.strip():
        raise InputError("required", _("Give a reason."), "answer")
    row.state = ExceptionState.APPROVED if approve else ExceptionState.REFUSED
    row.decided_by_id, row.decided_by_name = actor.membership_id, actor.name
    row.decided_at, row.answer = timezone.now(), answer.strip()
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=row.enrolment_id)
    row.before = enrolment.tier
    row.save(update_fields=["state", "decided_by", "decided_by_name", "decided_at", "answer", "before"])
    audit.record(actor, f"tierexception.{row.state}", row, changes={"tier": row.tier.code})
    if approve:
        _grant(actor, row, enrolment)
    _tell_asker(row, enrolment)
    return row


def _locked(pk: int) -> TierException:
    rows = TierException.objects.select_for_update(no_key=True, of=("self",))
    row: TierException | None = rows.select_related("tier", "before").filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def _grant(actor: Actor, row: TierException, enrolment: Enrolment) -> None:
    put(actor, enrolment, row.tier, TierState.EXCEPTION, row.until, text=row.reason)
    tell(EXCEPTION_GRANTED, enrolment, tier=row.tier, key=f"granted:{row.pk}", until=row.until)


def _tell_asker(row: TierException, enrolment: Enrolment) -> None:
    done(enrolment, [EXCEPTION_ASKED])
    if row.state == ExceptionState.REFUSED:
        partner = names_of(enrolment.partner)
        notify(EXCEPTION_REFUSED, row, to=members([row.asked_by_id]), path=PATH, partner=partner)


def end_exception(actor: Actor, *, exception_id: int) -> None:
    """End an approved exception before its day: the partner stands where its requirements put it."""
    from programs.standing.evaluating import evaluate_programme, today_of

    actor.require(Permission.MANAGE_PROGRAMS)
    row = _locked(exception_id)
    if row.state != ExceptionState.APPROVED:
        raise Conflict("not_running", _("This exception does not run."))
    row.until = today_of(actor) - timedelta(days=1)
    row.save(update_fields=["until"])
    Enrolment.objects.filter(pk=row.enrolment_id).update(due_on=row.until)
    audit.record(actor, "tierexception.end", row)
    enrolment = Enrolment.objects.select_related("programme").get(pk=row.enrolment_id)
    evaluate_programme(actor, enrolment.programme, partner_ids=[enrolment.partner_id])


def end_exceptions(run: "Run") -> None:
    """Exceptions whose last day is over: the standings follow from the requirements again."""
    over = {
        row.pk: row
        for row in run.enrolments
        if row.state == TierState.EXCEPTION and (row.due_on is None or row.due_on < run.day)
    }
    rows: Mapping[int, TierException] = {
        row.enrolment_id: row
        for row in TierException.objects.filter(enrolment__in=list(over), state=ExceptionState.APPROVED)
    }
    for pk, enrolment in over.items():
        exception = rows.get(pk)
        before: Any = None if exception is None else run.ranks.get(exception.before_id or 0)
        lowest = min(run.tiers)
        standing = after_exception(before or lowest, run.met(enrolment.partner_id), run.rules)
        run.change(enrolment, standing, str(_("The exception is over.")))
    TierException.objects.filter(pk__in=[row.pk for row in rows.values()]).update(state=ExceptionState.ENDED)
