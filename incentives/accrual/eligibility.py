"""Who may earn under a version, and for which transactions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from common.calendars import Calendar
from formula.values import Value
from partners.models import Partner

PARTNER_KEYS = ("partners", "programmes", "tiers", "roles", "layers", "territories")
LINE_KEYS = (
    "kinds",
    "products",
    "families",
    "product_layers",
    "segments",
    "engagement_models",
    "contributions",
    "new_customer",
)
#: What formulas of transactions may ask of a partner's benefits: the percentage that tiers and grants give it.
RATES = ("discount_level", "mdf_rate")


@dataclass(frozen=True, slots=True)
class Profile:
    """What rules ask about a partner. ``territories`` holds the codes from its own up to the root."""

    id: int
    code: str
    tier: str
    roles: tuple[str, ...]
    layers: tuple[str, ...]
    territories: tuple[str, ...]
    joined_on: date | None
    programmes: tuple[str, ...] = ()
    #: Benefits in percent as fractions; ``None`` where nobody asked for them.
    rates: Mapping[str, Decimal] | None = None

    def rate(self, name: str) -> Decimal:
        """One of ``RATES``, 0 without it."""
        if self.rates is None:
            raise LookupError(f"read profiles with the rules that ask for {name}")
        return self.rates.get(name, Decimal(0))


def profile_of(
    partner: Partner, territory_codes: Mapping[int, str], programmes: Collection[str] = ()
) -> Profile:
    """``territory_codes``: id -> code of every territory on the partner's path; ``programmes``: codes of those it is in."""
    path = partner.territory.path if partner.territory else []
    return Profile(
        partner.pk,
        partner.code,
        partner.tier,
        tuple(partner.roles),
        tuple(partner.layers),
        tuple(territory_codes[pk] for pk in reversed(path) if pk in territory_codes),
        partner.joined_on,
        tuple(programmes),
    )


def facts_of(profile: Profile) -> dict[str, Collection[str]]:
    """Key of a condition -> the codes that the partner has."""
    return {
        "partners": (profile.code,),
        "programmes": profile.programmes,
        "tiers": (profile.tier,),
        "roles": profile.roles,
        "layers": profile.layers,
        "territories": profile.territories,
    }


def is_eligible(eligibility: Mapping[str, Any], profile: Profile) -> bool:
    """Whether the partner fits every list that is given; an absent or empty list asks nothing."""
    facts = facts_of(profile)
    return all(
        not eligibility.get(key) or not set(eligibility[key]).isdisjoint(facts[key]) for key in PARTNER_KEYS
    )


def context_of(profile: Profile, first_day: date, calendar: Calendar) -> dict[str, Value]:
    """The context names of a formula for a period that begins on ``first_day``.

    ``role`` and ``layer`` are the partner's first ones; ``months_active`` counts whole months since joining, and a
    partner is new in the first twelve of them.
    """
    months = _months_between(profile.joined_on, first_day, calendar) if profile.joined_on else 0
    return {
        "tier": profile.tier,
        "role": profile.roles[0] if profile.roles else "",
        "partner_type": profile.roles[0] if profile.roles else "",
        "layer": profile.layers[0] if profile.layers else "",
        "territory": profile.territories[0] if profile.territories else "",
        "months_active": Decimal(max(months, 0)),
        "new_partner": profile.joined_on is not None and months < 12,
    }


def _months_between(start: date, end: date, calendar: Calendar) -> int:
    year, month, day = calendar.from_date(start)
    other_year, other_month, other_day = calendar.from_date(end)
    return (other_year - year) * 12 + other_month - month - (1 if other_day < day else 0)
