"""What a payment file says, independent of its format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from common.money import exponent, from_minor, plain

#: ISO 20022 amounts and control sums have at most this many digits.
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose account pays. ``bic`` may be empty."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One payment. ``amount`` in smallest units of the currency; ``document`` is the statement's number."""

    end_to_end_id: str
    amount: int
    name: str
    iban: str
    bic: str
    document: str
    document_date: date
    text: str = ""


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A batch as its file will say it. ``made_at`` is aware; nothing else depends on the clock."""

    message_id: str
    made_at: datetime
    execute_on: date
    currency: str
    payer: Payer
    orders: Sequence[Order]
    #: Whether names and texts go in the payment character set (else in the letters they were given).
    latin_only: bool = True

    @property
    def total(self) -> int:
        """Sum in smallest units."""
        return sum(order.amount for order in self.orders)


def amount_text(units: int, currency: str) -> str:
    """An amount with exactly the decimals of its currency: ``InputError("amount_too_large")`` beyond 18 digits."""
    if units < 0:
        raise InputError("negative_amount", _("A payment cannot be negative."))
    if len(str(units)) > MOST_DIGITS:
        raise InputError("amount_too_large", _("A payment file carries amounts of at most 18 digits."))
    return plain(from_minor(units, currency), exponent(currency))


def check(file: OrderFile) -> None:
    """Raise ``InputError`` for a file that no bank would take: empty, ids twice, an amount of nothing, a sum too large."""
    if not file.orders:
        raise InputError("no_payments", _("There is nothing to pay."))
    ids = [order.end_to_end_id for order in file.orders]
    if len(set(ids)) != len(ids):
        raise InputError("ids_twice", _("Two payments have the same reference."))
    if any(order.amount <= 0 for order in file.orders):
        raise InputError("negative_amount", _("A payment must be above zero."))
    amount_text(file.total, file.currency)
