"""The pipeline: what is open and how surely it comes, how much of what was decided was won, and how long it took.

Everything is counted by the database over deals that the open scope may see; a group costs one statement. Drafts are nobody's
pipeline. **Win rate** is won / (won + lost), of deals closed in the asked time; **cycle time** is the mean of days from the
first complete submission to the day of winning; the **forecast** weighs each open deal with the probability of its stage.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Segment, Territory
from deals.enums import DealState, LineState
from deals.models import Deal, DealLine
from deals.selectors import deals_for
from partners.models import BookEntry, Partner
from programs.models import Enrolment, Programme
from tenancy.actors import Actor
from tenancy.models import Membership
from workflow.settings import define, values

#: Open stages in the order of the board.
STAGES = (DealState.SUBMITTED, DealState.UNDER_REVIEW, DealState.INFORMATION_REQUIRED, DealState.APPROVED)
_DEFAULTS = {
    DealState.SUBMITTED: 20,
    DealState.UNDER_REVIEW: 30,
    DealState.INFORMATION_REQUIRED: 20,
    DealState.APPROVED: 60,
}
_LABELS = {
    DealState.SUBMITTED: _("Probability of a submitted deal"),
    DealState.UNDER_REVIEW: _("Probability of a deal under review"),
    DealState.INFORMATION_REQUIRED: _("Probability of a deal that waits for information"),
    DealState.APPROVED: _("Probability of an approved deal"),
}
for _state in STAGES:
    define(f"deals.probability_{_state.value}", _DEFAULTS[_state], _LABELS[_state], "%", most=100)
#: Days since submission that part the ages: up to 30, up to 60, up to 90, more.
AGES = (30, 60, 90)
_MONEY: "DecimalField[Any, Any]" = DecimalField(max_digits=38, decimal_places=8)
_ZERO = Value(Decimal(0), output_field=_MONEY)


class By(StrEnum):
    """What the pipeline is told apart by."""

    PARTNER = "partner"
    PAM = "pam"
    PRODUCT = "product"
    SEGMENT = "segment"
    TERRITORY = "territory"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deals: ids and days; ``start`` and ``end`` (exclusive) narrow closed deals by the day of closing."""

    partner_id: int | None = None
    pam_id: int | None = None
    product_id: int | None = None
    segment_id: int | None = None
    territory_id: int | None = None
    programme: str = ""
    start: date | None = None
    end: date | None = None


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


@dataclass(frozen=True, slots=True)
class Stage:
    state: DealState
    probability: int
    count: int = 0
    value: Decimal = Decimal(0)
    cards: list[Deal] = field(default_factory=list)

    @property
    def weighted(self) -> Decimal:
        return self.value * self.probability / 100


def deals_in(actor: Actor, asked: Asked | None = None) -> QuerySet[Deal]:
    """Deals of the pipeline that ``actor`` sees."""
    asked = asked or Asked()
    rows = deals_for(actor).exclude(state=DealState.DRAFT)
    if asked.partner_id:
        rows = rows.filter(partner_id=asked.partner_id)
    if asked.pam_id:
        rows = rows.filter(
            partner_id__in=BookEntry.objects.filter(member_id=asked.pam_id).values("partner_id")
        )
    if asked.product_id:
        lines = DealLine.objects.filter(product_id=asked.product_id, state=LineState.ACTIVE)
        rows = rows.filter(pk__in=lines.values("deal_id"))
    if asked.segment_id:
        rows = rows.filter(segment_id=asked.segment_id)
    if asked.territory_id:
        below = Territory.objects.filter(path__contains=[asked.territory_id])
        rows = rows.filter(territory_id__in=below.values("pk"))
    return in_programme(rows, asked.programme) if asked.programme else rows


def in_programme(rows: QuerySet[Deal], code: str) -> QuerySet[Deal]:
    """Deals of partners that are in the programme with this code."""
    inside = Enrolment.objects.filter(programme__code=code)
    return rows.filter(partner_id__in=inside.values("partner_id"))


def probabilities() -> dict[str, int]:
    """Percent per open state, as the operator set them."""
    known = values()
    return {state.value: known[f"deals.probability_{state.value}"] for state in STAGES}


#: What the board shows of a deal.
_CARD = (
    "ref",
    "state",
    "customer_name",
    "value",
    "expected_close",
    "partner__code",
    "partner__name",
    "partner__names",
)
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


def stages(actor: Actor, asked: Asked, *, cards: int = 20) -> list[Stage]:
    """The columns of the board: count and value of each open stage with its most valuable deals."""
    rows = deals_in(actor, asked).order_by()
    totals = {
        row["state"]: (row["n"], row["sum"])
        for row in rows.filter(state__in=STAGES).values("state").annotate(n=Count("pk"), sum=Sum("value"))
    }
    percents = probabilities()
    found = []
    for state in STAGES:
        count, value = totals.get(state.value, (0, Decimal(0)))
        top = (
            rows.filter(state=state)
            .select_related(None)
            .select_related("partner")
            .only(*_CARD)
            .order_by("-value", "pk")[:cards]
            if count
            else []
        )
        found.append(Stage(state, percents[state.value], count, value, list(top)))
    return found


def forecast(actor: Actor, asked: Asked, months: list[tuple[date, date]]) -> list[tuple[Decimal, Decimal]]:
    """Open value and its weighted part per span of days (end exclusive) of the expected close."""
    rows = deals_in(actor, asked).filter(state__in=STAGES)
    cases = {
        f"{kind}{place}": Coalesce(
            Sum(term, filter=Q(expected_close__gte=start, expected_close__lt=end)), _ZERO, output_field=_MONEY
        )
        for place, (start, end) in enumerate(months)
        for kind, term in (("v", F("value")), ("w", weighted_value()))
    }
    found = rows.aggregate(**cases) if cases else {}
    return [(found[f"v{place}"], found[f"w{place}"]) for place in range(len(months))]


def weighted_value() -> Case:
    """The expression of a deal's value times the probability of its stage."""
    whens = [
        When(state=state, then=F("value") * Value(Decimal(percent) / 100, output_field=_MONEY))
        for state, percent in probabilities().items()
    ]
    return Case(*whens, default=_ZERO, output_field=_MONEY)


def ages(actor: Actor, asked: Asked, today: date) -> list[tuple[int | None, int | None, int, Decimal]]:
    """Open deals by days since submission: (from, to inclusive, count, value); an open end is ``None``."""
    edges = [-1, *AGES, None]
    rows = with_age(actor, deals_in(actor, asked).filter(state__in=STAGES), today)
    found: list[tuple[int | None, int | None, int, Decimal]] = []
    cases: dict[str, Any] = {}
    for place, (low, high) in enumerate(pairwise(edges)):
        inside = Q(age_days__gt=low) & (Q(age_days__lte=high) if high is not None else Q())
        cases[f"n{place}"] = Count("pk", filter=inside)
        cases[f"v{place}"] = Coalesce(Sum("value", filter=inside), _ZERO, output_field=_MONEY)
    sums = rows.aggregate(**cases)
    for place, (low, high) in enumerate(pairwise(edges)):
        found.append(((low or 0) + 1, high, sums[f"n{place}"], sums[f"v{place}"]))
    return found


def with_age(actor: Actor, rows: QuerySet[Deal], today: date) -> QuerySet[Deal]:
    """With ``age_days`` since the first complete submission (0 in the future) and ``weighted``."""
    begun = TruncDate(Coalesce("submitted_at", "created_at"), tzinfo=actor.operator.zone)
    days = ExpressionWrapper(
        Greatest(Value(0), Func(Value(today), begun, arg_joiner=" - ", template="(%(expressions)s)")),
        output_field=IntegerField(),
    )
    return rows.annotate(age_days=days, weighted=weighted_value())
