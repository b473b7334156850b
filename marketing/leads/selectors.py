"""Reads of leads. The walls narrow them: a partner sees what is offered to it or held by it, a PAM the own book and what nobody has."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, DomainError, Forbidden, NotFound
from common.text import search_words
from marketing.enums import HELD, UNPLACED, LeadSource, LeadState, OfferState
from marketing.leads.weights import Candidate, candidate_of
from marketing.models import Lead, LeadContact, LeadOffer, LeadRouting, LeadSettings, PinnedCustomer
from partners.models import Partner
from partners.selectors import partners_for
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission


def leads_for(actor: Actor) -> QuerySet[Lead]:
    """Leads that ``actor`` may see, with product, segment, territory and partner (where that may be seen), newest first."""
    actor.require(Permission.VIEW_LEADS)
    found: QuerySet[Lead] = Lead.objects.select_related("product__family", "segment", "territory", "partner")
    return found.filter(partner_id=actor.partner_id or 0) if actor.is_partner else found


def matching(rows: QuerySet[Lead], text: str) -> QuerySet[Lead]:
    """Those whose number or person, company, legal id, domain, e-mail or city (where they may be seen) hold every word."""
    for word in search_words(text):
        known = LeadContact.objects.filter(lead=OuterRef("pk"), search_key__contains=word)
        rows = rows.filter(Q(ref__icontains=word) | Exists(known))
    return rows


def get_lead(actor: Actor, ref: str) -> Lead:
    """Raises ``NotFound``; ``Conflict`` with what became of it where the actor's company has it no longer."""
    lead = leads_for(actor).filter(ref=ref).first()
    if lead is None:
        raise why_gone(actor, ref)
    return lead


def lead_by_pk(actor: Actor, pk: int) -> Lead:
    """Raises ``NotFound``."""
    lead = leads_for(actor).filter(pk=pk).first()
    if lead is None:
        raise NotFound()
    return lead


def lead_of_question(actor: Actor, number: int) -> Lead:
    """The lead of what was a contact request with this number. Raises ``NotFound``."""
    asked = leads_for(actor).filter(source=LeadSource.DIRECTORY, external_id=f"contact-{number}")
    lead = asked.first()
    if lead is None:
        raise NotFound()
    return lead


def why_gone(actor: Actor, ref: str) -> DomainError:
    """What to tell a company about a lead that it has no more: nothing where it never had it."""
    offer = None
    if actor.is_partner:
        offer = LeadOffer.objects.filter(ref=ref, partner_id=actor.partner_id or 0).order_by("-pk").first()
    if offer is None or offer.state not in _GONE:
        return NotFound()
    return Conflict(f"offer_{offer.state}", _GONE[offer.state])


_GONE: dict[str, Any] = {
    OfferState.TIMED_OUT: _("The time to answer this offer is over, so the lead went on to somebody else."),
    OfferState.DECLINED: _("Your company declined this lead."),
    OfferState.RECALLED: _("This lead was recalled, so it is no longer yours."),
}


def in_working_order(rows: QuerySet[Lead]) -> QuerySet[Lead]:
    """What waits for an answer first, the earliest deadline on top, then the newest."""
    return rows.order_by(F("offer_due_at").asc(nulls_last=True), "-pk")


def offered_to(actor: Actor) -> QuerySet[Lead]:
    """Offers that wait for the actor's company, the earliest deadline first."""
    return leads_for(actor).filter(state=LeadState.OFFERED).order_by("offer_due_at", "pk")


def held_by(actor: Actor) -> QuerySet[Lead]:
    """Leads that the actor's company (of staff: any) works on."""
    return leads_for(actor).filter(state__in=HELD)


def manual_queue(actor: Actor) -> QuerySet[Lead]:
    """Leads that wait to be placed by hand, the oldest first; ``manual_since`` tells their age."""
    actor.require(Permission.MANAGE_LEADS)
    return leads_for(actor).filter(state=LeadState.MANUAL).order_by("manual_since", "pk")


def contact_of(actor: Actor, lead: Lead) -> LeadContact | None:
    """Who it is, ``None`` while the actor may not know. Opening it is logged: for the page and answer about one lead."""
    found = contacts_of(actor, [lead]).get(lead.pk)
    if found is not None:
        audit.record(actor, "lead.open", lead)
    return found


def contacts_of(actor: Actor, leads: Iterable[Lead]) -> dict[int, LeadContact]:
    """Lead id -> who it is, of those that the actor may know; for the names in a list. One query."""
    actor.require(Permission.VIEW_LEADS)
    rows = LeadContact.objects.filter(lead__in=[lead.pk for lead in leads])
    if actor.is_partner:
        rows = rows.filter(partner_id=actor.partner_id or 0)
    else:
        rows = rows.select_related("customer")  # Partners cannot read that table.
    return {row.lead_id: row for row in rows}


def offers_of(actor: Actor, lead: Lead) -> QuerySet[LeadOffer]:
    """To whom it was offered (of partners: the own company's), newest first."""
    actor.require(Permission.VIEW_LEADS)
    found: QuerySet[LeadOffer] = LeadOffer.objects.filter(lead_id=lead.pk).select_related("partner")
    return found.filter(partner_id=actor.partner_id or 0) if actor.is_partner else found


def own_offers(actor: Actor) -> QuerySet[LeadOffer]:
    """Every offer that the actor's company ever got, newest first, with what it could see then in ``seen``."""
    actor.require(Permission.VIEW_LEADS)
    found: QuerySet[LeadOffer] = LeadOffer.objects.filter(partner_id=actor.partner_id or 0)
    return found


def open_offer(lead: Lead) -> LeadOffer | None:
    found: LeadOffer | None = LeadOffer.objects.filter(lead_id=lead.pk, state=OfferState.OFFERED).first()
    return found


@dataclass(frozen=True, slots=True)
class Decision:
    """A routing decision with the partners that the reader may see; of others only how many there are."""

    routing: LeadRouting
    candidates: list[tuple[Partner, Candidate]]
    other_candidates: int
    excluded: dict[str, list[Partner]]
    other_excluded: dict[str, int]


def decisions_about(actor: Actor, lead: Lead) -> list[Decision]:
    """How the lead was routed, oldest first, candidates by weight. Staff only. Two queries."""
    if actor.is_partner:
        raise Forbidden()
    actor.require(Permission.VIEW_LEADS)
    rows = list(LeadRouting.objects.filter(lead_id=lead.pk).select_related("partner"))
    ids = {kept["partner"] for row in rows for kept in row.candidates}
    ids |= {pk for row in rows for several in row.excluded.values() for pk in several}
    seen: dict[int, Partner] = partners_for(actor).in_bulk(ids)
    return [_decision(row, seen) for row in rows]


def _decision(row: LeadRouting, seen: dict[int, Partner]) -> Decision:
    kept = sorted(map(candidate_of, row.candidates), key=lambda each: (-each.weight, each.partner))
    excluded = {reason: [seen[pk] for pk in ids if pk in seen] for reason, ids in row.excluded.items()}
    return Decision(
        row,
        [(seen[each.partner], each) for each in kept if each.partner in seen],
        sum(each.partner not in seen for each in kept),
        {reason: partners for reason, partners in excluded.items() if partners},
        {reason: more for reason, ids in row.excluded.items() if (more := len(ids) - len(excluded[reason]))},
    )


def settings_of(actor: Actor, partner_id: int | None = None) -> LeadSettings | None:
    """Pause and capacity of a company that the actor sees (the own one), ``None`` where it set nothing."""
    actor.require(Permission.VIEW_LEADS)
    wanted = actor.partner_id if actor.is_partner else partner_id
    found: LeadSettings | None = LeadSettings.objects.filter(partner_id=wanted or 0).first()
    return found


def pins_for(actor: Actor) -> QuerySet[PinnedCustomer]:
    """Customers that are pinned to a partner, newest first."""
    if actor.is_partner:
        raise Forbidden()
    actor.require(Permission.MANAGE_LEADS)
    found: QuerySet[PinnedCustomer] = PinnedCustomer.objects.select_related("customer", "partner")
    return found


def unplaced(actor: Actor) -> QuerySet[Lead]:
    """Leads that nobody has."""
    return leads_for(actor).filter(state__in=UNPLACED)
