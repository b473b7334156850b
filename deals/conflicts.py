"""What a deal collides with: the same customer, a product family in common, at the same time.

Compared with deals that wait for a decision or are protected, with named accounts, and with open leads. Territory is evidence and no
condition: whoever chose another province would step around the rule. Runs in the office, with the customer locked.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from catalog.enums import KeyKind, Strength
from catalog.matching import similarity
from catalog.matching.parties import STRENGTH, Identity
from catalog.models import Family
from common.money import plain
from deals.enums import STANDING, LineState, Outcome
from deals.models import Deal, DealLine, NamedAccount, PartyKey, Slot
from deals.numbers import name_similarity
from marketing.enums import HELD, OPEN
from marketing.models import Lead, LeadContact, LeadKey

_ORDER = [Strength.WEAK, Strength.STRONG, Strength.HARD]


@dataclass(slots=True)
class Hit:
    """One deal, named account or lead that is the same customer's, by its surest key."""

    kind: str
    strength: str
    families: set[int]
    other: Deal | None = None
    account: NamedAccount | None = None
    lead: Lead | None = None
    #: The other deal holds the customer: approved, or offered from the waiting list.
    holds: bool = False
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def sure(self) -> bool:
        return self.strength != Strength.WEAK


@dataclass(frozen=True, slots=True)
class Findings:
    hits: tuple[Hit, ...] = ()

    @property
    def outcome(self) -> str:
        """``block`` needs a sure match with a deal that holds the customer, or with a named account."""
        if any(hit.sure and (hit.holds or hit.account) for hit in self.hits):
            return Outcome.BLOCK
        return Outcome.WARN if self.hits else Outcome.CLEAR

    @property
    def holders(self) -> list[Hit]:
        """Deals that make this one a duplicate."""
        return [hit for hit in self.hits if hit.sure and hit.holds]


def find_conflicts(deal: Deal, identity: Identity, families: Collection[int]) -> Findings:
    """Everything that stands against ``families`` of this deal. A fixed number of queries and two per name alike."""
    matches = list(_matches(PartyKey.objects.exclude(deal_id=deal.pk), identity))
    deals = _standing({key.deal_id for key, *_ in matches if key.deal_id}, families)
    accounts = _accounts({key.account_id for key, *_ in matches if key.account_id}, families)
    hits = [_hit(row, strength, alike, deals, accounts) for row, strength, alike in matches]
    leads = [hit for hit in find_leads(identity, families) if not _own(deal, hit)]
    return Findings((*_surest(hits), *leads))


def find_leads(identity: Identity, families: Collection[int]) -> list[Hit]:
    """Open leads of this customer that want some of ``families``; one that names no product may want any."""
    matches = list(_matches(LeadKey.objects.filter(lead__state__in=OPEN), identity))
    ids = {key.lead_id for key, *_ in matches}
    if not ids:
        return []
    leads = Lead.objects.filter(pk__in=ids).select_related("partner", "product").in_bulk()
    contacts = {row.lead_id: row for row in LeadContact.objects.filter(lead_id__in=ids)}
    layers = dict(Family.objects.filter(pk__in=families).values_list("pk", "layer"))
    hits = []
    for row, strength, alike in matches:
        lead = leads[row.lead_id]
        if common := _wanted(lead, layers):
            evidence = evidence_of_lead(lead, contacts[lead.pk]) | _match(row, alike)
            hits.append(Hit(row.kind, strength, common, lead=lead, evidence=evidence))
    return _surest(hits)


def _wanted(lead: Lead, layers: dict[int, str]) -> set[int]:
    if lead.product is not None:
        return {lead.product.family_id} & layers.keys()
    return {family for family, layer in layers.items() if lead.layer in ("", layer)}


def _own(deal: Deal, hit: Hit) -> bool:
    """What the deal's own company works on is no rival."""
    lead = hit.lead
    return lead is not None and lead.state in HELD and lead.partner_id == deal.partner_id


def _surest(hits: Iterable[Hit | None]) -> list[Hit]:
    """One hit for each thing, by its surest key."""
    best: dict[tuple[str, int], Hit] = {}
    for hit in hits:
        if hit is not None and (_name(hit) not in best or _surer(hit, best[_name(hit)])):
            best[_name(hit)] = hit
    return list(best.values())


def _name(hit: Hit) -> tuple[str, int]:
    thing = hit.other or hit.account or hit.lead
    return type(thing).__name__, thing.pk if thing is not None else 0


def _surer(one: Hit, other: Hit) -> bool:
    return _ORDER.index(Strength(one.strength)) > _ORDER.index(Strength(other.strength))


def _match(row: Any, alike: int) -> dict[str, Any]:
    return {"matched": row.value, "similarity": alike}


def _matches(others: "QuerySet[Any]", identity: Identity) -> Iterator[tuple[Any, str, int]]:
    """Keys of others that are this customer's, with their strength and the likeness in per cent."""
    same = Q(pk=None)
    for key in identity.sure:
        same |= Q(kind=key.kind, value=key.value)
    for row in others.filter(same):
        yield row, STRENGTH[KeyKind(row.kind)], 100
    least = name_similarity()
    for name in (key for key in identity.keys if key.kind == KeyKind.NAME and key.place):
        for row in others.filter(kind=KeyKind.NAME, place=name.place):
            alike = round(similarity(name.value, row.value) * 100)
            if alike >= least:
                yield row, Strength.WEAK, alike


def _standing(ids: set[int], families: Collection[int]) -> dict[int, tuple[Deal, set[int], bool]]:
    """Those of ``ids`` that still count, with the families in common and whether they hold the customer."""
    holding = set(Slot.objects.filter(deal_id__in=ids, active=True).values_list("deal_id", flat=True))
    rows = Deal.objects.filter(pk__in=ids).filter(Q(state__in=STANDING) | Q(pk__in=holding))
    common: dict[int, set[int]] = {}
    lines = DealLine.objects.filter(deal_id__in=ids, state=LineState.ACTIVE, product__family_id__in=families)
    for deal_id, family in lines.values_list("deal_id", "product__family_id"):
        common.setdefault(deal_id, set()).add(family)
    return {
        each.pk: (each, common[each.pk], each.pk in holding)
        for each in rows.select_related("partner")
        if each.pk in common
    }


def _accounts(ids: set[int], families: Collection[int]) -> dict[int, tuple[NamedAccount, set[int]]]:
    rows = NamedAccount.objects.filter(pk__in=ids, active=True).select_related("customer", "seller")
    covered = {row.pk: set(families) & set(row.families or families) for row in rows}
    return {row.pk: (row, covered[row.pk]) for row in rows if covered[row.pk]}


def _hit(
    row: PartyKey, strength: str, alike: int, deals: dict[int, Any], accounts: dict[int, Any]
) -> Hit | None:
    if row.deal_id in deals:
        other, families, holds = deals[row.deal_id]
        evidence = evidence_of(other) | _match(row, alike)
        return Hit(row.kind, strength, families, other=other, holds=holds, evidence=evidence)
    if row.account_id in accounts:
        account, families = accounts[row.account_id]
        names = {"customer": account.customer.name, "seller": account.seller.name}
        return Hit(row.kind, strength, families, account=account, evidence=names | _match(row, alike))
    return None


def evidence_of(deal: Deal) -> dict[str, Any]:
    """What a reviewer sees of a deal that another collides with, as it is now."""
    return {
        "ref": deal.ref,
        "partner": deal.partner.name,
        "customer": deal.customer_name,
        "legal_id": deal.legal_id,
        "city": deal.city,
        "state": deal.state,
        "submitted_at": deal.submitted_at and deal.submitted_at.isoformat(),
        "protected_until": deal.protected_until and deal.protected_until.isoformat(),
        "presales": deal.presales,
        "value": plain(deal.value),
    }


def evidence_of_lead(lead: Lead, contact: LeadContact) -> dict[str, Any]:
    """What a reviewer sees of a lead that a deal collides with, as it is now."""
    return {
        "ref": lead.ref,
        "partner": lead.partner.name if lead.partner is not None else "",
        "customer": contact.company or contact.person,
        "legal_id": contact.legal_id,
        "city": contact.city,
        "state": lead.state,
        "received_at": lead.received_at.isoformat(),
        "accepted_at": lead.accepted_at and lead.accepted_at.isoformat(),
    }


def family_names(ids: Iterable[int]) -> list[str]:
    return [family.label() for family in Family.objects.filter(pk__in=list(ids))]
