"""A KPI in words: what it counts, for whom, over which period, and which transactions belong to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from performance.enums import Beneficiary, DateBase, Measure, PeriodKind
from performance.models import Kpi
from portal.schemes.forms import LINE_CONDITIONS, condition_choices
from portal.shell.formats import Formats
from tenancy.actors import Actor

FILTER_LABELS: dict[str, Any] = {
    "kinds": LINE_CONDITIONS["kinds"],
    "products": LINE_CONDITIONS["products"],
    "families": LINE_CONDITIONS["families"],
    "layers": LINE_CONDITIONS["product_layers"],
    "segments": LINE_CONDITIONS["segments"],
    "territories": gettext_lazy("Territories"),
    "engagement_models": LINE_CONDITIONS["engagement_models"],
    "contributions": LINE_CONDITIONS["contributions"],
    "roles": gettext_lazy("Partner roles"),
    "sources": gettext_lazy("Sources"),
}
_DOES: dict[str, Any] = {
    Measure.SUM_AMOUNT: gettext_lazy("Adds up the amounts"),
    Measure.SUM_MARGIN: gettext_lazy("Adds up the margins"),
    Measure.SUM_QUANTITY: gettext_lazy("Adds up the quantities"),
    Measure.COUNT: gettext_lazy("Counts the transactions"),
    Measure.DISTINCT_CUSTOMERS: gettext_lazy("Counts the different customers"),
    Measure.NEW_CUSTOMERS: gettext_lazy("Counts the customers that bought for the first time"),
    Measure.CROSS_SELL: gettext_lazy("Averages how many product families a customer bought"),
    Measure.AVERAGE_SCORE: gettext_lazy("Averages the scores"),
}
_WHO: dict[str, Any] = {
    Beneficiary.PARTNER: gettext_lazy("for each partner"),
    Beneficiary.REP: gettext_lazy("for each rep"),
    Beneficiary.TREE: gettext_lazy("for each partner together with its sub-partners"),
}
_WHEN: dict[str, Any] = {
    PeriodKind.MONTH: gettext_lazy("month by month"),
    PeriodKind.QUARTER: gettext_lazy("quarter by quarter"),
    PeriodKind.HALF: gettext_lazy("half-year by half-year"),
    PeriodKind.YEAR: gettext_lazy("year by year"),
}
_BY: dict[str, Any] = {
    DateBase.INVOICE: gettext_lazy("by the day of the invoice"),
    DateBase.COLLECTION: gettext_lazy("by the day on which the money came in"),
}
MONEY = (Measure.SUM_AMOUNT, Measure.SUM_MARGIN)


@dataclass(frozen=True, slots=True)
class Words:
    """``sentence`` says what is counted; ``conditions`` are (label, names) of each filter, ``remarks`` the others."""

    sentence: str
    conditions: list[tuple[str, list[str]]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def kpi_words(kpi: Kpi, choices: Mapping[str, list[tuple[str, str]]], formats: Formats) -> Words:
    """``choices`` is ``portal.schemes.forms.condition_choices``; codes stand where a name is not known."""
    when = (
        _over_months(kpi.rolling_months, formats)
        if kpi.period == PeriodKind.ROLLING
        else _WHEN.get(kpi.period, "")
    )
    words = {
        "does": _DOES.get(kpi.measure, ""),
        "who": _WHO.get(kpi.beneficiary, ""),
        "when": when,
        "by": _BY.get(kpi.base, ""),
    }
    return Words(
        _("%(does)s %(who)s, %(when)s, %(by)s.") % words,
        [
            (str(label), [dict(choices.get(key, ())).get(code, code) for code in kpi.filters[key]])
            for key, label in FILTER_LABELS.items()
            if kpi.filters.get(key)
        ],
        _remarks(kpi.filters),
    )


def _over_months(months: int | None, formats: Formats) -> str:
    number = months or 0
    text = ngettext(
        "each month over the last %(months)s month", "each month over the last %(months)s months", number
    )
    return text % {"months": formats.number(number)}


def _remarks(filters: Mapping[str, Any]) -> list[str]:
    found = []
    if "new_customer" in filters:
        new = filters["new_customer"]
        found.append(
            _("Only customers that are new in the period.")
            if new
            else _("Only customers from before the period.")
        )
    for name, value in (filters.get("attributes") or {}).items():
        found.append(_("Only transactions with %(name)s = %(value)s.") % {"name": name, "value": value})
    return found


def words_for(actor: Actor, formats: Formats) -> Callable[[Kpi], Words]:
    """A function that words any KPI, with the names of things read once."""
    choices = condition_choices(actor)
    choices["layers"] = choices["product_layers"]
    return lambda kpi: kpi_words(kpi, choices, formats)


def value_writer(kpi: Kpi, formats: Formats, *, compact: bool = False) -> Callable[[Decimal | int], str]:
    """How values of this KPI are written: amounts with their unit, others as plain numbers."""
    if kpi.measure in MONEY:
        return lambda value: formats.money(value, compact=compact)
    return lambda value: formats.number(value, 2, compact=compact)
