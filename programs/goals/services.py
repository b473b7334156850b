"""Writes of goals. The two sides take turns: an offer can be answered by the other side only."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError, NotFound
from common.periods import Period, parse_period
from partners.models import Partner
from partners.selectors import get_partner
from performance.enums import Beneficiary
from performance.models import Kpi
from performance.selectors import get_kpi
from programs.goals.enums import GoalState as S
from programs.goals.machine import GOAL, WAITING, late_days
from programs.goals.notices import other_side, tell_answer, tell_offer
from programs.goals.selectors import get_goal, is_side, period_of_goal
from programs.goals.targets import Wish, worked_out
from programs.models import Goal, GoalOffer
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit
from workflow.calendar import work_calendar
from workflow.states import move, note
from workflow.timers import schedule

LONGEST = 4000
AGREED = "goals.agreed"
CLOSES = "programs.goal_closes"
_OFFER = (
    "basis", "growth", "base_value", "whole", "target", "counts_from", "by_partner", "by", "by_name", "text",
)  # fmt: skip


def draft_goal(actor: Actor, *, partner: str, kpi: str, period: str, wish: Wish, text: str = "") -> Goal:
    """Write a goal down; the other side does not see it yet. ``partner`` and ``kpi`` are codes.

    Raises ``Forbidden``, ``NotFound`` and ``InputError`` at ``kpi``, ``period``, ``target`` or ``growth``.
    """
    actor.require(Permission.MANAGE_PLANS)
    company, measured = _partner(actor, partner), _kpi(actor, kpi)
    span = _period(actor, measured, period)
    goal = Goal(partner=company, kpi=measured, period=span.code, begun_by_partner=actor.is_partner)
    _put(actor, goal, wish, text)
    goal.save()
    note(actor, goal, "", S.DRAFT, internal=actor.is_staff)
    audit.record(actor, "goal.draft", goal, changes={"target": [None, goal.target]})
    return goal


def propose_goal(actor: Actor, *, goal_id: int, wish: Wish | None = None, text: str = "") -> Goal:
    """Send a draft to the other side, or answer a counter with another offer. Raises ``Conflict`` where there is a goal."""
    goal = _locked(actor, goal_id)
    if goal.state != S.DRAFT:
        _check_turn(actor, goal)
    elif wish is None:
        wish = Wish(goal.basis, goal.whole, goal.growth)
        text = text or goal.text
    return _offer(actor, goal, S.PROPOSED, wish, text)


def counter_goal(actor: Actor, *, goal_id: int, wish: Wish, text: str = "") -> Goal:
    """Answer an offer with another one."""
    goal = _locked(actor, goal_id)
    _check_turn(actor, goal)
    target = S.PROPOSED if goal.state == S.COUNTERED else S.COUNTERED
    return _offer(actor, goal, target, wish, text)


def revise_goal(actor: Actor, *, goal_id: int, wish: Wish, reason: str) -> Goal:
    """Ask for another number than the agreed one, which stays in force until the other side agrees."""
    goal = _locked(actor, goal_id)
    if not reason.strip():
        raise InputError("required", _("Give a reason."), "reason")
    return _offer(actor, goal, S.REVISED, wish, reason)


def agree_goal(actor: Actor, *, goal_id: int) -> Goal:
    """Take the offer of the other side: its number is the KPI's target from now on."""
    goal = _locked(actor, goal_id)
    _check_turn(actor, goal)
    goal.agreed_target, goal.agreed_by_name, goal.agreed_at = goal.target, actor.name, timezone.now()
    move(actor, goal, S.AGREED, GOAL, save=("agreed_target", "agreed_by_name", "agreed_at"))
    _keep(goal, actor)
    emit(AGREED, {"goal_id": goal.pk})
    tell_answer(goal, other_side(goal, of_partner=actor.is_partner), _number(goal))
    return goal


def refuse_goal(actor: Actor, *, goal_id: int, reason: str) -> Goal:
    """Turn the offer down. A goal that was agreed before keeps its number."""
    goal = _locked(actor, goal_id)
    _check_turn(actor, goal)
    if not reason.strip():
        raise InputError("required", _("Give a reason."), "reason")
    _fall_back(actor, goal, S.REFUSED, reason.strip())
    tell_answer(goal, other_side(goal, of_partner=actor.is_partner), _number(goal))
    return goal


def withdraw_goal(actor: Actor, *, goal_id: int) -> Goal:
    """Take back one's own offer or draft. A goal that was agreed before keeps its number."""
    goal = _locked(actor, goal_id)
    if goal.by_partner != actor.is_partner:
        raise Conflict("not_yours", _("The other side made this offer: agree, counter or refuse."))
    silent = goal.state == S.DRAFT
    _fall_back(actor, goal, S.WITHDRAWN, "")
    if not silent:
        tell_answer(goal, other_side(goal, of_partner=actor.is_partner), _number(goal))
    return goal


def start_goal(
    actor: Actor,
    *,
    partner: Partner,
    kpi: Kpi,
    period: str,
    target: Decimal,
    names: tuple[str, str],
    text: str,
) -> Goal:
    """A goal that both sides have signed elsewhere (in a plan): it is in force at once, in the place of one that stood.

    ``names``: who offered and who agreed. In the system's scope.
    """
    now = timezone.now()
    goal = (
        Goal.objects.select_for_update()
        .filter(partner=partner, kpi=kpi, period=period, state__in=(*WAITING, S.AGREED))
        .first()
    ) or Goal(partner=partner, kpi=kpi, period=period)
    before = goal.state if goal.pk else ""
    goal.whole = goal.target = goal.agreed_target = target
    goal.state, goal.by_name, goal.agreed_by_name = S.AGREED, names[0], names[1]
    goal.offered_at = goal.agreed_at = now
    goal.text = text
    goal.closes_at = _closes_at(actor, goal)
    goal.save()
    note(actor, goal, before, S.AGREED, text=text)
    audit.record(actor, "goal.agreed", goal, changes={"target": [None, target]})
    _keep(goal, actor)
    schedule(CLOSES, goal, _closes_at(actor, goal))
    emit(AGREED, {"goal_id": goal.pk})
    return goal


def _offer(actor: Actor, goal: Goal, target: str, wish: Wish | None, text: str) -> Goal:
    if wish is None:
        raise InputError("required", _("This must not be empty."), "target")
    GOAL.check(goal.state, target)
    _put(actor, goal, wish, text)
    goal.offered_at, goal.closes_at = timezone.now(), _closes_at(actor, goal)
    if goal.closes_at <= goal.offered_at:
        raise InputError("over", _("This period is over."), "period")
    reason = goal.text if target == S.REVISED else ""
    try:
        with transaction.atomic():
            save = (*_OFFER, "offered_at", "closes_at")
            move(actor, goal, target, GOAL, text=reason or goal.text, save=save)
    except IntegrityError as error:
        raise Conflict("goal_exists", _("There is a goal for this KPI in this period already.")) from error
    _keep(goal, actor)
    schedule(CLOSES, goal, goal.closes_at)
    tell_offer(actor, goal, GoalOffer.objects.filter(goal=goal).count())
    return goal


def _put(actor: Actor, goal: Goal, wish: Wish, text: str) -> None:
    """Write an offer of the actor's side into ``goal``."""
    text = text.strip()
    if len(text) > LONGEST:
        raise InputError("too_long", _("At most %(most)s characters."), "text", {"most": LONGEST})
    period = period_of_goal(actor.operator, goal)
    currency = actor.operator.currency
    fields = worked_out(wish, kpi=goal.kpi, partner=goal.partner, period=period, currency=currency)
    for name, value in fields.items():
        setattr(goal, name, value)
    goal.text, goal.by_partner = text, actor.is_partner
    goal.by_id, goal.by_name = actor.membership_id, actor.name


def _fall_back(actor: Actor, goal: Goal, target: str, reason: str) -> None:
    """To ``target``, or where a number was agreed before, back to that."""
    if goal.agreed_target is None or goal.state == S.DRAFT:
        move(actor, goal, target, GOAL, text=reason)
        return
    before = GoalOffer.objects.filter(goal=goal, state=S.AGREED).order_by("pk").last()
    for name in _OFFER[:6]:
        setattr(goal, name, getattr(before, name))
    move(actor, goal, S.AGREED, GOAL, text=reason, save=_OFFER[:6])


def _keep(goal: Goal, actor: Actor) -> None:
    """One more line of what was offered and agreed."""
    fields: dict[str, Any] = {name: getattr(goal, name) for name in _OFFER if name not in ("by", "by_name")}
    GoalOffer.objects.create(
        goal=goal,
        partner_id=goal.partner_id,
        state=goal.state,
        **fields | {"by_partner": actor.is_partner},
        by_id=actor.membership_id,
        by_name=actor.name,
    )


def _locked(actor: Actor, goal_id: int) -> Goal:
    actor.require(Permission.MANAGE_PLANS)
    goal = get_goal(actor, goal_id)
    if not is_side(actor, goal):
        raise Forbidden()
    Goal.objects.select_for_update(no_key=True).get(pk=goal.pk)
    return get_goal(actor, goal_id)


def _check_turn(actor: Actor, goal: Goal) -> None:
    if goal.state not in WAITING:
        GOAL.check(goal.state, S.COUNTERED)
    if goal.by_partner == actor.is_partner:
        raise Conflict("not_your_turn", _("Your side made this offer; the other side answers."))


def _number(goal: Goal) -> str:
    return f"{goal.state}-{GoalOffer.objects.filter(goal=goal).count()}"


def _closes_at(actor: Actor, goal: Goal) -> datetime:
    period, calendar = period_of_goal(actor.operator, goal), work_calendar(actor.operator)
    return calendar.end_of(calendar.add_days(period.last_day, late_days()))


def _partner(actor: Actor, code: str) -> Partner:
    """Raises ``NotFound`` for a partner outside the book, the tree, or for a partner's people another company."""
    partner = get_partner(actor, code)
    if actor.is_partner and partner.pk != actor.partner_id:
        raise NotFound()
    return partner


def _kpi(actor: Actor, code: str) -> Kpi:
    try:
        kpi = get_kpi(actor, code)
    except NotFound as error:
        raise InputError("unknown_code", _("There is no such KPI."), "kpi") from error
    if not kpi.active or kpi.beneficiary == Beneficiary.REP:
        raise InputError("not_of_partners", _("This KPI is not measured for partners."), "kpi")
    return kpi


def _period(actor: Actor, kpi: Kpi, code: str) -> Period:
    try:
        period = parse_period(code, actor.operator.days, actor.operator.fiscal_start_month)
    except InputError as error:
        raise InputError(error.code, error.template, "period", error.params) from error
    if period.kind != kpi.period or (kpi.rolling_months and period.months != kpi.rolling_months):
        raise InputError("other_period", _("This KPI is not measured over such periods."), "period")
    if period.end <= timezone.now().astimezone(actor.operator.zone).date():
        raise InputError("over", _("This period is over."), "period")
    return period
