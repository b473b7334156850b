"""Programmes to begin with: four tiers, or a single one. What is made is the operator's own and can be changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common.errors import InputError, NotFound
from common.money import exponent
from performance.enums import Beneficiary, Measure, PeriodKind
from performance.models import Kpi
from performance.services import create_kpi
from programs.benefits import save_benefit
from programs.enums import Asks, BenefitKind, Promotion, ReviewPeriod
from programs.models import Programme, Tier
from programs.programmes import add_tier, create_programme
from programs.requirements.editing import add_requirement
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Operator

#: Sales per month over all products: what the templates ask for.
SALES = "monthly_sales"


@dataclass(frozen=True, slots=True)
class Level:
    """``sales``: units of a million of the smallest programme; ``gives``: kind -> number (none: it is simply there)."""

    code: str
    name: Any
    sales: int
    people: int
    gives: dict[str, str | None]


_K = BenefitKind
FOUR = (
    Level("registered", _("Registered"), 0, 0, {_K.ACCESS: None}),
    Level(
        "silver",
        _("Silver"),
        1,
        1,
        {_K.ACCESS: None, _K.DIRECTORY: None, _K.SLA_FACTOR: "0.9", _K.LEAD_PRIORITY: "20", _K.MDF_RATE: "1"},
    ),
    Level(
        "gold",
        _("Gold"),
        4,
        2,
        {
            _K.ACCESS: None,
            _K.DIRECTORY: None,
            _K.SLA_FACTOR: "0.75",
            _K.LEAD_PRIORITY: "50",
            _K.MDF_RATE: "2",
            _K.PROTECTION_DAYS: "120",
            _K.DEDICATED_PAM: None,
            _K.EXPERT_DAYS: "4",
        },
    ),
    Level(
        "platinum",
        _("Platinum"),
        12,
        4,
        {
            _K.ACCESS: None,
            _K.DIRECTORY: None,
            _K.SLA_FACTOR: "0.5",
            _K.LEAD_PRIORITY: "100",
            _K.DISCOUNT_LEVEL: "3",
            _K.MDF_RATE: "3",
            _K.PROTECTION_DAYS: "180",
            _K.DEDICATED_PAM: None,
            _K.EXPERT_DAYS: "12",
            _K.EVENT_SEATS: "4",
        },
    ),
)
ONE = (Level("member", _("Member"), 0, 0, {_K.ACCESS: None, _K.DIRECTORY: None}),)
KINDS: dict[str, tuple[Any, Sequence[Level]]] = {
    "four": (_("Partner programme"), FOUR),
    "one": (_("Partner programme"), ONE),
}


def usual_unit(operator: Operator) -> Decimal:
    """A beginning for the yearly sales that the second tier asks: currencies without decimals count in large numbers."""
    return Decimal(100_000) if exponent(operator.currency) else Decimal(1_000_000_000)


def make(actor: Actor, kind: str, *, unit: Decimal | None = None) -> Programme:
    """A programme of the template ``kind`` ("four" or "one").

    ``unit`` is the yearly sales that the second tier asks (``usual_unit``); the higher ones ask a multiple. The code is
    ``partners``, with a number behind it where that is taken. Raises ``InputError("unit")``.
    """
    actor.require(Permission.MANAGE_PROGRAMS)
    if kind not in KINDS:
        raise NotFound()
    unit = usual_unit(actor.operator) if unit is None else unit
    if unit <= 0:
        raise InputError("not_positive", _("Write an amount above 0."), "unit")
    title, levels = KINDS[kind]
    programme = create_programme(
        actor,
        code=_free_code(),
        **_named(actor, title),
        promotion=Promotion.AT_ONCE,
        review_period=ReviewPeriod.YEAR,
    )
    kpi = _sales(actor) if len(levels) > 1 else None
    for level in levels:
        tier = add_tier(actor, programme=programme.code, code=level.code, **_named(actor, level.name))
        if kpi is not None:
            _ask(actor, tier, level, kpi, unit)
        for benefit, number in level.gives.items():
            save_benefit(
                actor, tier_id=tier.pk, kind=benefit, value=None if number is None else Decimal(number)
            )
    return programme


def _named(actor: Actor, text: Any) -> dict[str, Any]:
    """The product's word in the operator's languages."""
    words = {}
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            words[code] = str(text)
    main = actor.operator.main_language
    others = [code for code in actor.operator.languages if code != main]
    return {"name": words[main], "names": {code: words[code] for code in others}}


def _free_code() -> str:
    taken = set(Programme.objects.values_list("code", flat=True))
    numbered = (f"partners-{number}" for number in range(2, 1000))
    return "partners" if "partners" not in taken else next(code for code in numbered if code not in taken)


def _sales(actor: Actor) -> Kpi:
    """A KPI of sales by month: the operator's own where it has one, else a new one."""
    fitting = Kpi.objects.filter(
        active=True,
        measure=Measure.SUM_AMOUNT,
        period=PeriodKind.MONTH,
        beneficiary=Beneficiary.PARTNER,
        filters={},
    )
    found: Kpi | None = fitting.order_by("pk").first()
    if found is not None:
        return found
    existing = Kpi.objects.filter(code=SALES).exists()
    code = f"{SALES}_{Kpi.objects.count()}" if existing else SALES
    return create_kpi(
        actor,
        code=code,
        **_named(actor, _("Sales by month")),
        measure=Measure.SUM_AMOUNT,
        period=PeriodKind.MONTH,
    )


def _ask(actor: Actor, tier: Tier, level: Level, kpi: Kpi, unit: Decimal) -> None:
    """Sales of a year; from the third tier on also growth or certified people."""
    if not level.sales:
        return
    add_requirement(actor, tier_id=tier.pk, asks=Asks.KPI, kpi=kpi.code, threshold=level.sales * unit)
    if level.people == 1:
        return
    group = add_requirement(actor, tier_id=tier.pk, asks=Asks.ANY)
    people = Decimal(level.people)
    add_requirement(actor, tier_id=tier.pk, parent_id=group.pk, asks=Asks.CERTIFICATES, threshold=people)
    growth = Decimal(10 * level.people // 2)
    add_requirement(
        actor, tier_id=tier.pk, parent_id=group.pk, asks=Asks.GROWTH, kpi=kpi.code, threshold=growth
    )
