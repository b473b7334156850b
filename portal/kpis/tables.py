"""Tables of KPIs and of what was measured."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from performance.models import Kpi
from performance.selectors import value_of
from portal.kpis.wording import Words, value_writer
from portal.shell.tables import (
    NUMBER,
    MomentColumn,
    NumberColumn,
    PercentColumn,
    PeriodColumn,
    SharikTable,
    StateColumn,
)


class KpiTable(SharikTable):
    name = tables.Column(verbose_name=_("KPI"), order_by=("name", "code"))
    measure = tables.Column(verbose_name=_("Measure"))
    period = tables.Column(verbose_name=_("Period"))
    beneficiary = tables.Column(verbose_name=_("Beneficiary"))
    filters = tables.Column(verbose_name=_("Counts only"), empty_values=(), orderable=False)
    state = StateColumn(verbose_name=_("State"))
    counted_at = MomentColumn(verbose_name=_("Last counted"))

    def __init__(self, *args: Any, words: Callable[[Kpi], Words], **kwargs: Any) -> None:
        self.words = words
        super().__init__(*args, **kwargs)

    def render_name(self, value: str, record: Kpi) -> str:
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a><bdi class="row-sub" dir="ltr">{}</bdi>',
            reverse("kpis:kpi", args=[record.code]),
            record.label(),
            record.code,
        )

    def value_name(self, record: Kpi) -> str:
        return record.label()

    def render_filters(self, record: Kpi) -> str:
        words = self.words(record)
        lines = [f"{label}: {', '.join(names)}" for label, names in words.conditions] + words.remarks
        return format_html_join("", '<div dir="auto">{}</div>', ((line,) for line in lines)) or "–"

    def value_filters(self, record: Kpi) -> str:
        words = self.words(record)
        return "; ".join(
            [f"{label}: {', '.join(names)}" for label, names in words.conditions] + words.remarks
        )


class _Value(NumberColumn):
    """A measured value in the KPI's unit."""

    def render(self, value: Any, record: Any, table: Any) -> str:
        return format_html("<bdi>{}</bdi>", table.write(value_of(record)))

    def value(self, value: Any, record: Any = None) -> Decimal:
        return value_of(record)


class MeasurementTable(SharikTable):
    """``targets``: (period, partner id, rep id) -> target; others have the KPI's own."""

    partner = tables.Column(verbose_name=_("Partner"), order_by="partner__name")
    rep = tables.Column(verbose_name=_("Rep"), order_by="rep__name")
    period = PeriodColumn(verbose_name=_("Period"))
    value = _Value(verbose_name=_("Value"))
    target = tables.Column(verbose_name=_("Target"), empty_values=(), orderable=False, attrs=NUMBER)
    attainment = PercentColumn(verbose_name=_("Attainment"), empty_values=(), orderable=False)
    lines = NumberColumn(verbose_name=_("Transactions"))

    def __init__(
        self, *args: Any, kpi: Kpi, targets: Mapping[tuple[str, int, int | None], Decimal], **kwargs: Any
    ) -> None:
        self.kpi, self.targets = kpi, targets
        super().__init__(*args, exclude=() if kpi.beneficiary == "rep" else ("rep",), **kwargs)

    def write(self, value: Decimal) -> str:
        return value_writer(self.kpi, self.formats)(value)

    def _target(self, record: Any) -> Decimal | None:
        return self.targets.get((record.period, record.partner_id, record.rep_id), self.kpi.target)

    def render_target(self, record: Any) -> str:
        target = self._target(record)
        return "–" if target is None else format_html("<bdi>{}</bdi>", self.write(target))

    def value_target(self, record: Any) -> Any:
        return self._target(record)

    def _share(self, record: Any) -> Decimal | None:
        target = self._target(record)
        return value_of(record) / target if target else None

    def render_attainment(self, record: Any) -> str:
        share = self._share(record)
        return "–" if share is None else format_html("<bdi>{}</bdi>", self.formats.percent(share))

    def value_attainment(self, record: Any) -> Any:
        return self._share(record)
