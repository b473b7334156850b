"""A lead whose customer is protected for a partner by a deal: it goes to that partner, and becomes the deal."""

from django.utils import timezone

from marketing.enums import HELD, UNPLACED, LeadState, OfferState
from marketing.leads.capture import give
from marketing.leads.notices import RECALLED, tell_partner
from marketing.leads.office import lock_routing, locked
from marketing.leads.routing import end_offer, to_manual
from marketing.leads.steps import advance, system, take_away
from marketing.leads.working import convert
from marketing.models import Lead
from partners.models import Partner
from tenancy.actors import Actor

#: Steps that a protected deal shows to have happened, in their order.
_DONE = {LeadState.ACCEPTED: LeadState.CONTACTED, LeadState.CONTACTED: LeadState.QUALIFIED}


def become_deal(actor: Actor, lead_id: int, partner: Partner, deal: str) -> None:
    """In the office: the lead is ``partner``'s and became the deal with this number. What another partner accepted stays."""
    lock_routing()
    lead, house = locked(lead_id), system(actor)
    if lead.state == LeadState.OFFERED:
        _end_offer(house, lead)
    if lead.state in UNPLACED:
        give(house, lead, partner, text=deal)
    if lead.state not in HELD or lead.partner_id != partner.pk:
        return
    lead.contacted_at = lead.contacted_at or timezone.now()
    while lead.state in _DONE:
        advance(house, lead, _DONE[LeadState(lead.state)], text=deal, save=["contacted_at"])
    convert(house, lead, deal)


def _end_offer(actor: Actor, lead: Lead) -> None:
    """Whoever has not answered yet is told that it is gone, and nothing of whom."""
    end_offer(lead, OfferState.RECALLED)
    if lead.partner_id is not None:
        tell_partner(RECALLED, lead, lead.partner_id)
    advance(actor, lead, LeadState.ROUTED, reason="customer_taken")
    take_away(lead)
    to_manual(actor, lead, "customer_taken")
