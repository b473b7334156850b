"""The published schema of pain.001.001.09, as ``sepaxml`` ships it, and files of payments to check against it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import distribution
from typing import Any

import xmlschema

from incentives.payments.numbers import with_check_digits
from incentives.payments.orders import Order, OrderFile, Payer

SHEBA = with_check_digits("IR", "0170000000000000000001")
EMIRATI = with_check_digits("AE", "0330000000000000001")
NAMESPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


@cache
def schema() -> Any:
    """The official XSD."""
    found = distribution("sepaxml").locate_file("sepaxml/schemas/pain.001.001.09.xsd")
    return xmlschema.XMLSchema(str(found))


def faults(content: bytes) -> list[str]:
    """What the schema finds wrong with a file."""
    return [str(error.reason) for error in schema().iter_errors(content.decode())]


def order(number: int = 1, **fields: Any) -> Order:
    given: dict[str, Any] = {
        "end_to_end_id": f"S{number:06d}-1",
        "amount": 1234,
        "name": "Partner",
        "iban": EMIRATI,
        "bic": "",
        "document": f"ST-2026-{number}",
        "document_date": date(2026, 10, 31),
    }
    return Order(**given | fields)


def file_of(orders: Sequence[Order], currency: str = "USD", **fields: Any) -> OrderFile:
    given: dict[str, Any] = {
        "message_id": "PARS-B0001",
        "made_at": datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
        "execute_on": date(2026, 11, 25),
        "payer": Payer("Operator Co", EMIRATI, "BOMLAEAD"),
    }
    return OrderFile(currency=currency, orders=orders, **given | fields)
