"""From a formula's result to what a beneficiary wants of the budget: stacking first, then the cap. Each step is told."""

from decimal import Decimal
from typing import Any

from common.money import exponent
from formula import round_money
from incentives.models import SchemeVersion
from incentives.stacking import Stacked

ZERO = Decimal(0)
Cuts = list[dict[str, Any]]


def places(version: SchemeVersion, currency: str) -> int:
    """Decimals of what the version pays: the currency's, none for points and benefits."""
    return exponent(currency) if version.scheme.in_money else 0


def rounded(version: SchemeVersion, value: Decimal, currency: str, rule: str = "") -> Decimal:
    """The one rounding at the end."""
    return round_money(value, places(version, currency), rule or version.rounding)


def stacking_cuts(stacked: "Stacked[Any]", exact: Decimal, by: str) -> Cuts:
    """What stacking did: took everything because of the scheme ``by``, or lessened the base (then ``amount`` is 0)."""
    if stacked.reason in ("beaten", "excluded"):
        return [{"step": "stacking", "reason": stacked.reason, "by": by, "amount": text(exact)}]
    if stacked.reason == "net":
        words = {"taken": text(stacked.taken), "alone": text(stacked.alone)}
        return [{"step": "stacking", "reason": "net", "by": by, "amount": "0", **words}]
    return []


def capped(version: SchemeVersion, exact: Decimal, cuts: Cuts) -> tuple[Decimal, Cuts]:
    """What stacking (told in ``cuts``) and the cap leave of ``exact``, and all cuts."""
    left = exact - sum((Decimal(cut["amount"]) for cut in cuts), ZERO)
    if version.cap is None or left <= version.cap:
        return left, cuts
    cut = {"step": "cap", "reason": "cap", "by": "", "amount": text(left - version.cap)}
    return version.cap, [*cuts, cut]


def with_budget(cuts: Cuts, wanted: Decimal, granted: Decimal, reason: str) -> Cuts:
    """The cuts with what the budget did not reach."""
    others = [cut for cut in cuts if cut["step"] != "budget"]
    if granted >= wanted:
        return others
    return [*others, {"step": "budget", "reason": reason, "by": "", "amount": text(wanted - granted)}]


def text(value: object) -> str:
    """A decimal without exponent and without trailing zeros."""
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(value)
