"""The customers' keys follow the catalog, and the deals that waited for a customer meet it."""

from typing import Any

from catalog.models import Customer
from deals.matching.lookup import index_customers
from deals.merging import link_customers
from tenancy.actors import Actor
from tenancy.outbox import on


@on("catalog.code_added")
def customers_added(actor: Actor, payload: dict[str, Any]) -> None:
    """``{"kind", "codes"}``: new customers get their keys, and deals that named them their customer."""
    if payload["kind"] == "customer":
        added = Customer.objects.filter(code__in=payload["codes"])
        index_customers(added)
        link_customers(actor, added)


@on("catalog.changed")
def customers_changed(actor: Actor, payload: dict[str, Any]) -> None:
    """``{"kind", "ids", "fields"}``: a new name or legal id is found from now on, the old one no more."""
    if payload["kind"] == "customer" and {"name", "names", "legal_id", "country"} & set(payload["fields"]):
        changed = Customer.objects.filter(pk__in=payload["ids"])
        index_customers(changed)
        link_customers(actor, changed)
