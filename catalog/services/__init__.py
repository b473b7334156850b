"""Writes of the catalogue. Each takes the natural key ``code`` and any of the fields of its kind.

``save_x(actor, *, code, **fields) -> (thing, created)`` makes what is missing and changes what is there; fields that are not
given stay. References are codes (``family="cloud"``), ``names`` is language -> name and adds to what is there.
Raises ``Forbidden``, ``InputError`` with its ``field``, or ``Invalid`` with several. ``create_x`` raises ``Conflict`` for a code
in use, ``change_x`` raises ``NotFound``. Events: ``catalog.code_added`` ``{"kind", "codes"}`` and, when a field that
results rest on changes, ``catalog.changed`` ``{"kind", "ids", "fields"}``; for merged customers ``catalog.merged`` ``{"kind", "id", "into"}``.
"""

from typing import Any

from catalog.models import Customer, Family, Product, Segment, Territory
from catalog.services.customers import merge_customers
from catalog.services.kinds import CUSTOMER, FAMILY, GENERAL, PRODUCT, SEGMENT, TERRITORY
from catalog.services.writing import Draft, Kind, Mode, write, write_one
from tenancy.actors import Actor

__all__ = [
    "CUSTOMER",
    "FAMILY",
    "GENERAL",
    "PRODUCT",
    "SEGMENT",
    "TERRITORY",
    "Draft",
    "Kind",
    "Mode",
    "merge_customers",
    "write",
]


def save_family(actor: Actor, *, code: str, **fields: Any) -> tuple[Family, bool]:
    """``name, names, layer, active``."""
    return write_one(actor, FAMILY, code, fields)


def create_family(actor: Actor, *, code: str, **fields: Any) -> Family:
    return write_one(actor, FAMILY, code, fields, Mode.CREATE)[0]


def change_family(actor: Actor, *, code: str, **fields: Any) -> Family:
    return write_one(actor, FAMILY, code, fields, Mode.CHANGE)[0]


def save_product(actor: Actor, *, code: str, **fields: Any) -> tuple[Product, bool]:
    """``name, names, family, unit, strategic, roles, list_price, partner_price, active``."""
    return write_one(actor, PRODUCT, code, fields)


def create_product(actor: Actor, *, code: str, **fields: Any) -> Product:
    return write_one(actor, PRODUCT, code, fields, Mode.CREATE)[0]


def change_product(actor: Actor, *, code: str, **fields: Any) -> Product:
    return write_one(actor, PRODUCT, code, fields, Mode.CHANGE)[0]


def save_segment(actor: Actor, *, code: str, **fields: Any) -> tuple[Segment, bool]:
    """``name, names, key_account, active``."""
    return write_one(actor, SEGMENT, code, fields)


def create_segment(actor: Actor, *, code: str, **fields: Any) -> Segment:
    return write_one(actor, SEGMENT, code, fields, Mode.CREATE)[0]


def change_segment(actor: Actor, *, code: str, **fields: Any) -> Segment:
    return write_one(actor, SEGMENT, code, fields, Mode.CHANGE)[0]


def save_territory(actor: Actor, *, code: str, **fields: Any) -> tuple[Territory, bool]:
    """``name, names, parent, active``; a move takes the whole subtree along."""
    return write_one(actor, TERRITORY, code, fields)


def create_territory(actor: Actor, *, code: str, **fields: Any) -> Territory:
    return write_one(actor, TERRITORY, code, fields, Mode.CREATE)[0]


def change_territory(actor: Actor, *, code: str, **fields: Any) -> Territory:
    return write_one(actor, TERRITORY, code, fields, Mode.CHANGE)[0]


def save_customer(actor: Actor, *, code: str, **fields: Any) -> tuple[Customer, bool]:
    """``name, names, legal_id, country, segment, territory, since, phone, email, active``."""
    return write_one(actor, CUSTOMER, code, fields)


def create_customer(actor: Actor, *, code: str, **fields: Any) -> Customer:
    return write_one(actor, CUSTOMER, code, fields, Mode.CREATE)[0]


def change_customer(actor: Actor, *, code: str, **fields: Any) -> Customer:
    return write_one(actor, CUSTOMER, code, fields, Mode.CHANGE)[0]
