"""Taking a lead back from a partner that leaves it lying: after a warning by itself, or by hand."""

from datetime import datetime, timedelta

from marketing.enums import LeadSource, LeadState, OfferState
from marketing.leads.notices import RECALLED, STUCK, WARNED, tell_pams, tell_partner
from marketing.leads.numbers import recall_days, warn_days
from marketing.leads.office import lock_routing, locked, open_lead, require_staff
from marketing.leads.routing import route, to_manual
from marketing.leads.steps import advance, system, take_away
from marketing.models import Lead, LeadOffer
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.timers import schedule

#: From these a lead can be recalled; a qualified one stays with its partner.
RECALLABLE = (LeadState.ACCEPTED, LeadState.CONTACTED)


def recall_lead(actor: Actor, *, ref: str, text: str = "", version: int | None = None) -> Lead:
    """Take a lead back by hand and route it anew; its partner sees no more who it is."""
    require_staff(actor)
    with open_lead(actor, ref, Permission.MANAGE_LEADS, version=version, routing=True) as lead:
        recall(actor, lead, "by_hand", text.strip()[:2000])
    return lead


def recall(actor: Actor, lead: Lead, reason: str, text: str = "") -> None:
    """In the office, with routing and the lead locked. What a visitor asked of one partner goes to nobody else by itself."""
    advance(actor, lead, LeadState.ROUTED, reason=reason, text=text)
    held = LeadOffer.objects.filter(lead=lead, partner_id=lead.partner_id, state=OfferState.ACCEPTED)
    held.update(state=OfferState.RECALLED)
    if lead.partner_id is not None:
        tell_partner(RECALLED, lead, lead.partner_id)
    take_away(lead)
    if lead.source == LeadSource.DIRECTORY:
        to_manual(actor, lead, "asked_another")
    else:
        route(actor, lead)


def look_for_activity(actor: Actor, lead_id: int, now: datetime) -> None:
    """Without an update for so long: a warning, later the recall. After an update: look again later. For the timer."""
    lock_routing()
    lead = locked(lead_id)
    if lead.state not in RECALLABLE or lead.active_at is None or lead.partner_id is None:
        return
    warning = lead.active_at + timedelta(days=warn_days())
    end = lead.active_at + timedelta(days=recall_days())
    if now >= end:
        recall(system(actor), lead, "no_update")
    elif now >= warning:
        facts = {"days": warn_days(), "until": end.isoformat()}
        tell_partner(WARNED, lead, lead.partner_id, key=lead.active_at.isoformat(), **facts)
        schedule("leads.quiet", lead, end)
    else:
        schedule("leads.quiet", lead, warning)


def look_for_contact(lead_id: int, due: str) -> None:
    """The first contact is overdue: the PAM is told. For the timer."""
    lead = Lead.objects.filter(pk=lead_id, state=LeadState.ACCEPTED).select_related("partner").first()
    if lead is None or lead.contact_due_at is None or lead.contact_due_at.isoformat() != due:
        return
    if lead.partner_id is not None:
        tell_pams(STUCK, lead, lead.partner_id, key=due)
