"""Conditions of eligibility in the reader's words, with the names of what they list."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from catalog.enums import Contribution, EngagementModel, Layer, PartnerRole
from catalog.models import Family, Product, Segment, Territory
from incentives.accrual.eligibility import PARTNER_KEYS, Profile, facts_of, is_eligible
from performance.enums import LineKind
from programs.models import Programme
from programs.selectors import main_tier_names

#: Conditions whose values never change, with their names.
FIXED: Mapping[str, Any] = {
    "roles": PartnerRole,
    "layers": Layer,
    "product_layers": Layer,
    "engagement_models": EngagementModel,
    "contributions": Contribution,
    "kinds": LineKind,
}
#: Conditions that list things by their codes.
CODED: Mapping[str, Any] = {
    "programmes": Programme,
    "territories": Territory,
    "products": Product,
    "families": Family,
    "segments": Segment,
}
#: A source may send other kinds of transactions than those with a name.
OPEN = ("kinds",)


class Names:
    """What codes are called in the active language; read once for everything that ``conditions`` list."""

    def __init__(self, conditions: Iterable[Mapping[str, Any]]) -> None:
        wanted: dict[str, set[str]] = {}
        for eligibility in conditions:
            for key, values in eligibility.items():
                wanted.setdefault(key, set()).update(values)
        self.known: dict[str, dict[str, str]] = {
            key: {row.code: row.label() for row in CODED[key].objects.filter(code__in=codes)}
            for key, codes in wanted.items()
            if key in CODED and codes
        }
        if wanted.get("tiers"):
            self.known["tiers"] = main_tier_names()

    def of(self, key: str, value: str) -> str:
        """The name of one value; the code where it has none."""
        if key == "new_customer":
            return _("yes") if value == "yes" else _("no")
        if key in FIXED:
            return str(dict(FIXED[key].choices).get(value, value))
        return self.known.get(key, {}).get(value, value)

    def said(self, key: str, values: Iterable[str]) -> str:
        return " / ".join(self.of(key, value) for value in values)

    def condition(self, key: str, values: Sequence[str], *, fits: bool) -> str:
        """A condition as one that holds, or as the one that is missing."""
        shown = {"condition": condition_label(key), "values": self.said(key, values)}
        if key == "partners":
            return _("This partner was chosen for it.") if fits else _("Only for chosen partners.")
        return (
            _("%(condition)s: %(values)s") % shown
            if fits
            else _("Only for %(condition)s: %(values)s.") % shown
        )


def condition_label(key: str) -> str:
    """What a condition asks about."""
    return {
        "partners": _("chosen partners"),
        "programmes": _("partner programme"),
        "tiers": _("tier"),
        "roles": _("partner role"),
        "layers": _("technology layer of the partner"),
        "territories": _("territory of the partner"),
        "kinds": _("kind of transaction"),
        "products": _("product"),
        "families": _("product family"),
        "product_layers": _("technology layer of the product"),
        "segments": _("customer segment"),
        "engagement_models": _("engagement model"),
        "contributions": _("contribution"),
        "new_customer": _("new customer"),
    }.get(key, key)


def missing_of(eligibility: Mapping[str, Any], profile: Profile) -> list[str]:
    """The conditions that a partner does not meet, each with what the partner has instead."""
    keys = [key for key in PARTNER_KEYS if not is_eligible({key: eligibility.get(key)}, profile)]
    if not keys:
        return []
    have = {key: facts_of(profile)[key] for key in keys}
    names = Names([{key: eligibility[key] for key in keys}, have])
    return [_with_own(names, key, eligibility[key], have[key]) for key in keys]


def _with_own(names: Names, key: str, values: Sequence[str], own: Iterable[str]) -> str:
    text = names.condition(key, values, fits=False)
    held = names.said(key, [value for value in own if value])
    if key == "partners":
        return text
    return _("%(condition)s At present: %(own)s.") % {"condition": text, "own": held or _("nothing")}
