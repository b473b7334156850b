"""The customers' keys follow the catalog."""

from typing import Any

from catalog.models import Customer
from deals.matching.lookup import index_customers
from tenancy.actors import Actor
from tenancy.outbox import on


@on("catalog.code_added")
def customers_added(_actor: Actor, payload: dict[str, Any]) -> None:
    """``{"kind", "codes"}``: new customers get their keys."""
    if payload["kind"] == "customer":
        index_customers(Customer.objects.filter(code__in=payload["codes"]))


@on("catalog.changed")
def customers_changed(_actor: Actor, payload: dict[str, Any]) -> None:
    """``{"kind", "ids", "fields"}``: a new name or legal id is found from now on, the old one no more."""
    if payload["kind"] == "customer" and {"name", "names", "legal_id", "country"} & set(payload["fields"]):
        index_customers(Customer.objects.filter(pk__in=payload["ids"]))
