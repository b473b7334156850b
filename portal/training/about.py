"""Conversations, files and histories of certificates on the shared pages: the proof of an examination elsewhere."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.workflow.about import register_about
from programs.models import Certificate
from programs.training.selectors import get_certificate
from tenancy.actors import Actor
from tenancy.enums import Permission


def may_write(actor: Actor, certificate: Certificate) -> bool:
    if actor.is_partner:
        owner = actor.can(Permission.MANAGE_COMPANY)
        return certificate.member_id == actor.membership_id or (
            owner and certificate.partner_id == actor.partner_id
        )
    return actor.can(Permission.MANAGE_TRAINING) or actor.can(Permission.WORK_BOOK)


register_about(
    "programs.certificate",
    fetch=get_certificate,
    may_write=may_write,
    title=lambda certificate: f"{certificate.person_name}: {certificate.certification.label()}",
    path=lambda certificate: reverse("training:certificate", args=[certificate.pk]),
    purposes={"proof": _("Proof of the examination"), "": _("Other")},
)
