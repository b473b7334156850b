"""The table of accruals."""

from collections.abc import Collection
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.models import Accrual
from portal.shell.amounts import owed_text
from portal.shell.formats import Formats
from portal.shell.tables import MomentColumn, MoneyColumn, PeriodColumn, SharikTable
from portal.templatetags.sharik import state_badge


def accrual_state(accrual: Accrual, running: Collection[str]) -> tuple[str, str]:
    """Whether it earns, is capped, cannot, or its period is over; ``running``: codes of the running periods."""
    if not accrual.eligible:
        return "closed", _("Not eligible")
    if any("error" in part for part in accrual.components):
        return "failed", _("Cannot be calculated")
    if not accrual.lines and accrual.version.payments:
        return "waiting", _("Not due yet")
    if any(cut["step"] == "budget" for cut in accrual.cuts or ()):
        return "warning", _("Budget reached")
    if accrual.version.cap is not None and accrual.exact >= accrual.version.cap:
        return "warning", _("At its cap")
    return ("open", _("Growing")) if accrual.period in running else ("over", _("Period over"))


class _AmountColumn(MoneyColumn):
    """An amount that opens into its explanation."""

    def render(self, value: Any, record: Accrual, table: SharikTable) -> str:
        return format_html(
            '<a class="amount-link num" href="{}"><bdi>{}</bdi></a>',
            reverse("rewards:accrual", args=[record.pk]),
            self.write(table.formats, value, record),
        )

    def write(self, formats: Formats, value: Any, record: Any) -> str:
        return owed_text(formats, value, record.version.scheme.kind)


class _StateColumn(tables.Column):  # type: ignore[misc]
    """The state at today's date."""

    def render(self, record: Accrual, table: "AccrualTable") -> SafeString:
        return state_badge(*accrual_state(record, table.running))

    def value(self, record: Accrual, table: "AccrualTable") -> str:
        return accrual_state(record, table.running)[1]


class AccrualTable(SharikTable):
    """``running``: codes of the operator's running periods."""

    def __init__(self, *args: Any, running: Collection[str] = (), **kwargs: Any) -> None:
        self.running = running
        super().__init__(*args, **kwargs)

    scheme = tables.Column(
        verbose_name=gettext_lazy("Scheme"), accessor="version__scheme", order_by="version__scheme__name"
    )
    period = PeriodColumn(verbose_name=gettext_lazy("Period"))
    partner = tables.Column(verbose_name=gettext_lazy("Partner"), order_by="partner__name")
    rep = tables.Column(verbose_name=gettext_lazy("Rep"), order_by="rep__name")
    state = _StateColumn(verbose_name=gettext_lazy("State"), orderable=False, empty_values=())
    as_of = MomentColumn(verbose_name=gettext_lazy("As of"))
    amount = _AmountColumn(verbose_name=gettext_lazy("Amount"))

    def render_scheme(self, value: Any, record: Accrual) -> str:
        return format_html(
            '<span class="row-title" dir="auto">{}</span>'
            '<span class="row-sub">{}</span>', value, record.version.scheme.get_kind_display()
        )  # fmt: skip

    def value_scheme(self, value: Any) -> str:
        return str(value)
