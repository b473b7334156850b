"""From what somebody asks for to the number that counts: growth on a base, and the part of a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from common.money import quantize
from common.numbers import MAX_PLACES
from common.periods import Period
from partners.models import Partner
from performance.enums import Measure
from performance.models import Kpi, Measurement
from performance.values import final_value
from programs.goals.enums import GoalBasis

MONEY: Final = (Measure.SUM_AMOUNT, Measure.SUM_MARGIN)
_WHOLE: Final = (Measure.COUNT, Measure.DISTINCT_CUSTOMERS, Measure.NEW_CUSTOMERS)
#: Averages and ratios are as high in a part of a period as in the whole.
_RATIOS: Final = (Measure.AVERAGE_SCORE, Measure.CROSS_SELL)
LARGEST: Final = Decimal(10) ** 20
MOST_GROWTH: Final = Decimal(100_000)
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a side asks for: ``target`` for the whole period, or ``growth`` in percent."""

    basis: str = GoalBasis.ABSOLUTE
    target: Decimal | None = None
    growth: Decimal | None = None


def worked_out(wish: Wish, *, kpi: Kpi, partner: Partner, period: Period, currency: str) -> Mapping[str, Any]:
    """The fields of an offer. Raises ``InputError`` at ``target`` or ``growth``.

    Growth on nothing is nothing: where the base is zero an absolute target is demanded.
    """
    base, growth = None, None
    if wish.basis == GoalBasis.GROWTH:
        growth = _growth(wish.growth)
        base = measured(kpi, partner, period.same_last_year().code)
        if base <= 0:
            text = _("There is nothing to grow from in the year before. Give the target as a number.")
            raise InputError("zero_base", text, "target")
        whole = rounded(base * (1 + growth / 100), kpi, currency)
    elif wish.basis == GoalBasis.ABSOLUTE:
        whole = _absolute(wish.target, kpi, currency)
    else:
        raise InputError("unknown_choice", _("This value is not valid."), "basis")
    starts = counts_from(partner, period)
    target = pro_rata(whole, kpi, period, starts, currency)
    if target <= 0:
        raise InputError("not_positive", _("A goal is more than 0."), "target")
    return {
        "basis": wish.basis,
        "growth": growth,
        "base_value": base,
        "whole": whole,
        "target": target,
        "counts_from": starts if target != whole else None,
    }


def counts_from(partner: Partner, period: Period) -> date | None:
    """The day on which a partner that joined in the midst of ``period`` begins to count."""
    joined: date | None = partner.joined_on
    return joined if joined and period.start < joined < period.end else None


def pro_rata(whole: Decimal, kpi: Kpi, period: Period, starts: date | None, currency: str) -> Decimal:
    """The part of ``whole`` for the days from ``starts`` on."""
    if starts is None or kpi.measure in _RATIOS:
        return whole
    return rounded(whole * (period.end - starts).days / period.days, kpi, currency)


def measured(kpi: Kpi, partner: Partner, period: str) -> Decimal:
    """What the KPI has for the partner in a period; 0 where nothing was measured."""
    row = Measurement.objects.filter(kpi=kpi, partner=partner, rep=None, period=period).first()
    return Decimal(0) if row is None else final_value(kpi.measure, row.value, row.weight)


def rounded(value: Decimal, kpi: Kpi, currency: str) -> Decimal:
    """In the smallest units that mean something: those of money, whole customers, hundredths."""
    if kpi.measure in MONEY:
        return quantize(value, currency)
    return value.quantize(Decimal(1) if kpi.measure in _WHOLE else _CENT)


def _growth(growth: Decimal | None) -> Decimal:
    if growth is None:
        raise InputError("required", _("This must not be empty."), "growth")
    if not -100 < growth <= MOST_GROWTH:
        raise InputError("out_of_range", _("This value is not valid."), "growth")
    return growth.quantize(Decimal("0.001"))


def _absolute(target: Decimal | None, kpi: Kpi, currency: str) -> Decimal:
    if target is None:
        raise InputError("required", _("This must not be empty."), "target")
    units = quantize(target, currency) if kpi.measure in MONEY else round(target, MAX_PLACES)
    if units != target or target >= LARGEST:
        raise InputError("invalid", _("This value is not valid."), "target")
    if target <= 0:
        raise InputError("not_positive", _("A goal is more than 0."), "target")
    return target
