"""The pipeline's sums, told apart by one dimension: what is open, how much of what was decided was won, how long it took.

A group costs one statement over deals that the open scope may see. **Win rate** is won / (won + lost), of deals closed in the
asked time; **cycle time** is the mean of days from the first complete submission to the day of winning.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from catalog.models import Product, Segment, Territory
from deals.pipeline import STAGES, Asked, deals_in, probabilities
from partners.models import Partner
from programs.models import Programme
from tenancy.actors import Actor
from tenancy.models import Membership


class By(StrEnum):
    """What the pipeline is told apart by."""

    PARTNER = "partner"
    PAM = "pam"
    PRODUCT = "product"
    SEGMENT = "segment"
    TERRITORY = "territory"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Sums:
    """What a group of deals comes to. Amounts in the operator's currency; ``cycle_days`` over won deals."""

    open: int = 0
    open_value: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    won: int = 0
    won_value: Decimal = Decimal(0)
    lost: int = 0
    cycle_days: Decimal | None = None

    @property
    def win_rate(self) -> Decimal | None:
        """A fraction; ``None`` while nothing was decided."""
        decided = self.won + self.lost
        return Decimal(self.won) / decided if decided else None


@dataclass(frozen=True, slots=True)
class Group:
    """A dimension's member with its sums. ``key`` is what the lists filter by: a code, of a PAM the membership."""

    key: str
    label: str
    sums: Sums


_BASE = ("id", "state", "partner_id", "segment_id", "territory_id", "value", "won_amount", "won_on", "closed_at",
         "submitted_at", "created_at", "expected_close")  # fmt: skip
#: Dimension -> (joins, key, label). Products share a deal's amounts as its lines do.
_BY: dict[By, tuple[str, str, str]] = {
    By.PARTNER: ("join partners_partner x on x.operator_id = %(op)s and x.id = d.partner_id", "x.code", "x.id"),
    By.PAM: (
        "left join partners_bookentry b on b.operator_id = %(op)s and b.partner_id = d.partner_id"
        " left join tenancy_membership x on x.operator_id = %(op)s and x.id = b.member_id",
        "x.id::text",
        "x.id",
    ),
    By.SEGMENT: (
        "left join catalog_segment x on x.operator_id = %(op)s and x.id = d.segment_id", "x.code", "x.id",
    ),
    By.TERRITORY: (
        "left join catalog_territory x on x.operator_id = %(op)s and x.id = d.territory_id", "x.code", "x.id",
    ),
    By.PROGRAMME: (
        "left join programs_enrolment e on e.operator_id = %(op)s and e.partner_id = d.partner_id"
        " left join programs_programme x on x.operator_id = %(op)s and x.id = e.programme_id",
        "x.code",
        "x.id",
    ),
    By.PRODUCT: (
        "join deals_dealline l on l.operator_id = %(op)s and l.deal_id = d.id and l.state = 'active'"
        " join catalog_product x on x.operator_id = %(op)s and x.id = l.product_id",
        "x.code",
        "x.id",
    ),
}  # fmt: skip
_MODELS: dict[By, Any] = {
    By.PARTNER: Partner, By.PAM: Membership, By.SEGMENT: Segment, By.TERRITORY: Territory, By.PRODUCT: Product,
    By.PROGRAMME: Programme,
}  # fmt: skip
_SUMS = """
with d as ({deals})
select {key}, {label},
  count(distinct d.id) filter (where d.state = any(%(open)s)),
  coalesce(sum({value}) filter (where d.state = any(%(open)s)), 0),
  coalesce(sum({value} * (%(percents)s::jsonb ->> d.state)::numeric / 100) filter (where d.state = any(%(open)s)), 0),
  count(distinct d.id) filter (where {won}),
  coalesce(sum({won_value}) filter (where {won}), 0),
  count(distinct d.id) filter (where {lost}),
  avg(d.won_on - (coalesce(d.submitted_at, d.created_at) at time zone %(zone)s)::date) filter (where {won})
from d {joins}
group by 1, 2
"""
_INSIDE = "(%(start)s::date is null or {day} >= %(start)s) and (%(end)s::date is null or {day} < %(end)s)"
_CLOSED = "(d.closed_at at time zone %(zone)s)::date"


def sums(actor: Actor, asked: Asked) -> Sums:
    """Everything asked as one group."""
    rows = _grouped(actor, asked, "", "null::text", "null::bigint")
    return _sums_of(rows[0]) if rows else Sums()


def grouped(actor: Actor, by: By, asked: Asked) -> list[Group]:
    """The groups of one dimension, the largest open value first; deals without a member stand under an empty key.

    A partner with several PAMs or programmes counts for each of them, a deal with several products for each product its share.
    """
    joins, key, label = _BY[by]
    rows = _grouped(actor, asked, joins, key, label, lines=by is By.PRODUCT)
    names = {thing.pk: str(thing) if by is not By.PAM else thing.name for thing in _named(by, rows)}
    found = [Group(row[0] or "", names.get(row[1], ""), _sums_of(row)) for row in rows]
    return sorted(found, key=lambda group: (-group.sums.open_value, -group.sums.won_value, group.label))


def _named(by: By, rows: list[tuple[Any, ...]]) -> QuerySet[Any]:
    found: QuerySet[Any] = _MODELS[by].objects.filter(pk__in=[row[1] for row in rows if row[1]])
    return found


def _sums_of(row: tuple[Any, ...]) -> Sums:
    return Sums(*row[2:])


def _grouped(
    actor: Actor, asked: Asked, joins: str, key: str, label: str, *, lines: bool = False
) -> list[tuple[Any, ...]]:
    statement, params = _deals_sql(actor, asked)
    share = "case when d.value > 0 then l.amount / d.value else 0 end"
    sql = _SUMS.format(
        deals=statement,
        key=key,
        label=label,
        joins=joins,
        value="l.amount" if lines else "d.value",
        won_value=f"d.won_amount * {share}" if lines else "d.won_amount",
        won="d.state = 'won' and " + _INSIDE.format(day="d.won_on"),
        lost="d.state = 'lost' and " + _INSIDE.format(day=_CLOSED),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _deals_sql(actor: Actor, asked: Asked) -> tuple[str, dict[str, Any]]:
    """The deals as a statement with named parameters, and all parameters that ``_SUMS`` knows."""
    inner, places = deals_in(actor, asked).order_by().values(*_BASE).query.sql_with_params()
    named = {f"b{place}": value for place, value in enumerate(places)}
    statement = inner % tuple(f"%({name})s" for name in named)
    return statement, {
        **named,
        "op": actor.operator.pk,
        "open": [state.value for state in STAGES],
        "percents": json.dumps(probabilities()),
        "zone": actor.operator.time_zone,
        "start": asked.start,
        "end": asked.end,
    }
