"""What plans say about the partners of a book."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from common.periods import period_of
from partners.book.enums import Side
from partners.book.registry import Idea, Ids, Late, Said, register_ideas, register_overdue
from partners.models import Partner
from programs.models import Plan
from programs.plans.enums import PlanState
from programs.plans.selectors import plans_for
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.models import Transition
from workflow.settings import define

sign_days = define("plans.sign_days", 14, _("A plan is signed within"), _("days"), least=1)


def unsigned(actor: Actor, partner_ids: Ids, today: date) -> list[Late]:
    """Signatures that a side owes for too long."""
    if not actor.can(Permission.VIEW_PLANS):
        return []
    plans = list(plans_for(actor).filter(partner_id__in=partner_ids, state=PlanState.IN_AGREEMENT))
    asked = _asked(plans)
    most, found = timedelta(days=sign_days()), []
    for plan in plans:
        due = asked.get(plan.pk, today) + most
        if due >= today:
            continue
        what = Said(_("Signature of the plan “%(title)s”"), {"title": plan.title})
        for side, signed in (
            (Side.OPERATOR, plan.operator_signed_at),
            (Side.PARTNER, plan.partner_signed_at),
        ):
            if signed is None:
                found.append(Late(plan.partner_id, side, what, due, f"/plans/{plan.pk}/"))
    return found


def _asked(plans: list[Plan]) -> dict[int, date]:
    """Plan id -> the day on which it was last asked to sign."""
    rows = Transition.objects.filter(
        object_type=Plan._meta.label_lower,
        object_id__in=[plan.pk for plan in plans],
        target=PlanState.IN_AGREEMENT,
    )
    return {pk: at.date() for pk, at in rows.order_by("id").values_list("object_id", "at")}


def plan_ideas(actor: Actor, partner_ids: Ids, today: date) -> list[Idea]:
    """Plans that our side has not signed, and partners without a plan for the running year."""
    if not actor.can(Permission.VIEW_PLANS):
        return []
    operator = actor.operator
    year = period_of(today, "year", operator.days, operator.fiscal_start_month).code
    plans = list(
        plans_for(actor)
        .filter(partner_id__in=partner_ids, year=year)
        .exclude(state__in=[PlanState.ENDED, PlanState.DROPPED])
    )
    found = [
        Idea(
            plan.partner_id, 75, "signature", Said(_("The plan “%(title)s” waits for our signature"), {"title": plan.title}),
            _("Read and sign it"), f"/plans/{plan.pk}/",
        )
        for plan in plans
        if plan.state == PlanState.IN_AGREEMENT and plan.operator_signed_at is None
    ]  # fmt: skip
    bare = Partner.objects.filter(pk__in=partner_ids).exclude(pk__in=[plan.partner_id for plan in plans])
    why = Said(_("There is no plan for %(year)s"), {"year": {"period": year}})
    for pk, code in bare.values_list("pk", "code"):
        found.append(Idea(pk, 35, "file-text", why, _("Draw up a plan"), f"/plans/new/?partner={code}"))
    return found


register_overdue("plans", unsigned)
register_ideas("plans", plan_ideas)
