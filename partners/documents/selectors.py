"""Reads of the vault. The walls narrow: a partner sees its own tree's documents, a PAM those of the own book."""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from common.errors import NotFound
from partners.documents.enums import DocumentState as S
from partners.documents.rules import WARNING_DAYS
from partners.models import PartnerDocument
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_ONBOARDING


def documents_for(actor: Actor) -> QuerySet[PartnerDocument]:
    """With their partners, newest first."""
    actor.require(VIEW)
    return PartnerDocument.objects.select_related("partner").order_by("-pk")


def get_document(actor: Actor, pk: int) -> PartnerDocument:
    """Raises ``NotFound``."""
    found = documents_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def documents_of(actor: Actor, partner_id: int) -> QuerySet[PartnerDocument]:
    return documents_for(actor).filter(partner_id=partner_id)


def to_check(actor: Actor) -> QuerySet[PartnerDocument]:
    """What waits for the operator, the oldest first."""
    return documents_for(actor).filter(state=S.SUBMITTED).order_by("submitted_at", "pk")


def ending(actor: Actor) -> QuerySet[PartnerDocument]:
    """Valid documents that end within the longest warning, the next first."""
    limit = today_of(actor) + timedelta(days=max(WARNING_DAYS))
    return documents_for(actor).filter(state=S.VALID, valid_until__lte=limit).order_by("valid_until", "pk")


def today_of(actor: Actor) -> date:
    return timezone.now().astimezone(actor.operator.zone).date()
