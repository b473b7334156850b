"""The list of KPIs, and the page of one: what it counts, how it went, who has what."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.periods import Period, parse_period, period_of
from incentives.overview import today_of
from performance.enums import KpiState, Measure
from performance.models import Kpi, Measurement
from performance.selectors import get_kpi, measurements_for, targets_for
from performance.totals import counted_at, kpis_with_counted, newest_period, totals_of
from portal.kpis.tables import KpiTable, MeasurementTable
from portal.kpis.wording import value_writer, words_for
from portal.shell.charts import Chart, bar
from portal.shell.formats import formats_of
from portal.shell.lists import Action, Empty, ListPage
from tenancy.actors import Actor
from tenancy.enums import Permission

SHOWN = 12


class KpiFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    measure = filters.ChoiceFilter(label=_("Measure"), choices=Measure.choices, empty_label=_("All"))
    state = filters.ChoiceFilter(label=_("State"), choices=KpiState.choices, empty_label=_("All"))

    class Meta:
        model = Kpi
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Kpi], name: str, value: str) -> QuerySet[Kpi]:
        return rows.filter(Q(name__icontains=value) | Q(code__icontains=value) | Q(names__icontains=value))


class KpiList(ListPage):
    title = _("KPIs")
    subtitle = _("What is measured, and what formulas can use.")
    table_class = KpiTable
    filter_class = KpiFilter
    permission = Permission.VIEW_KPIS
    audience = "staff"
    export_name = "kpis"
    empty = Empty(_("No KPIs yet"), _("Schemes pay for what KPIs measure."), "chart-dots")

    def rows(self) -> QuerySet[Any]:
        return kpis_with_counted(self.actor)

    def table_options(self) -> dict[str, Any]:
        return {"words": words_for(self.actor, formats_of(self.request))}

    def actions(self) -> list[Action]:
        if not self.actor.can(Permission.MANAGE_KPIS):
            return []
        return [Action(_("New KPI"), reverse("kpis:new"))]


class MeasurementFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    period = filters.ChoiceFilter(label=_("Period"), choices=[], empty_label=_("All"))

    class Meta:
        model = Measurement
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = self.queryset.order_by("-period").values_list("period", flat=True).distinct()
        formats = formats_of(self.request)
        self.filters["period"].extra["choices"] = [(code, formats.period(code)) for code in codes]

    def by_text(self, rows: QuerySet[Measurement], name: str, value: str) -> QuerySet[Measurement]:
        partner = Q(partner__name__icontains=value) | Q(partner__code__icontains=value)
        return rows.filter(partner | Q(rep__name__icontains=value) | Q(rep__code__icontains=value))


class KpiPage(ListPage):
    """Measurements of one KPI below what it is and how it went."""

    table_class = MeasurementTable
    filter_class = MeasurementFilter
    permission = Permission.VIEW_MEASUREMENTS
    audience = "staff"
    template_name = "portal/kpis/kpi.html"
    export_name = "measurements"
    empty = Empty(_("Nothing measured yet"), _("Values appear as transactions come in."), "chart-dots")

    def rows(self) -> QuerySet[Measurement]:
        self.kpi = get_kpi(self.actor, self.kwargs["code"])
        self.title = self.kpi.label()  # type: ignore[misc]
        return measurements_for(self.actor, kpi=self.kpi.code).order_by("-period", "-value")

    def table_options(self) -> dict[str, Any]:
        targets = {
            (row.period, row.partner_id, row.rep_id): row.value
            for row in targets_for(self.actor, kpi=self.kpi.code)
        }
        return {"kpi": self.kpi, "targets": targets}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("KPIs")), reverse("kpis:list"))]

    def actions(self) -> list[Action]:
        if not self.actor.can(Permission.MANAGE_KPIS):
            return []
        return [
            Action(_("Change"), reverse("kpis:change", args=[self.kpi.code]), "pencil"),
            Action(_("Targets"), reverse("kpis:targets", args=[self.kpi.code]), "target", plain=True),
        ]

    def extra(self) -> dict[str, Any]:
        formats = formats_of(self.request)
        write = value_writer(self.kpi, formats)
        return {
            "kpi": self.kpi,
            "words": words_for(self.actor, formats)(self.kpi),
            "target": None if self.kpi.target is None else write(self.kpi.target),
            "counted_at": counted_at(self.actor, self.kpi),
            "drawn": self.chart(),
        }

    def chart(self) -> Chart | None:
        formats = formats_of(self.request)
        periods = last_periods(self.actor, self.kpi, SHOWN)
        totals = totals_of(self.actor, self.kpi, [period.code for period in periods])
        if not totals:
            return None
        first = next(number for number, period in enumerate(periods) if period.code in totals)
        periods = periods[first:]
        return bar(
            str(_("All beneficiaries together, by period")),
            [formats.period(period.code) for period in periods],
            {self.kpi.label(): [totals.get(period.code, 0) for period in periods]},
            write=value_writer(self.kpi, formats),
            short=value_writer(self.kpi, formats, compact=True),
        )


def last_periods(actor: Actor, kpi: Kpi, count: int) -> list[Period]:
    """The newest measured period (without any, the running one) and those before it, oldest first."""
    operator = actor.operator
    code = newest_period(actor, kpi)
    periods = [
        parse_period(code, operator.days, operator.fiscal_start_month) if code else running(actor, kpi)
    ]
    while len(periods) < count:
        periods.append(periods[-1].previous())
    return periods[::-1]


def running(actor: Actor, kpi: Kpi) -> Period:
    """The KPI's period of today."""
    operator = actor.operator
    return period_of(
        today_of(actor),
        kpi.period,  # type: ignore[arg-type]
        operator.days,
        operator.fiscal_start_month,
        kpi.rolling_months,
    )
