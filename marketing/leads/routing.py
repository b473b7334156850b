"""Sending a lead on: who gets it, by which rule, and the record of it. In the office, with routing and the lead locked."""

from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db.models import Q
from django.utils import timezone

from catalog.enums import Contribution
from catalog.models import Customer
from marketing.enums import LeadState, OfferState, Rule
from marketing.leads.candidates import Field, field_for
from marketing.leads.notices import MANUAL, OFFERED, tell_partner, tell_placers
from marketing.leads.numbers import accept_hours, default_partner, hot_accept_hours, offers_most
from marketing.leads.snapshots import seen_of
from marketing.leads.steps import advance, calendar_of, system
from marketing.leads.weights import choose
from marketing.models import Lead, LeadContact, LeadOffer, LeadRouting, PinnedCustomer
from partners.enums import PartnerState
from partners.models import Partner
from performance.models import Credit
from tenancy.actors import Actor
from workflow.timers import schedule


def route(actor: Actor, lead: Lead) -> None:
    """Offer it to the next partner, or put it into the queue of those placed by hand."""
    if lead.state != LeadState.ROUTED:
        lead.manual_since = None
        advance(system(actor), lead, LeadState.ROUTED, save=["manual_since"])
    if _offers_made(lead) >= offers_most():
        to_manual(actor, lead, "offers_used")
        return
    now = timezone.now()
    decision = decide(lead, now)
    decision.actor = actor.name
    decision.save()
    if decision.partner is None:
        to_manual(actor, lead, "no_candidate")
    else:
        offer(system(actor), lead, decision.partner, now)


def decide(lead: Lead, now: datetime, seed: str = "") -> LeadRouting:
    """The decision about a lead, not saved: first the customer's partner, then the pinned one, then the highest weight."""
    field = field_for(lead, now)
    rule, partner_id, seed = Rule.NONE, None, seed or token_hex(16)
    customers = _customers_of(lead)
    for each, found in ((Rule.EXISTING, _existing(customers)), (Rule.PINNED, _pinned(customers))):
        if found in field.candidates:
            rule, partner_id = each, found
            break
    else:
        best = choose(field.candidates.values(), seed)
        if best is not None:
            rule, partner_id = Rule.WEIGHT, best.partner
        elif (last := _last_resort(field)) is not None:
            rule, partner_id = Rule.DEFAULT, last
    return LeadRouting(
        lead=lead,
        partner=Partner.objects.get(pk=partner_id) if partner_id is not None else None,
        rule=rule,
        candidates=[each.as_dict() for each in field.candidates.values()],
        excluded=field.excluded,
        seed=seed,
        at=now,
    )


def _customers_of(lead: Lead) -> list[int]:
    """The customer with all that were merged into it."""
    found = LeadContact.objects.filter(lead_id=lead.pk, customer__isnull=False)
    customer = found.values_list("customer_id", flat=True).first()
    if customer is None:
        return []
    same = Customer.objects.filter(Q(pk=customer) | Q(merged_into_id=customer))
    return list(same.values_list("pk", flat=True))


def _existing(customers: list[int]) -> int | None:
    """Who sold to the customer last."""
    if not customers:
        return None
    sold = Credit.objects.filter(
        customer_id__in=customers, sign=1, contribution__in=("", Contribution.SELL)
    ).order_by("-day", "-pk")
    return sold.values_list("partner_id", flat=True).first()


def _pinned(customers: list[int]) -> int | None:
    pins = PinnedCustomer.objects.filter(customer_id__in=customers)
    return pins.values_list("partner_id", flat=True).first()


def _last_resort(field: Field) -> int | None:
    """The default partner takes what fits nobody, beyond its capacity too, unless it was asked or is not there."""
    code = default_partner().strip()
    found = Partner.objects.filter(code=code, state=PartnerState.ACTIVE).first() if code else None
    unable = {pk for reason in ("not_active", "nobody", "asked") for pk in field.excluded.get(reason, ())}
    return None if found is None or found.pk in unable else int(found.pk)


def _offers_made(lead: Lead) -> int:
    """Since it was routed anew: a recall begins again."""
    mine = LeadOffer.objects.filter(lead=lead)
    last = mine.filter(state=OfferState.RECALLED).order_by("-pk").values_list("pk", flat=True).first()
    return mine.filter(pk__gt=last or 0).count()


def offer(actor: Actor, lead: Lead, partner: Partner, now: datetime, *, by_hand: bool = False) -> LeadOffer:
    """Ask one partner; sets the clock and tells its people."""
    calendar = calendar_of(lead)
    hours = hot_accept_hours() if lead.hot else accept_hours()
    due = calendar.add_hours(now, hours)
    lead.partner, lead.offer_due_at, lead.manual_since = partner, due, None
    advance(actor, lead, LeadState.OFFERED, save=["partner", "offer_due_at", "manual_since"])
    made: LeadOffer = LeadOffer.objects.create(
        lead=lead,
        ref=lead.ref,
        partner=partner,
        by_hand=by_hand,
        offered_at=now,
        due_at=due,
        seen=seen_of(lead),
    )
    schedule("leads.offer", lead, due, offer=made.pk)
    schedule("leads.offer_half", lead, calendar.add_hours(now, hours / 2), offer=made.pk)
    tell_partner(OFFERED, lead, partner.pk, due=due.isoformat())
    return made


def given(actor: Actor, lead: Lead, partner: Partner, now: datetime) -> LeadOffer:
    """The row of an offer that needed no answer: the lead came to its partner, or was entered on its behalf."""
    made: LeadOffer = LeadOffer.objects.create(
        lead=lead,
        ref=lead.ref,
        partner=partner,
        by_hand=True,
        state=OfferState.ACCEPTED,
        offered_at=now,
        due_at=now,
        answered_at=now,
        answered_by_id=actor.membership_id,
        seen=seen_of(lead),
    )
    return made


def to_manual(actor: Actor, lead: Lead, reason: str) -> None:
    """Somebody has to place it by hand."""
    lead.manual_since = timezone.now()
    advance(system(actor), lead, LeadState.MANUAL, reason=reason, save=["manual_since"])
    tell_placers(MANUAL, lead)


def end_offer(lead: Lead, state: str, now: datetime | None = None, **fields: Any) -> LeadOffer | None:
    """Close the open offer of the lead, if there is one."""
    open_one = LeadOffer.objects.filter(lead=lead, state=OfferState.OFFERED).first()
    if open_one is None:
        return None
    values = {"state": state, "answered_at": now or timezone.now(), **fields}
    for name, value in values.items():
        setattr(open_one, name, value)
    open_one.save(update_fields=list(values))
    return open_one  # type: ignore[no-any-return]
