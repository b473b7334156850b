"""Who stands behind a cell: the partners that are able to sell there and those that do."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from catalog.models import Product, Segment, Territory
from partners.enums import PartnerState
from partners.models import Partner
from partners.selectors import partners_for
from programs.coverage.cells import good_of, kinds_of_goods
from programs.coverage.classes import Judge, Place
from programs.models import SoldWhere
from tenancy.actors import Actor
from tenancy.enums import Permission


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of a map, or less: what is left out is any."""

    product: Product | None = None
    role: str = ""
    segment: Segment | None = None
    territory: Territory | None = None


def partners_at(actor: Actor, spot: Spot, on: date) -> QuerySet[Any]:
    """Active partners with ``able`` and ``sells`` (two booleans), one of which is true."""
    actor.require(Permission.VIEW_COVERAGE)
    able = _able_ids(spot, on)
    sales = SoldWhere.objects.filter(partner=OuterRef("pk"))
    if spot.product:
        sales = sales.filter(product=spot.product)
    if spot.segment:
        sales = sales.filter(segment=spot.segment)
    if spot.territory:
        sales = sales.filter(path__contains=[spot.territory.pk])
    found: QuerySet[Partner] = partners_for(actor).filter(active=True, state=PartnerState.ACTIVE)
    if spot.role:
        found = found.filter(roles__contains=[spot.role])
    is_able = Case(When(pk__in=able, then=Value(True)), default=Value(False), output_field=BooleanField())
    marked: QuerySet[Any] = found.annotate(able=is_able, sells=Exists(sales))
    return marked.filter(Q(able=True) | Q(sells=True))


def _able_ids(spot: Spot, on: date) -> list[int]:
    judge = Judge(on, ids=True)
    goods = [good_of(spot.product)] if spot.product else kinds_of_goods(judge)
    place = Place(
        spot.segment.pk if spot.segment else None,
        spot.segment.key_account if spot.segment else False,
        tuple(spot.territory.path) if spot.territory else (),
    )
    questions = [judge.question(good, place) for good in goods]
    inside = _inside(spot)
    return [
        pk
        for group in judge.groups
        if (not spot.role or spot.role in group.seller.roles)
        and (inside is None or group.territory in inside)
        and any(judge.able(group, question) for question in questions)
        for pk in group.ids
    ]


def _inside(spot: Spot) -> set[int] | None:
    if spot.territory is None:
        return None
    return set(Territory.objects.filter(path__contains=[spot.territory.pk]).values_list("pk", flat=True))
