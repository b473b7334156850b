"""Conversation and files of a partner: its owner, its account managers and the programme managers take part."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.models import Partner
from partners.selectors import get_partner_by_id
from portal.workflow.about import register_about
from tenancy.actors import Actor
from tenancy.enums import Permission


def may_write(actor: Actor, partner: Partner) -> bool:
    if actor.is_partner:
        return actor.can(Permission.MANAGE_COMPANY)
    return actor.can(Permission.WORK_BOOK) or actor.can(Permission.MANAGE_PARTNERS)


register_about(
    "partners.partner",
    fetch=get_partner_by_id,
    may_write=may_write,
    title=lambda partner: str(partner.label()),
    path=lambda partner: reverse("partners:conversation", args=[partner.code]),
    purposes={
        "": _("Other"),
        "contract": _("Contract"),
        "licence": _("Licence"),
        "minutes": _("Minutes of a meeting"),
    },
)
