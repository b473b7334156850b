"""Tables of simulations and of who wins and loses in one."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from common.names import list_separator
from incentives.models import Simulation
from portal.shell.amounts import owed_text
from portal.shell.formats import Formats
from portal.shell.tables import MomentColumn, MoneyColumn, SharikTable, StateColumn


def label_of(job: Simulation) -> str:
    """What the rules are of: the scheme as the reader calls it, else what was given."""
    return job.scheme.label() if job.scheme else job.label or str(_("Rules of a form"))


def direction_of(formats: Formats) -> str:
    """Which way a figure with a sign reads; the mark before the sign would else turn it."""
    return "rtl" if formats.language in ("fa", "ar") else "ltr"


class SimulatedColumn(MoneyColumn):
    """An amount of what the simulated scheme gives: money or pieces. Tables whose rows are no simulations set ``kind``."""

    kind = ""

    def write(self, formats: Formats, value: Any, record: Any) -> str:
        kind = str(record.rules["kind"]) if isinstance(record, Simulation) else self.kind
        return owed_text(formats, value, kind)


class SimulationTable(SharikTable):
    pick = tables.Column(verbose_name=_("Compare"), empty_values=(), orderable=False)
    label = tables.Column(verbose_name=_("Rules"), empty_values=(), order_by=("label",))
    periods = tables.Column(verbose_name=_("Periods"), orderable=False)
    total = SimulatedColumn(verbose_name=_("Cost"), accessor="paid", orderable=False)
    before = SimulatedColumn(verbose_name=_("Published today"), accessor="was", orderable=False)
    state = StateColumn(verbose_name=_("State"), accessor="state", orderable=False)
    created_at = MomentColumn(verbose_name=_("Asked for"))
    not_exported = ("pick",)

    class Meta(SharikTable.Meta):
        sequence = ("label", "periods", "total", "before", "state", "created_at", "pick")

    def render_label(self, record: Simulation) -> str:
        version = record.version
        detail = (
            _("version %(number)s") % {"number": self.formats.number(version.number)}
            if version
            else _("as typed")
        )
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a><span class="row-sub">{}</span>',
            reverse("simulations:job", args=[record.pk]),
            label_of(record),
            detail,
        )

    def value_label(self, record: Simulation) -> str:
        return label_of(record)

    def render_periods(self, value: list[str]) -> str:
        return format_html_join(
            list_separator(), "<bdi>{}</bdi>", ((self.formats.period(code),) for code in value)
        )

    def value_periods(self, value: list[str]) -> str:
        return ", ".join(value)

    def render_state(self, value: Any, record: Simulation, bound_column: Any) -> Any:
        return bound_column.column.render(record.get_state_display(), record, bound_column)

    def render_pick(self, record: Simulation) -> str:
        if record.state != "done":
            return "–"
        name = _("Compare simulation %(number)s") % {"number": self.formats.number(record.pk)}
        return format_html(
            '<input class="form-check-input" type="checkbox" name="of" value="{}" form="compare" aria-label="{}">',
            record.pk,
            name,
        )


class ChangeTable(SharikTable):
    partner = tables.Column(
        verbose_name=_("Partner"), accessor="partner__name", order_by=("partner__name", "partner__code")
    )
    rep = tables.Column(verbose_name=_("Rep"), accessor="rep__name", order_by=("rep__name",))
    tier = tables.Column(verbose_name=_("Tier"), accessor="partner__tier")
    was = SimulatedColumn(verbose_name=_("Published today"))
    paid = SimulatedColumn(verbose_name=_("Simulated"))
    change = SimulatedColumn(verbose_name=_("Difference"))

    def __init__(self, *args: Any, by_rep: bool, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if by_rep else ("rep",), **kwargs)
        self.kind = kind
        for name in ("was", "paid", "change"):
            self.columns[name].column.kind = kind

    def render_change(self, value: Any) -> str:
        kind = "good" if value > 0 else "bad" if value < 0 else "plain"
        # The mark keeps the sign before the figure in every direction, as CLDR does for a minus.
        sign = "\N{LEFT-TO-RIGHT MARK}+" if value > 0 else ""
        direction, text = direction_of(self.formats), owed_text(self.formats, value, self.kind)
        return format_html('<bdi class="change change-{}" dir="{}">{}{}</bdi>', kind, direction, sign, text)
