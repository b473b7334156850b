"""The clocks of leads. A timer whose lead has moved on does nothing."""

from typing import Any

from django.utils import timezone

from marketing.enums import OfferState
from marketing.leads.notices import HALF, tell_partner
from marketing.leads.offers import time_out
from marketing.leads.recalls import look_for_activity, look_for_contact
from marketing.models import LeadOffer
from tenancy.actors import Actor
from workflow.timers import on_timer


@on_timer("leads.offer")
def offer_due(actor: Actor, lead_id: int, payload: dict[str, Any]) -> None:
    time_out(actor, lead_id, payload["offer"], timezone.now())


@on_timer("leads.offer_half")
def offer_half_over(actor: Actor, lead_id: int, payload: dict[str, Any]) -> None:
    offers = LeadOffer.objects.filter(pk=payload["offer"], state=OfferState.OFFERED).select_related("lead")
    offer = offers.first()
    if offer is not None:
        tell_partner(HALF, offer.lead, offer.partner_id, key=f"half@{offer.pk}", due=offer.due_at.isoformat())


@on_timer("leads.first_contact")
def contact_due(actor: Actor, lead_id: int, payload: dict[str, Any]) -> None:
    look_for_contact(lead_id, payload["due"])


@on_timer("leads.quiet")
def quiet(actor: Actor, lead_id: int, payload: dict[str, Any]) -> None:
    look_for_activity(actor, lead_id, timezone.now())
