"""The seven types of the formula language and the rules for combining them.

Amounts of every numeric type are plain `Decimal`s at run time; a type is what the checker knows about them.
`percent` 5 % is the Decimal 0.05.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def gettext_noop(message: str) -> str:
    """Mark a text for the portal's message catalogue; this package never translates by itself."""
    return message


@dataclass(frozen=True, slots=True)
class Type:
    """`kind` is number, percent, money, count, boolean, text or date; only money has a currency."""

    kind: str
    currency: str = ""

    @property
    def is_numeric(self) -> bool:
        return self.kind in _NUMERIC

    @property
    def is_scalar(self) -> bool:
        """A number without a unit: number, count or percent."""
        return self.kind in _SCALAR

    @property
    def is_money(self) -> bool:
        return self.kind == "money"

    def __str__(self) -> str:
        return f"money({self.currency})" if self.is_money else self.kind


NUMBER, PERCENT, COUNT = Type("number"), Type("percent"), Type("count")
BOOLEAN, TEXT, DATE = Type("boolean"), Type("text"), Type("date")

_SCALAR = frozenset({"number", "percent", "count"})
_NUMERIC = _SCALAR | {"money"}

TYPE_NAMES: dict[str, str] = {
    "number": gettext_noop("a number"),
    "percent": gettext_noop("a percentage"),
    "money": gettext_noop("money in {currency}"),
    "count": gettext_noop("a count"),
    "boolean": gettext_noop("a condition (true or false)"),
    "text": gettext_noop("a text"),
    "date": gettext_noop("a date"),
}


def money(currency: str) -> Type:
    return Type("money", currency)


def parse_type(text: str) -> Type:
    """The inverse of `str(type)`: "money(IRR)", "count". Raises ValueError."""
    kind, _, rest = text.partition("(")
    type_ = Type(kind, rest.removesuffix(")"))
    if kind not in TYPE_NAMES or str(type_) != text:
        raise ValueError(f"not a formula type: {text!r}")
    return type_


def describe(type_: Type, translate: Callable[[str], str] = str) -> str:
    """The type in words, for a sentence."""
    return translate(TYPE_NAMES[type_.kind]).format(currency=type_.currency)


def added(left: Type, right: Type) -> Type | None:
    """The type of a sum or difference, or None where it has no meaning."""
    return mixed(left, right) if left.is_numeric and right.is_numeric else None


def mixed(left: Type, right: Type) -> Type | None:
    """One type for two alternatives (branches, limits, comparisons), or None."""
    if left == right:
        return left
    return NUMBER if left.is_scalar and right.is_scalar else None


def multiplied(left: Type, right: Type) -> Type | None:
    """The type of a product: money keeps its currency; money times money has no meaning."""
    if left.is_money or right.is_money:
        other = right if left.is_money else left
        return (left if left.is_money else right) if other.is_scalar else None
    if not (left.is_scalar and right.is_scalar):
        return None
    return left if left == right else NUMBER


def divided(left: Type, right: Type) -> Type | None:
    """The type of a quotient: money by money of the same currency is a number."""
    if left == right and left.is_numeric:
        return NUMBER
    if left.is_money and right.is_scalar:
        return left
    if left.kind == "percent" and right.kind in {"number", "count"}:
        return PERCENT
    return NUMBER if left.is_scalar and right.is_scalar else None
