"""Money: exact amounts that know their currency.

Amounts are ``Decimal``; floats are refused. Nothing here rounds unless it is called ``quantize``: sums and
products that would not fit 60 digits raise ``decimal.Inexact`` instead.
"""

from __future__ import annotations

import decimal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import lcm
from typing import Any, Final, Literal, Protocol, TypeVar

from babel.numbers import get_currency_precision, list_currencies
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, InputError

Rule = Literal["half_up", "half_even", "half_down", "down", "up", "floor", "ceiling"]
RULES: Final[Mapping[str, str]] = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "half_down": decimal.ROUND_HALF_DOWN,
    "down": decimal.ROUND_DOWN,
    "up": decimal.ROUND_UP,
    "floor": decimal.ROUND_FLOOR,
    "ceiling": decimal.ROUND_CEILING,
}


class _Sortable(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...
    def __hash__(self) -> int: ...


K = TypeVar("K", bound=_Sortable)
_EXACT: Final = decimal.Context(
    prec=60, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow, decimal.DivisionByZero]
)
_ROUNDING: Final = decimal.Context(prec=60, traps=[decimal.InvalidOperation, decimal.Overflow])

# Babel gives the decimals of everyday use. Where these are fewer than those of ISO 4217, which banks and
# payment files go by, ISO holds; only for the Iranian rial, whose two ISO decimals nobody has used for
# decades, everyday use does.
_ISO_EXPONENTS: Final[Mapping[str, int]] = {
    "AFN": 2, "ALL": 2, "IQD": 3, "KPW": 2, "LAK": 2, "LBP": 2, "MGA": 2,
    "MMK": 2, "RSD": 2, "SOS": 2, "SYP": 2, "YER": 2,
}  # fmt: skip


class MixedCurrencies(DomainError):
    """Two currencies met in one sum or comparison."""

    default_code = "mixed_currencies"
    default_message = _("Amounts in different currencies can not be combined.")


@cache
def exponent(currency: str) -> int:
    """Decimals of a currency: IRR 0, AED 2, KWD 3; ``InputError("unknown_currency")``."""
    if currency not in _currencies():
        raise InputError(
            "unknown_currency", _("There is no currency “%(code)s”."), params={"code": currency[:10]}
        )
    return _ISO_EXPONENTS.get(currency, get_currency_precision(currency))


def unit(places: int) -> Decimal:
    """The smallest amount with ``places`` decimals: 2 → ``0.01``."""
    return Decimal((0, (1,), -places))


def quantize(amount: Decimal, currency: str, rule: Rule = "half_even") -> Decimal:
    """``amount`` rounded to the decimals of ``currency`` by the named rule."""
    return amount.quantize(unit(exponent(currency)), rounding=RULES[rule], context=_ROUNDING)


def to_minor(amount: Decimal, currency: str) -> int:
    """``amount`` in the smallest units of ``currency``; ``InputError("not_in_units")`` when not whole."""
    return _units(amount, exponent(currency))


def from_minor(units: int, currency: str) -> Decimal:
    """The amount of so many smallest units."""
    return Decimal(units).scaleb(-exponent(currency), _EXACT)


def split(amount: Decimal, weights: Sequence[Decimal | int], places: int) -> list[Decimal]:
    """``amount`` divided in proportion to ``weights`` into multiples of the unit with ``places`` decimals.

    The parts sum to ``amount`` exactly and each is off its exact share by less than one unit. The units
    left over go to the largest remainders; of equal ones first to the larger weight, then to the earlier
    place. So who gets how much does not depend on the order, save among parts of equal weight; where these
    have names use ``split_by_key``.

    ``InputError``: ``not_in_units`` (``amount`` is no multiple of the unit), ``invalid_weights`` (none,
    negative, or all zero).
    """
    scaled = _whole_weights(weights)
    total, units = sum(scaled), _units(amount, places)
    sign = -1 if units < 0 else 1
    shares = [divmod(abs(units) * weight, total) for weight in scaled]
    left = abs(units) - sum(share for share, _rest in shares)
    order = sorted(range(len(scaled)), key=lambda place: (-shares[place][1], -scaled[place]))
    lucky = frozenset(order[:left])
    return [
        Decimal(sign * (share + (place in lucky))).scaleb(-places, _EXACT)
        for place, (share, _rest) in enumerate(shares)
    ]


def split_by_key(amount: Decimal, weights: Mapping[K, Decimal | int], places: int) -> dict[K, Decimal]:
    """As ``split``, but among equal parts the smaller key comes first: no order matters at all."""
    keys = sorted(weights)
    parts = split(amount, [weights[key] for key in keys], places)
    found = dict(zip(keys, parts, strict=True))
    return {key: found[key] for key in weights}


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency. Adds, subtracts and compares with its own currency only."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"Money takes a Decimal, not {type(self.amount).__name__}")
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing of a currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def of_minor(cls, units: int, currency: str) -> Money:
        """So many smallest units."""
        return cls(from_minor(units, currency), currency)

    @classmethod
    def total(cls, parts: Iterable[Money], currency: str) -> Money:
        """Sum of ``parts``, all of which must be in ``currency``."""
        return sum(parts, cls.zero(currency))

    @property
    def minor(self) -> int:
        """In smallest units; ``InputError("not_in_units")`` for an unrounded amount."""
        return to_minor(self.amount, self.currency)

    def rounded(self, rule: Rule = "half_even") -> Money:
        """Rounded to the decimals of the currency."""
        return Money(quantize(self.amount, self.currency, rule), self.currency)

    def split(self, weights: Sequence[Decimal | int]) -> list[Money]:
        """Divided in proportion to ``weights``; see ``split``."""
        parts = split(self.amount, weights, exponent(self.currency))
        return [Money(part, self.currency) for part in parts]

    def as_json(self) -> dict[str, str]:
        """``{"amount": "12.34", "currency": "USD"}`` with at least the decimals of the currency."""
        return {"amount": plain(self.amount, exponent(self.currency)), "currency": self.currency}

    def __add__(self, other: Money) -> Money:
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        if not isinstance(factor, Decimal | int) or isinstance(factor, bool):
            return NotImplemented
        return Money(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(self.amount.copy_negate() if self.amount else self.amount, self.currency)

    def __abs__(self) -> Money:
        return Money(self.amount.copy_abs(), self.currency)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return f"{self.currency} {plain(self.amount, exponent(self.currency))}"

    def _same(self, other: Any) -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"Money can not be combined with {type(other).__name__}")
        if other.currency != self.currency:
            raise MixedCurrencies(params={"one": self.currency, "other": other.currency})
        return other.amount


def plain(amount: Decimal, places: int = 0) -> str:
    """``amount`` as ``-?digits[.digits]``: all significant digits, at least ``places`` decimals."""
    whole, _point, fraction = f"{amount:f}".partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    text = f"{whole}.{fraction}" if fraction else whole
    return text if amount else text.lstrip("-")


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def _units(amount: Decimal, places: int) -> int:
    """``amount`` counted in units of ``places`` decimals."""
    numerator, denominator = amount.as_integer_ratio()
    scale: int = 10**places
    units, rest = divmod(numerator * scale, denominator)
    if rest:
        raise InputError(
            "not_in_units",
            _("%(amount)s has more than %(places)s decimals."),
            params={"amount": plain(amount), "places": places},
        )
    return units


def _whole_weights(weights: Sequence[Decimal | int]) -> list[int]:
    """The weights, all multiplied by one number that makes them whole."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    common = lcm(*(denominator for _numerator, denominator in ratios))
    scaled = [numerator * (common // denominator) for numerator, denominator in ratios]
    if not scaled or min(scaled) < 0 or not any(scaled):
        raise InputError("invalid_weights", _("Shares must not be negative, and one must be above zero."))
    return scaled
