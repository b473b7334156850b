"""The pipeline: what is open, how surely it comes, and how old it is.

Everything is counted by the database over deals that the open scope may see. Drafts are nobody's pipeline. The **forecast**
weighs each open deal with the probability of its stage. ``deals.figures`` has the sums by partner, product and so on.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

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

from catalog.models import Territory
from deals.enums import DealState, LineState
from deals.models import Deal, DealLine
from deals.selectors import deals_for
from partners.models import BookEntry
from programs.models import Enrolment
from tenancy.actors import Actor
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


def closed_in(actor: Actor, rows: QuerySet[Deal], start: date, end: date) -> QuerySet[Deal]:
    """Won and lost ones that were closed in this span of days (``end`` exclusive), as the figures count them."""
    rows = rows.annotate(closed_day=TruncDate("closed_at", tzinfo=actor.operator.zone))
    won = Q(state=DealState.WON, won_on__gte=start, won_on__lt=end)
    return rows.filter(won | Q(state=DealState.LOST, closed_day__gte=start, closed_day__lt=end))


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
