"""Offers: routed, made by hand, accepted, declined, not answered in time."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from marketing.enums import LeadState, OfferState, Rule
from marketing.leads.candidates import field_for
from marketing.leads.capture import give
from marketing.leads.machine import DECLINE, check_reason
from marketing.leads.notices import TIMED_OUT, tell_partner
from marketing.leads.office import lock_routing, locked, open_lead, require_staff
from marketing.leads.routing import end_offer, offer, route
from marketing.leads.steps import WORK_FIELDS, advance, reveal, start_work, system, take_away
from marketing.models import Lead, LeadOffer, LeadRouting
from partners.enums import PartnerState
from partners.models import Partner
from partners.selectors import partners_for
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE, WORK = Permission.MANAGE_LEADS, Permission.WORK_LEADS


def route_lead(actor: Actor, *, ref: str, version: int | None = None) -> Lead:
    """Let the rules decide (again) about a lead that waits to be placed by hand."""
    require_staff(actor)
    with open_lead(actor, ref, MANAGE, version=version, routing=True) as lead:
        route(actor, lead)
    return lead


def offer_lead(
    actor: Actor, *, ref: str, partner: str, at_once: bool = False, text: str = "", version: int | None = None
) -> Lead:
    """Offer a lead from the queue to a partner (a code) of one's choice; ``at_once``: on its behalf, it is accepted.

    Raises ``InputError`` for a partner that is not active or that declined this lead.
    """
    require_staff(actor)
    found = partners_for(actor).filter(code=partner).first()
    if found is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), "partner", {"code": partner})
    with open_lead(actor, ref, MANAGE, version=version, routing=True) as lead:
        _check_choice(lead, found)
        now = timezone.now()
        _record(actor, lead, found, now)
        if at_once:
            give(actor, lead, found, text=text)
        else:
            offer(actor, lead, found, now, by_hand=True)
    return lead


def _check_choice(lead: Lead, partner: Partner) -> None:
    if partner.state != PartnerState.ACTIVE:
        raise InputError("not_active", _("This company is not active."), "partner")
    if LeadOffer.objects.filter(lead=lead, partner=partner, state=OfferState.DECLINED).exists():
        raise InputError("declined", _("This company declined the lead."), "partner")


def _record(actor: Actor, lead: Lead, partner: Partner, now: datetime) -> None:
    """Who else could have had it stands beside what was chosen."""
    field = field_for(lead, now)
    LeadRouting.objects.create(
        lead=lead,
        partner=partner,
        rule=Rule.HAND,
        candidates=[each.as_dict() for each in field.candidates.values()],
        excluded=field.excluded,
        seed="",
        actor=actor.name,
        at=now,
    )


def accept_lead(actor: Actor, *, ref: str, version: int | None = None) -> Lead:
    """Take an offered lead; from now on its partner sees who it is. An offer that has ended is told as such (``Conflict``)."""
    with open_lead(actor, ref, WORK, version=version) as lead:
        now = timezone.now()
        start_work(lead, now)
        advance(actor, lead, LeadState.ACCEPTED, save=WORK_FIELDS)
        end_offer(lead, OfferState.ACCEPTED, now, answered_by_id=actor.membership_id)
        reveal(actor, lead)
    return lead


def decline_lead(
    actor: Actor,
    *,
    ref: str,
    reason: str,
    text: str = "",
    contacted: bool = False,
    spam: bool = False,
    version: int | None = None,
) -> LeadOffer:
    """Refuse an offered lead with a reason; it goes on to the next partner and never comes back. Returns the own offer."""
    reason = check_reason(DECLINE, reason)
    with open_lead(actor, ref, WORK, version=version, routing=True) as lead:
        if lead.state != LeadState.OFFERED:
            raise Conflict("not_offered", _("Only an offered lead can be declined."))
        text = text.strip()[:2000]
        answer: dict[str, Any] = {"reason": reason, "text": text, "contacted": contacted, "spam": spam}
        ended = end_offer(lead, OfferState.DECLINED, answered_by_id=actor.membership_id, **answer)
        advance(actor, lead, LeadState.ROUTED, reason=reason, text=text)
        take_away(lead)
        route(actor, lead)
    if ended is None:
        raise Conflict("not_offered", _("Only an offered lead can be declined."))
    return ended


def time_out(actor: Actor, lead_id: int, offer_id: int, now: datetime) -> None:
    """The offer was not answered: the lead goes on. For the timer; whoever commits first, answer or clock, has it."""
    lock_routing()
    lead = locked(lead_id)
    still = LeadOffer.objects.filter(pk=offer_id, state=OfferState.OFFERED, due_at__lte=now).first()
    if still is None or lead.state != LeadState.OFFERED:
        return
    end_offer(lead, OfferState.TIMED_OUT, now)
    tell_partner(TIMED_OUT, lead, still.partner_id)
    advance(system(actor), lead, LeadState.ROUTED, reason="timed_out")
    take_away(lead)
    route(actor, lead)
