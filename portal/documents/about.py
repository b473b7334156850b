"""Conversation and files of a document."""

from django.urls import reverse

from partners.documents.rules import may_add
from partners.documents.selectors import get_document
from partners.models import PartnerDocument
from portal.workflow.about import register_about
from tenancy.actors import Actor
from tenancy.enums import Permission


def may_write(actor: Actor, document: PartnerDocument) -> bool:
    return may_add(actor, document.partner_id)


def may_attach(actor: Actor, document: PartnerDocument) -> bool:
    """The file is part of what was checked: another one is another document."""
    return False


register_about(
    "partners.partnerdocument",
    fetch=get_document,
    may_write=may_write,
    may_attach=may_attach,
    title=lambda document: str(document.get_kind_display()),
    path=lambda document: reverse("documents:document", args=[document.pk]),
    tells=Permission.VIEW_ONBOARDING,
)
