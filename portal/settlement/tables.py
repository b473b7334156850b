"""Tables of runs, their statements, adjustments and holds."""

from typing import Any

import django_tables2 as tables
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incentives.settlement.overview import group_titles
from portal.shell.tables import DayColumn, MoneyColumn, PeriodColumn, SharikTable, StateColumn


class RunTable(SharikTable):
    group = tables.Column(verbose_name=_("Schemes"))
    period = PeriodColumn(verbose_name=_("Period"), order_by=("period_end",))
    total = MoneyColumn(verbose_name=_("Total"), currency="currency")
    prepared_by = tables.Column(verbose_name=_("Prepared by"), accessor="prepared_by__name", default="–")
    approved_by = tables.Column(verbose_name=_("Approved by"), accessor="approved_by__name", default="–")
    state = StateColumn(verbose_name=_("State"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = group_titles()

    def render_group(self, value: str, record: Any) -> str:
        address = reverse("settlement:run", args=[record.pk])
        title = self.titles.get(value, value)
        return format_html('<a class="row-title" href="{}"><bdi>{}</bdi></a>', address, title)

    def value_group(self, value: str) -> str:
        return value


class RunStatementTable(SharikTable):
    partner = tables.Column(verbose_name=_("Partner"), order_by="partner__name")
    opening = MoneyColumn(verbose_name=_("Opening balance"), currency="currency")
    earned = MoneyColumn(verbose_name=_("Earned"), currency="currency")
    adjusted = MoneyColumn(verbose_name=_("Adjusted"), currency="currency")
    clawed_back = MoneyColumn(verbose_name=_("Clawed back"), currency="currency")
    held = MoneyColumn(verbose_name=_("Held back"), currency="currency")
    net = MoneyColumn(verbose_name=_("Net"), currency="currency")
    closing = MoneyColumn(verbose_name=_("Rolls on"), currency="currency")

    def render_partner(self, value: Any, record: Any) -> str:
        address = _statement(record.number)
        name = format_html("<bdi>{}</bdi>", value)
        shown = format_html('<a class="row-title" href="{}">{}</a>', address, name) if address else name
        return format_html('{}<bdi class="row-sub" dir="ltr">{}</bdi>', shown, record.number)


def _statement(number: str) -> str:
    """Where a statement opens; empty while there is no such page."""
    try:
        return reverse("statements:statement", args=[number])
    except NoReverseMatch:
        return ""


class AdjustmentTable(SharikTable):
    partner = tables.Column(verbose_name=_("Partner"), order_by="partner__name")
    amount = MoneyColumn(verbose_name=_("Amount"))
    reason = tables.Column(verbose_name=_("Reason"))
    reference = tables.Column(verbose_name=_("Reference"))
    created_by = tables.Column(verbose_name=_("Proposed by"), accessor="created_by__name", default="–")
    created_at = DayColumn(verbose_name=_("Proposed"))
    state = StateColumn(verbose_name=_("State"))

    def render_partner(self, value: Any, record: Any) -> str:
        address = reverse("settlement:adjustment", args=[record.pk])
        return format_html('<a class="row-title" href="{}"><bdi>{}</bdi></a>', address, value)


class HoldTable(SharikTable):
    partner = tables.Column(verbose_name=_("Partner"), order_by="partner__name")
    reason = tables.Column(verbose_name=_("Reason"))
    by_rule = tables.Column(verbose_name=_("Placed by"), accessor="by_rule")
    created_at = DayColumn(verbose_name=_("Since"))
    until = DayColumn(verbose_name=_("Until"))
    state = StateColumn(verbose_name=_("State"))

    def render_partner(self, value: Any, record: Any) -> str:
        address = reverse("settlement:hold", args=[record.pk])
        return format_html('<a class="row-title" href="{}"><bdi>{}</bdi></a>', address, value)

    def render_by_rule(self, value: bool) -> Any:
        return _("Rule") if value else _("Finance")
