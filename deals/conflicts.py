"""What a deal collides with: the same customer, a product family in common, at the same time.

Compared with deals that wait for a decision or are protected, and with named accounts. Territory is evidence and no
condition: whoever chose another province would step around the rule. Runs in the office, with the customer locked.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from catalog.matching import similarity
from catalog.models import Family
from common.money import plain
from deals.enums import STANDING, KeyKind, LineState, Outcome, Strength
from deals.identity import STRENGTH, Identity
from deals.models import Deal, DealLine, NamedAccount, PartyKey, Slot
from deals.numbers import name_similarity

_ORDER = [Strength.WEAK, Strength.STRONG, Strength.HARD]


@dataclass(slots=True)
class Hit:
    """One deal or named account that is the same customer's, by its surest key."""

    kind: str
    strength: str
    families: set[int]
    other: Deal | None = None
    account: NamedAccount | None = None
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
    """Everything that stands against ``families`` of this deal. A fixed number of queries and one per name alike."""
    matches = list(_matches(deal, identity))
    deals = _standing({key.deal_id for key, *_ in matches if key.deal_id}, families)
    accounts = _accounts({key.account_id for key, *_ in matches if key.account_id}, families)
    best: dict[tuple[str, int], Hit] = {}
    for row, strength, alike in matches:
        hit = _hit(row, strength, deals, accounts)
        if hit is None:
            continue
        hit.evidence |= {"matched": row.value, "similarity": alike}
        name = ("deal", hit.other.pk) if hit.other else ("account", row.account_id or 0)
        if name not in best or _surer(hit, best[name]):
            best[name] = hit
    return Findings(tuple(best.values()))


def _surer(one: Hit, other: Hit) -> bool:
    return _ORDER.index(Strength(one.strength)) > _ORDER.index(Strength(other.strength))


def _matches(deal: Deal, identity: Identity) -> Iterator[tuple[PartyKey, str, int]]:
    """Keys of others that are this customer's, with their strength and the likeness in per cent."""
    same = Q(pk=None)
    for key in identity.sure:
        same |= Q(kind=key.kind, value=key.value)
    others = PartyKey.objects.exclude(deal_id=deal.pk)
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


def _hit(row: PartyKey, strength: str, deals: dict[int, Any], accounts: dict[int, Any]) -> Hit | None:
    if row.deal_id in deals:
        other, families, holds = deals[row.deal_id]
        return Hit(row.kind, strength, families, other=other, holds=holds, evidence=evidence_of(other))
    if row.account_id in accounts:
        account, families = accounts[row.account_id]
        names = {"customer": account.customer.name, "seller": account.seller.name}
        return Hit(row.kind, strength, families, account=account, evidence=names)
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


def family_names(ids: Iterable[int]) -> list[str]:
    return [family.label() for family in Family.objects.filter(pk__in=list(ids))]
