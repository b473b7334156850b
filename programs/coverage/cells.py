"""The cells of a map: how many partners are able to sell, and how many do."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Max

from catalog.models import Product, Segment, Territory
from programs.coverage.classes import Good, Group, Judge, Place
from programs.models import SoldWhere
from tenancy.actors import Actor
from tenancy.enums import Permission


class Map(StrEnum):
    """Rows by columns."""

    PRODUCT_ROLE = "product-role"
    PRODUCT_TERRITORY = "product-territory"
    SEGMENT_TERRITORY = "segment-territory"


@dataclass(frozen=True, slots=True)
class Cell:
    """``able``: active, authorised and certified partners that stand there. ``sell``: those that sold in the last year."""

    able: int = 0
    sell: int = 0


Cells = Mapping[tuple[Any, Any], Cell]

_SELL = {
    Map.PRODUCT_ROLE: """
      select s.product_id, r.role, count(*) from (
        select distinct product_id, partner_id from programs_soldwhere
        where operator_id = (select app.op()) and product_id = any(%(rows)s)
      ) s join partners_partner p on p.id = s.partner_id and p.operator_id = (select app.op())
        and p.active and p.state = 'active'
      cross join lateral unnest(p.roles) as r(role) group by 1, 2""",
    Map.PRODUCT_TERRITORY: """
      select product_id, col, count(*) from (
        select distinct s.product_id, s.partner_id, t.col
        from programs_soldwhere s cross join lateral unnest(s.path) as t(col)
        where s.operator_id = (select app.op()) and s.product_id = any(%(rows)s) and t.col = any(%(columns)s)
      ) d join partners_partner p on p.id = d.partner_id and p.operator_id = (select app.op())
        and p.active and p.state = 'active'
      group by 1, 2""",
    Map.SEGMENT_TERRITORY: """
      select segment_id, col, count(*) from (
        select distinct s.segment_id, s.partner_id, t.col
        from programs_soldwhere s cross join lateral unnest(s.path) as t(col)
        where s.operator_id = (select app.op()) and s.segment_id = any(%(rows)s) and t.col = any(%(columns)s)
      ) d join partners_partner p on p.id = d.partner_id and p.operator_id = (select app.op())
        and p.active and p.state = 'active'
      group by 1, 2""",
}


def cells_by_role(actor: Actor, products: Sequence[Product], on: date) -> Cells:
    """(product, role code) -> cell."""
    actor.require(Permission.VIEW_COVERAGE)
    judge = Judge(on)
    groups = _wherever(judge.groups)
    able: dict[tuple[Any, Any], int] = {}
    for good, alike in _alike(judge, products):
        question = judge.question(good, Place())
        roles: Counter[str] = Counter()
        for group, count in groups:
            if judge.able(group, question):
                for role in group.seller.roles:
                    roles[role] += count
        able |= {(pk, role): count for pk in alike for role, count in roles.items()}
    return _cells(able, _selling(Map.PRODUCT_ROLE, products, ()))


def _wherever(groups: Iterable[Group]) -> list[tuple[Group, int]]:
    """Groups without their homes: one of those alike, with the number of all."""
    found: dict[object, tuple[Group, int]] = {}
    for group in groups:
        key = (group.rules, group.layers, group.seller.roles, group.seller.partner)
        first, count = found.get(key, (group, 0))
        found[key] = (first, count + group.count)
    return list(found.values())


def cells_by_territory(
    actor: Actor, products: Sequence[Product], territories: Sequence[Territory], on: date
) -> Cells:
    """(product, territory) -> cell; a partner stands where its home lies."""
    actor.require(Permission.VIEW_COVERAGE)
    judge = Judge(on)
    homes = homes_of(judge.groups, territories)
    able: dict[tuple[Any, Any], int] = {}
    for territory in territories:
        there = _wherever(homes[territory.pk])
        for good, alike in _alike(judge, products):
            question = judge.question(good, Place(path=tuple(territory.path)))
            count = sum(count for group, count in there if judge.able(group, question))
            able |= {(pk, territory.pk): count for pk in alike}
    return _cells(able, _selling(Map.PRODUCT_TERRITORY, products, territories))


def _alike(judge: Judge, products: Sequence[Product]) -> list[tuple[Good, list[int]]]:
    """One product of each kind, with all that are answered alike."""
    kinds: dict[object, tuple[Good, list[int]]] = {}
    for product in products:
        good = good_of(product)
        kinds.setdefault(judge.kind(good), (good, []))[1].append(product.pk)
    return list(kinds.values())


def cells_by_segment(
    actor: Actor, segments: Sequence[Segment], territories: Sequence[Territory], on: date
) -> Cells:
    """(segment, territory) -> cell; able is who may sell any product there."""
    actor.require(Permission.VIEW_COVERAGE)
    judge = Judge(on)
    goods = kinds_of_goods(judge)
    homes = homes_of(judge.groups, territories)
    able: dict[tuple[Any, Any], int] = {}
    for territory in territories:
        there = _wherever(homes[territory.pk])
        for segment in segments:
            place = Place(segment.pk, segment.key_account, tuple(territory.path))
            questions = [judge.question(good, place) for good in goods]
            able[segment.pk, territory.pk] = sum(
                count for group, count in there if any(judge.able(group, each) for each in questions)
            )
    return _cells(able, _selling(Map.SEGMENT_TERRITORY, segments, territories))


def good_of(product: Product) -> Good:
    return Good(product.pk, product.family.layer)


def kinds_of_goods(judge: Judge) -> list[Good]:
    """One product of each kind that rules and certificates tell apart."""
    found: dict[object, Good] = {}
    for pk, layer in Product.objects.filter(active=True).values_list("pk", "family__layer"):
        good = Good(pk, layer)
        found.setdefault(judge.kind(good), good)
    return list(found.values())


def homes_of(groups: Iterable[Group], territories: Sequence[Territory]) -> dict[int, list[Group]]:
    """Territory -> the groups whose home lies in it."""
    wanted = {territory.pk for territory in territories}
    paths = dict(Territory.objects.values_list("pk", "path"))
    found: dict[int, list[Group]] = {pk: [] for pk in wanted}
    for group in groups:
        for pk in paths.get(group.territory or 0, ()):
            if pk in wanted:
                found[pk].append(group)
    return found


def _selling(kind: Map, rows: Sequence[Any], columns: Sequence[Any]) -> dict[tuple[Any, Any], int]:
    values = {"rows": [row.pk for row in rows], "columns": [column.pk for column in columns]}
    with connection.cursor() as cursor:
        cursor.execute(_SELL[kind], values)
        return {(row, column): count for row, column, count in cursor.fetchall()}


def _cells(able: Mapping[tuple[Any, Any], int], sell: Mapping[tuple[Any, Any], int]) -> Cells:
    return {key: Cell(able.get(key, 0), sell.get(key, 0)) for key in {*able, *sell}}


def gathered_at() -> datetime | None:
    """When sales were gathered; ``None`` before the first night."""
    found: datetime | None = SoldWhere.objects.aggregate(at=Max("gathered_at"))["at"]
    return found
