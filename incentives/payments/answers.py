"""What a bank's response says, independent of its format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from incentives.payments.reasons import ACCEPTED, PAID, PARTIAL, REFUSED

#: A response of more bytes than this is refused before it is read.
MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """About one payment. ``status`` is an ISO code, empty where only the whole file's counts."""

    end_to_end_id: str
    status: str
    reason: str = ""
    text: str = ""
    bank_reference: str = ""
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A bank's response: the whole file's status (may be empty) and an answer per payment that it names.

    ``count`` and ``total`` repeat what the bank says it got, where it does.
    """

    message_id: str
    status: str
    answers: Sequence[Answer]
    reason: str = ""
    text: str = ""
    count: int | None = None
    total: Decimal | None = None
    own_id: str = ""
    notes: Sequence[str] = field(default=())


def is_known(status: str) -> bool:
    """Whether ``status`` is one that has a meaning here."""
    return status in PAID | ACCEPTED | REFUSED | PARTIAL
