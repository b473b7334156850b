"""Disputes have a conversation and files on their page."""

from django.utils.translation import gettext_lazy as _

from incentives.disputes import get_dispute
from incentives.models import Dispute
from incentives.states import DisputeState
from portal.workflow.about import register_about
from tenancy.actors import Actor
from tenancy.enums import Permission


def may_write(actor: Actor, dispute: Dispute) -> bool:
    """Both sides, as long as the dispute is open."""
    if dispute.state == DisputeState.CLOSED:
        return False
    own = actor.is_partner and actor.partner_id == dispute.partner_id and actor.can(Permission.DISPUTE)
    return own or actor.can(Permission.DECIDE_DISPUTES)


def path_of(dispute: Dispute) -> str:
    return f"/disputes/{dispute.pk}/"


register_about(
    "incentives.dispute",
    fetch=get_dispute,
    may_write=may_write,
    title=lambda dispute: f"{dispute.line.statement.number} #{dispute.line.position}",
    path=path_of,
    purposes={"proof": _("Proof"), "": _("Other")},
    tells=Permission.DISPUTE,
)
