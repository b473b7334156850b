"""Conversation and files of a step."""

from django.urls import reverse

from partners.models import OnboardingStep
from partners.onboarding.selectors import get_step
from portal.workflow.about import register_about
from tenancy.actors import Actor
from tenancy.enums import Permission


def may_write(actor: Actor, step: OnboardingStep) -> bool:
    """The company itself, and whoever takes partners on; a distributor only reads its sub-dealers' steps."""
    if actor.is_partner:
        return actor.partner_id == step.partner_id and actor.can(Permission.VIEW_ONBOARDING)
    return actor.can(Permission.MANAGE_ONBOARDING)


register_about(
    "partners.onboardingstep",
    fetch=get_step,
    may_write=may_write,
    title=lambda step: str(step.label()),
    path=lambda step: reverse("onboarding:step", args=[step.pk]),
    tells=Permission.VIEW_ONBOARDING,
)
