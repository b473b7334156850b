"""From sharing to the signatures, and what follows: goals and tasks begin, amendments, the end."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError
from partners.book.enums import Side
from partners.book.tasks import make_task
from programs.goals.services import start_goal
from programs.models import Commitment, ObjectiveTarget, Plan, PlanVersion
from programs.plans.enums import PlanState as S
from programs.plans.machine import IN_FORCE, PLAN, late_days
from programs.plans.scoring import score_of
from programs.plans.selectors import content_of, digest_of, objectives_of, year_of
from programs.plans.services import locked_plan, open_plan
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit, on
from workflow.calendar import work_calendar
from workflow.enums import Urgency
from workflow.notices import To, declare, done, names_of, notify, pams_of, partner_people
from workflow.states import move, note
from workflow.timers import on_timer, schedule

SIGNED, CLOSES = "plans.signed", "programs.plan_closes"
TO_SIGN = declare(
    "plans.to_sign", Urgency.ACTION, _("%(partner)s: the business plan “%(title)s” waits for your signature")
)
TOLD = declare(
    "plans.told", Urgency.INFO, _("%(partner)s: the business plan “%(title)s” is %(state)s"), state=S
)


def share_plan(actor: Actor, *, plan_id: int) -> Plan:
    """Let the partner see the outline."""
    plan = open_plan(actor, plan_id)
    move(actor, plan, S.SHARED, PLAN)
    _tell(plan, TOLD, partner_people(plan.partner_id, Permission.VIEW_PLANS), state=plan.state)
    return plan


def drop_plan(actor: Actor, *, plan_id: int, reason: str) -> Plan:
    """Give up a plan that nobody signed."""
    plan = open_plan(actor, plan_id)
    move(actor, plan, S.DROPPED, PLAN, text=_reason(reason))
    return plan


def ask_to_sign(actor: Actor, *, plan_id: int) -> Plan:
    """Close the plan's words, so that both sides sign the same. Raises ``InputError`` where something is missing."""
    plan = open_plan(actor, plan_id)
    PLAN.check(plan.state, S.IN_AGREEMENT)
    _check_whole(plan)
    _forget_signatures(plan)
    move(actor, plan, S.IN_AGREEMENT, PLAN, save=SIGNATURES)
    for to in (
        partner_people(plan.partner_id, Permission.MANAGE_PLANS),
        pams_of(plan.partner_id, Permission.MANAGE_PLANS),
    ):
        _tell(plan, TO_SIGN, to)
    return plan


def return_plan(actor: Actor, *, plan_id: int, reason: str) -> Plan:
    """Not like this: the words are open again, signatures are forgotten. Either side may."""
    plan = locked_plan(actor, plan_id)
    text = _reason(reason)
    _forget_signatures(plan)
    PLAN.check(plan.state, S.SHARED if not plan.version else S.AMENDING)
    move(actor, plan, S.AMENDING if plan.version else S.SHARED, PLAN, text=text, save=SIGNATURES)
    done(plan, [TO_SIGN])
    _tell(plan, TOLD, _other_side(actor, plan), state=plan.state)
    return plan


def sign_plan(actor: Actor, *, plan_id: int, digest: str) -> Plan:
    """Sign for one's side. ``digest`` is that of the content that was read: another one by now is refused.

    With both signatures the plan is in force: the version is kept, and objectives, goals and commitments start.
    """
    plan = locked_plan(actor, plan_id)
    PLAN.check(plan.state, S.SIGNED)
    content = content_of(plan)
    if digest_of(content) != digest:
        raise Conflict("stale_version", _("The plan has changed since you read it. Read it again."))
    names = (
        ("partner_name", "partner_signed_at") if actor.is_partner else ("operator_name", "operator_signed_at")
    )
    if getattr(plan, names[1]) is not None:
        raise Conflict("signed", _("Your side has signed."))
    setattr(plan, names[0], actor.name)
    setattr(plan, names[1], timezone.now())
    plan.save(update_fields=names)
    side = "signed_by_partner" if actor.is_partner else "signed_by_operator"
    note(actor, plan, plan.state, plan.state, reason=side)
    audit.record(actor, "plan.sign", plan, changes={"digest": digest})
    if plan.operator_signed_at and plan.partner_signed_at:
        _put_in_force(actor, plan, content, digest)
    return plan


def amend_plan(actor: Actor, *, plan_id: int, reason: str) -> Plan:
    """Open a signed plan for a new version; the signed one stays in force until both sign again."""
    if actor.is_partner:
        raise Forbidden()
    plan = locked_plan(actor, plan_id)
    move(actor, plan, S.AMENDING, PLAN, text=_reason(reason))
    _tell(plan, TOLD, partner_people(plan.partner_id, Permission.VIEW_PLANS), state=plan.state)
    return plan


def end_plan(actor: Actor, *, plan_id: int, reason: str) -> Plan:
    """End a signed plan before its time, with the score of this day. For those who manage programmes."""
    actor.require(Permission.MANAGE_PROGRAMS)
    plan = locked_plan(actor, plan_id)
    _finish(actor, plan, S.ENDED, _reason(reason))
    return plan


def enter_actual(
    actor: Actor, *, plan_id: int, target_id: int, actual: Decimal | None, proof: str
) -> ObjectiveTarget:
    """What was reached of an objective without a KPI, and what proves it. Either side may; the name stays."""
    plan = locked_plan(actor, plan_id)
    rows = ObjectiveTarget.objects.select_related("objective").filter(plan=plan)
    row: ObjectiveTarget | None = rows.filter(pk=target_id).first()
    if row is None or row.objective.kpi_id is not None:
        raise InputError("computed", _("This objective is computed from its KPI."), "target")
    if plan.state not in IN_FORCE:
        raise Conflict("not_in_force", _("This plan is not in force."))
    if actual is None or not 0 <= actual < Decimal(10) ** 20:
        raise InputError("required", _("Give a number from 0 on."), "actual")
    if not proof.strip():
        raise InputError("required", _("Say what proves it."), "proof")
    before = row.actual
    row.actual, row.proof = actual, proof.strip()
    row.entered_by_name, row.entered_at = actor.name, timezone.now()
    row.save(update_fields=["actual", "proof", "entered_by_name", "entered_at"])
    changes = {"actual": [before, actual], "period": row.period}
    audit.record(actor, "plan.actual", plan, ref=row.objective.title, changes=changes)
    return row


@on(SIGNED)
def plan_signed(actor: Actor, payload: Mapping[str, Any]) -> None:
    """Objectives become goals, commitments become tasks. Again is no harm."""
    plan = Plan.objects.select_related("partner").get(pk=payload["plan_id"])
    _start_goals(actor, plan)
    for row in Commitment.objects.filter(plan=plan):
        make_task(
            actor, partner=plan.partner, title=row.title, due_on=row.due_on, side=row.side,
            origin=f"commitment:{row.pk}", path=f"/plans/{plan.pk}/",
        )  # fmt: skip


@on_timer(CLOSES)
def plan_closes(actor: Actor, plan_id: int, payload: Mapping[str, Any]) -> None:
    """After its year and the days for late data a plan is completed, with its score."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("partner").get(pk=plan_id)
    if plan.ended_at or not plan.version or plan.closes_at is None or plan.closes_at > timezone.now():
        return
    _finish(actor, plan, S.COMPLETED, "")


SIGNATURES = ("operator_name", "operator_signed_at", "partner_name", "partner_signed_at")


def _check_whole(plan: Plan) -> None:
    objectives = list(objectives_of(plan))
    if sum(each.weight for each in objectives) != 100:
        raise InputError("weights", _("The weights of the objectives add up to 100."), "weight")
    bare = next((each for each in objectives if not each.targets.all()), None)
    if bare is not None:
        text = _("“%(title)s” has no target yet.")
        raise InputError("no_target", text, "targets", {"title": bare.title})
    sides = set(Commitment.objects.filter(plan=plan).values_list("side", flat=True))
    if sides != {Side.OPERATOR, Side.PARTNER}:
        raise InputError("one_sided", _("Both sides need a commitment."), "side")


def _forget_signatures(plan: Plan) -> None:
    plan.operator_name = plan.partner_name = ""
    plan.operator_signed_at = plan.partner_signed_at = None


def _put_in_force(actor: Actor, plan: Plan, content: dict[str, Any], digest: str) -> None:
    plan.version += 1
    plan.closes_at = _closes_at(actor, plan)
    PlanVersion.objects.create(
        plan=plan, partner_id=plan.partner_id, number=plan.version, content=content, digest=digest,
        **{name: getattr(plan, name) for name in SIGNATURES},
    )  # fmt: skip
    move(actor, plan, S.SIGNED, PLAN, save=("version", "closes_at"))
    done(plan, [TO_SIGN])
    schedule(CLOSES, plan, plan.closes_at)
    emit(SIGNED, {"plan_id": plan.pk})
    for to in _everybody(plan):
        _tell(plan, TOLD, to, state=plan.state)


def _start_goals(actor: Actor, plan: Plan) -> None:
    """Goals of the periods that are not over yet."""
    today = timezone.now().astimezone(actor.operator.zone).date()
    for objective in objectives_of(plan):
        if objective.kpi is None:
            continue
        for row in objective.targets.all():
            period = _period(actor, row.period)
            if period.end > today and row.target > 0:
                start_goal(
                    actor, partner=plan.partner, kpi=objective.kpi, period=row.period, target=row.target,
                    names=(plan.operator_name, plan.partner_name), text=plan.title,
                )  # fmt: skip


def _finish(actor: Actor, plan: Plan, state: str, text: str) -> None:
    plan.score, plan.ended_at = score_of(actor.operator, plan).score, timezone.now()
    move(actor, plan, state, PLAN, text=text, save=("score", "ended_at"))
    for to in _everybody(plan):
        _tell(plan, TOLD, to, state=plan.state)


def _period(actor: Actor, code: str) -> Any:
    from common.periods import parse_period

    return parse_period(code, actor.operator.days, actor.operator.fiscal_start_month)


def _closes_at(actor: Actor, plan: Plan) -> datetime:
    calendar = work_calendar(actor.operator)
    return calendar.end_of(calendar.add_days(year_of(actor.operator, plan).last_day, late_days()))


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InputError("required", _("Give a reason."), "reason")
    return reason.strip()


def _everybody(plan: Plan) -> tuple[To, To]:
    people = partner_people(plan.partner_id, Permission.VIEW_PLANS)
    return people, pams_of(plan.partner_id, Permission.MANAGE_PLANS)


def _other_side(actor: Actor, plan: Plan) -> To:
    return _everybody(plan)[1 if actor.is_partner else 0]


def _tell(plan: Plan, kind: Any, to: To, **params: Any) -> None:
    who = {"partner": names_of(plan.partner), "title": plan.title}
    key = f"{plan.state}-{plan.version}-{timezone.now():%Y%m%d%H%M}"
    notify(kind, plan, to=to, path=f"/plans/{plan.pk}/", key=key, **who, **params)
