"""Reads of the catalogue. Partners read the active part of it and never customers."""

from typing import Any, TypeVar

from django.db.models import Count, Q, QuerySet

from catalog.models import Coded, Customer, Family, Product, Segment, Territory
from common.errors import Forbidden, NotFound
from common.text import search_words
from tenancy.actors import Actor
from tenancy.enums import Permission

C = TypeVar("C", bound=Coded)


def matching(things: QuerySet[C], text: str) -> QuerySet[C]:
    """Those whose name (in any language and spelling) or code contains every word of ``text``."""
    for word in search_words(text):
        things = things.filter(Q(search_key__contains=word) | Q(code__icontains=word))
    return things


def one_by_code(things: QuerySet[C], code: str) -> C:
    """The one with this code; raises ``NotFound``."""
    thing = things.filter(code=code).first()
    if thing is None:
        raise NotFound()
    return thing


def _readable(actor: Actor, model: type[C]) -> QuerySet[C]:
    actor.require(Permission.VIEW_CATALOG)
    things: QuerySet[C] = model.objects.all()
    return things.filter(active=True) if actor.is_partner else things


def families_for(actor: Actor) -> QuerySet[Family]:
    return _readable(actor, Family)


def products_for(actor: Actor) -> QuerySet[Product]:
    """With their families."""
    return _readable(actor, Product).select_related("family")


def segments_for(actor: Actor) -> QuerySet[Segment]:
    return _readable(actor, Segment)


def territories_for(actor: Actor) -> QuerySet[Territory]:
    """With their parents."""
    return _readable(actor, Territory).select_related("parent")


def customers_for(actor: Actor) -> QuerySet[Customer]:
    """With segment and territory; those that were merged stand under their new name only. Raises ``Forbidden`` for partners."""
    if actor.is_partner:
        raise Forbidden()
    found = _readable(actor, Customer).filter(merged_into=None)
    return found.select_related("segment", "territory")


def get_family(actor: Actor, code: str) -> Family:
    return one_by_code(families_for(actor), code)


def get_product(actor: Actor, code: str) -> Product:
    return one_by_code(products_for(actor), code)


def get_segment(actor: Actor, code: str) -> Segment:
    return one_by_code(segments_for(actor), code)


def get_territory(actor: Actor, code: str) -> Territory:
    return one_by_code(territories_for(actor), code)


def get_customer(actor: Actor, code: str) -> Customer:
    """The one that is called so, or that stands for the one that was. Raises ``NotFound``."""
    found = customers_for(actor).filter(code=code).first()
    return found or one_by_code(customers_for(actor), code_of_merged(code))


def code_of_merged(code: str) -> str:
    """The code of the customer that ``code`` was merged into; empty where it was not."""
    found = Customer.objects.filter(code=code, merged_into__isnull=False)
    return found.values_list("merged_into__code", flat=True).first() or ""


def merged_codes(actor: Actor, customer: Customer) -> list[str]:
    """What else the customer is called, since others turned out to be the same."""
    actor.require(Permission.VIEW_CATALOG)
    return list(Customer.objects.filter(merged_into=customer).order_by("code").values_list("code", flat=True))


def families_with_counts(actor: Actor) -> QuerySet[Any]:
    """Families with ``product_count``, the number of their active products."""
    return families_for(actor).annotate(product_count=Count("products", filter=Q(products__active=True)))


def territory_branch(actor: Actor, parent: Territory | None) -> QuerySet[Any]:
    """The territories right below ``parent`` (the top ones for ``None``) with ``child_count``."""
    children = _readable(actor, Territory).filter(parent=parent)
    return children.annotate(child_count=Count("children")).order_by("name", "code")


def territory_line(territory: Territory) -> list[Territory]:
    """The territory and everything it is part of, from the top."""
    found = Territory.objects.in_bulk(territory.path)
    return [found[pk] for pk in territory.path if pk in found]


def territories_found(actor: Actor, text: str, most: int) -> list[tuple[Territory, list[Territory]]]:
    """At most ``most`` territories that match ``text``, each with what it is part of, from the top. Two queries."""
    found = list(matching(_readable(actor, Territory), text).order_by("level", "name", "code")[:most])
    above = Territory.objects.in_bulk({pk for territory in found for pk in territory.path[:-1]})
    return [(territory, [above[pk] for pk in territory.path[:-1] if pk in above]) for territory in found]
