"""Plans have a conversation and files (proof of what was reached) on their page."""

from django.utils.translation import gettext_lazy as _

from portal.workflow.about import register_about
from programs.plans.selectors import get_plan, is_side
from tenancy.enums import Permission

register_about(
    "programs.plan",
    fetch=get_plan,
    may_write=is_side,
    title=lambda plan: plan.title,
    path=lambda plan: f"/plans/{plan.pk}/",
    purposes={"proof": _("Proof"), "": _("Other")},
    tells=Permission.MANAGE_PLANS,
)
