"""Reviews have a conversation and files on their page."""

from django.utils.translation import gettext_lazy as _

from portal.workflow.about import register_about
from programs.models import Review
from programs.reviews.services import get_review
from tenancy.actors import Actor
from tenancy.enums import Permission


def may_write(actor: Actor, review: Review) -> bool:
    own = not actor.is_partner or actor.partner_id == review.partner_id
    return own and actor.can(Permission.MANAGE_PLANS)


register_about(
    "programs.review",
    fetch=get_review,
    may_write=may_write,
    title=lambda review: review.partner.label(),
    path=lambda review: f"/reviews/{review.pk}/",
    purposes={"": _("Other"), "slides": _("Slides")},
    tells=Permission.MANAGE_PLANS,
)
