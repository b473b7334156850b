"""The cells of a map: how many partners are able to sell, and how many do."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection

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
    """``able``: active, authorised and certified partners that stand there. ``sell``: those that sold in the last year.

    0 of what was not asked for.
    """

    able: int = 0
    sell: int = 0


Cells = Mapping[tuple[Any, Any], Cell]
Counts = dict[tuple[Any, Any], int]
#: What is counted; each takes its time, and a map shows one of them.
ABLE, SELL = "able", "sell"
BOTH = frozenset({ABLE, SELL})

_SELL = {
    Map.PRODUCT_ROLE: """
      select product_id, r.role, sum(number)::bigint from (
        select s.product_id, p.roles, count(*) as number from (
          select distinct product_id, partner_id from programs_soldwhere
          where operator_id = (select app.op()) and product_id = any(%(rows)s)
        ) s join partners_partner p on p.id = s.partner_id and p.operator_id = (select app.op())
          and p.active and p.state = 'active'
        group by 1, 2
      ) alike cross join lateral unnest(roles) as r(role) group by 1, 2""",
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


def cells_by_role(actor: Actor, products: Sequence[Product], on: date, want: Collection[str] = BOTH) -> Cells:
    """(product, role code) -> cell."""
    actor.require(Permission.VIEW_COVERAGE)
    able = _able_by_role(products, on) if ABLE in want else {}
    return _cells(able, _selling(Map.PRODUCT_ROLE, products, ()) if SELL in want else {})


def _able_by_role(products: Sequence[Product], on: date) -> Counts:
    judge = Judge(on)
    groups = _wherever(judge.groups)
    able: Counts = {}
    for good, alike in _alike(judge, products):
        question = judge.question(good, Place())
        roles: Counter[str] = Counter()
        for group, count in groups:
            if judge.able(group, question):
                for role in group.seller.roles:
                    roles[role] += count
        able |= {(pk, role): count for pk in alike for role, count in roles.items()}
    return able


def _wherever(groups: Iterable[Group], roles: bool = True) -> list[tuple[Group, int]]:
    """Groups without their homes: one of those alike (in their ``roles`` too, where these count), with the number of all."""
    found: dict[object, tuple[Group, int]] = {}
    for group in groups:
        of = group.seller.roles if roles else ()
        key = (group.rules, group.layers, of, group.seller.partner)
        first, count = found.get(key, (group, 0))
        found[key] = (first, count + group.count)
    return list(found.values())


def cells_by_territory(
    actor: Actor,
    products: Sequence[Product],
    territories: Sequence[Territory],
    on: date,
    want: Collection[str] = BOTH,
) -> Cells:
    """(product, territory) -> cell; a partner stands where its home lies."""
    actor.require(Permission.VIEW_COVERAGE)
    able = _able_by_territory(products, territories, on) if ABLE in want else {}
    return _cells(able, _selling(Map.PRODUCT_TERRITORY, products, territories) if SELL in want else {})


def _able_by_territory(products: Sequence[Product], territories: Sequence[Territory], on: date) -> Counts:
    judge = Judge(on)
    homes = homes_of(judge.groups, territories)
    kinds = _alike(judge, products)
    able: Counts = {}
    for territory in territories:
        there = _wherever(homes[territory.pk], roles=False)
        for good, alike in kinds:
            question = judge.question(good, Place(path=tuple(territory.path)))
            count = sum(count for group, count in there if judge.able(group, question))
            able |= {(pk, territory.pk): count for pk in alike}
    return able


def _alike(judge: Judge, products: Sequence[Product]) -> list[tuple[Good, list[int]]]:
    """One product of each kind, with all that are answered alike."""
    kinds: dict[object, tuple[Good, list[int]]] = {}
    for product in products:
        good = good_of(product)
        kinds.setdefault(judge.kind(good), (good, []))[1].append(product.pk)
    return list(kinds.values())


def cells_by_segment(
    actor: Actor,
    segments: Sequence[Segment],
    territories: Sequence[Territory],
    on: date,
    want: Collection[str] = BOTH,
) -> Cells:
    """(segment, territory) -> cell; able is who may sell any product there."""
    actor.require(Permission.VIEW_COVERAGE)
    able = _able_by_segment(segments, territories, on) if ABLE in want else {}
    return _cells(able, _selling(Map.SEGMENT_TERRITORY, segments, territories) if SELL in want else {})


def _able_by_segment(segments: Sequence[Segment], territories: Sequence[Territory], on: date) -> Counts:
    judge = Judge(on)
    goods = kinds_of_goods(judge)
    homes = homes_of(judge.groups, territories)
    able: Counts = {}
    for territory in territories:
        there = _wherever(homes[territory.pk], roles=False)
        for segment in segments:
            place = Place(segment.pk, segment.key_account, tuple(territory.path))
            questions = [judge.question(good, place) for good in goods]
            able[segment.pk, territory.pk] = sum(
                count for group, count in there if any(judge.able(group, each) for each in questions)
            )
    return able


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
    """When sales were gathered, all in one moment; ``None`` before the first night."""
    rows = SoldWhere.objects.order_by(
        "product_id", "partner_id"
    )  # Along an index: the first row is there at once.
    return rows.values_list("gathered_at", flat=True).first()
