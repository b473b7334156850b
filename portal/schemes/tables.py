"""Tables of schemes and of what they accrued."""

from typing import Any

import django_tables2 as tables
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incentives.enums import SchemeState
from incentives.models import Scheme
from incentives.overview import state_of
from portal.shell.amounts import owed_text
from portal.shell.formats import Formats
from portal.shell.tables import (
    DayColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    PeriodColumn,
    SharikTable,
    StateColumn,
)
from tenancy.actors import Actor


class OwedColumn(MoneyColumn):
    """An amount of what the scheme gives: money or pieces."""

    def write(self, formats: Formats, value: Any, record: Any) -> str:
        scheme = record if isinstance(record, Scheme) else record.version.scheme
        return owed_text(formats, value, scheme.kind)


class SchemeTable(SharikTable):
    name = tables.Column(verbose_name=_("Scheme"), order_by=("name", "code"))
    kind = tables.Column(verbose_name=_("Kind"))
    payee = tables.Column(verbose_name=_("Who earns"))
    period = tables.Column(verbose_name=_("Period"))
    starts = DayColumn(verbose_name=_("Since"))
    accrued = OwedColumn(verbose_name=_("Accrued so far"))
    share = PercentColumn(verbose_name=_("Budget used"), accessor="used_share", orderable=False)
    state = StateColumn(verbose_name=_("State"), orderable=False, empty_values=())

    def __init__(self, *args: Any, actor: Actor, today: Any, **kwargs: Any) -> None:
        self.today = today
        hidden = ("share",) if actor.is_partner else ()
        super().__init__(*args, exclude=hidden, **kwargs)
        self.columns["state"].column.state = lambda scheme: scheme_state(scheme, today)

    def render_name(self, value: str, record: Any) -> str:
        address = reverse("schemes:scheme", args=[record.code])
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a><bdi class="row-sub" dir="ltr">{}</bdi>',
            address,
            record.label(),
            record.code,
        )


def scheme_state(scheme: Any, today: Any) -> tuple[str, Any]:
    """The state's value and word."""
    state = state_of(scheme, today)
    return state, SchemeState(state).label


class AccrualTable(SharikTable):
    partner = tables.Column(verbose_name=_("Partner"), accessor="partner", order_by="partner__name")
    rep = tables.Column(verbose_name=_("Rep"), accessor="rep", order_by="rep__name")
    period = PeriodColumn(verbose_name=_("Period"))
    version = NumberColumn(verbose_name=_("Version"), accessor="version__number")
    lines = NumberColumn(verbose_name=_("Transactions"))
    amount = OwedColumn(verbose_name=_("Amount"))

    def __init__(self, *args: Any, by_rep: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if by_rep else ("rep",), **kwargs)

    def render_amount(self, value: Any, record: Any) -> str:
        text = owed_text(self.formats, value, record.version.scheme.kind)
        address = explanation_of(record.pk)
        link = format_html('<a class="amount-link" href="{}"><bdi>{}</bdi></a>', address, text)
        shown = link if address else text
        if record.eligible:
            return shown
        return format_html('{}<span class="row-sub">{}</span>', shown, _("not eligible"))


def explanation_of(pk: int) -> str:
    """Where an accrual opens; empty while there is no such page."""
    try:
        return reverse("rewards:accrual", args=[pk])
    except NoReverseMatch:
        return ""
