"""Leads and deals: a qualified lead becomes a draft, and a protected customer's open leads go to who is protected."""

from collections.abc import Iterable
from typing import Any

from deals.conflicts import Hit
from deals.enums import DealSource
from deals.models import Deal
from deals.services.drafts import create_draft
from marketing.leads.protected import become_deal
from marketing.leads.selectors import contact_of, get_lead
from marketing.leads.working import mark_converted
from marketing.models import Lead
from tenancy.actors import Actor


def convert_lead(actor: Actor, *, ref: str) -> Deal:
    """A draft with what the lead tells; the lead is converted in the same transaction.

    Raises ``InvalidTransition`` unless the lead is qualified, and what ``create_draft`` raises.
    """
    lead = get_lead(actor, ref)
    partner = "" if actor.is_partner or lead.partner is None else lead.partner.code
    deal = create_draft(
        actor,
        fields=draft_fields(actor, lead),
        partner=partner,
        source=DealSource.LEAD,
        external_id=lead.ref,
        lenient=True,
    )
    mark_converted(actor, ref=ref, deal=deal.ref)
    return deal


def draft_fields(actor: Actor, lead: Lead) -> dict[str, Any]:
    """What a draft begins with, as ``deals.fields`` reads it."""
    fields: dict[str, Any] = {"engagement_model": lead.engagement_model}
    if lead.segment is not None:
        fields["segment"] = lead.segment.code
    if lead.territory is not None:
        fields["territory"] = lead.territory.code
    if lead.product is not None:
        fields["lines"] = [{"product": lead.product.code, "quantity": "1"}]
    contact = contact_of(actor, lead)
    if contact is not None:
        if actor.is_staff and contact.customer is not None:  # Partners cannot read the operator's customers.
            fields["customer_number"] = contact.customer.code
        fields |= {
            "customer_name": contact.company or contact.person,
            "legal_id": contact.legal_id,
            "country": contact.country,
            "domain": contact.domain,
            "city": contact.city,
            "contact_name": contact.person,
            "contact_email": contact.email,
            "contact_phone": contact.phone,
            "description": contact.text,
        }
    return fields


def take_leads(actor: Actor, deal: Deal, hits: Iterable[Hit]) -> None:
    """Open leads that surely are of the deal's customer become this deal, unless another partner works on them."""
    for hit in hits:
        if hit.lead is not None and hit.sure:
            become_deal(actor, hit.lead.pk, deal.partner, deal.ref)
