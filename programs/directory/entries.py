"""What the world sees: one row per listed partner, made anew whenever something of it changes, and each night."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.utils.text import slugify

from catalog.models import Family
from common.text import search_key
from partners.enums import PartnerState
from partners.models import Partner
from programs.benefits import allowed
from programs.enums import BenefitKind, TierState
from programs.models import (
    DirectoryEntry,
    DirectoryListing,
    Enrolment,
    SpecialisationHeld,
    Tier,
)
from tenancy.base import Named

#: What is rewritten of an entry that is there; its address stays.
FIELDS = (
    "name", "names", "search_key", "texts", "website", "phone", "city", "roles", "layers", "families",
    "specialisations", "tier", "tier_rank",
)  # fmt: skip


def refresh_entries(partner_ids: Collection[int] | None = None) -> int:
    """Make entries true to listings, partners, tiers and specialisations; of all partners without ids. Returns how many.

    A partner whose tier does not include the directory (any more) has no entry until it does again.

    Runs with the sight of the operator's office or of the worker.
    """
    listings = DirectoryListing.objects.filter(shown__isnull=False, partner__state=PartnerState.ACTIVE)
    entries = DirectoryEntry.objects.all()
    if partner_ids is not None:
        listings = listings.filter(partner_id__in=partner_ids)
        entries = entries.filter(partner_id__in=partner_ids)
    shown = list(listings.select_related("partner").order_by("pk"))
    entitled = allowed([listing.partner_id for listing in shown], BenefitKind.DIRECTORY)
    shown = [listing for listing in shown if listing.partner_id in entitled]
    ids = [listing.partner_id for listing in shown]
    entries.exclude(partner_id__in=ids).delete()
    there = {entry.partner_id: entry for entry in entries}
    tiers, special, families = _tiers(ids), _specialisations(ids), _families()
    taken = set(DirectoryEntry.objects.values_list("slug", flat=True))
    new, changed = [], []
    for listing in shown:
        entry = there.get(listing.partner_id)
        if entry is None:
            entry = DirectoryEntry(partner=listing.partner, slug=_slug(listing.partner, taken))
            new.append(entry)
        else:
            changed.append(entry)
        _fill(entry, listing, tiers.get(listing.partner_id), special[listing.partner_id], families)
    DirectoryEntry.objects.bulk_create(new)
    DirectoryEntry.objects.bulk_update(changed, FIELDS, batch_size=500)
    return len(shown)


def _fill(
    entry: DirectoryEntry,
    listing: DirectoryListing,
    tier: Tier | None,
    special: list[dict[str, Any]],
    families: dict[str, dict[str, Any]],
) -> None:
    partner, shown = listing.partner, dict(listing.shown or {})
    entry.name, entry.names = partner.name, partner.names
    entry.texts, entry.website, entry.phone = shown["texts"], shown["website"], shown["phone"]
    entry.city, entry.roles, entry.layers = partner.city, partner.roles, partner.layers
    entry.families = [families[code] for code in shown["families"] if code in families]
    entry.specialisations = special
    entry.tier = _named(tier, tier.code) if tier else {}
    entry.tier_rank = tier.rank if tier else 0
    words = [partner.name, *partner.names.values(), partner.city]
    entry.search_key = search_key(" ".join(words))[:200]


def _named(thing: Named, code: str) -> dict[str, Any]:
    return {"code": code, "name": thing.name, "names": thing.names}


def _tiers(partner_ids: Collection[int]) -> dict[int, Tier]:
    """The tier in the main programme."""
    rows = Enrolment.objects.filter(
        partner_id__in=partner_ids, programme__main=True, programme__active=True, state__in=TierState.values
    )
    return {row.partner_id: row.tier for row in rows.select_related("tier")}


def _specialisations(partner_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = SpecialisationHeld.objects.filter(partner_id__in=partner_ids, specialisation__active=True)
    for row in rows.select_related("specialisation").order_by("specialisation__name"):
        found[row.partner_id].append(_named(row.specialisation, row.specialisation.code))
    return found


def _families() -> dict[str, dict[str, Any]]:
    return {family.code: _named(family, family.code) for family in Family.objects.filter(active=True)}


def _slug(partner: Partner, taken: set[str]) -> str:
    """The English name as an address, or the name in its own letters; with a number where it is taken."""
    base = slugify(partner.names.get("en") or "") or slugify(partner.name, allow_unicode=True) or "partner"
    base = base[:70]
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug)
    return slug
