"""The table of statements and its filters."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incentives.models import Statement
from incentives.selectors import schemes_for
from incentives.statements.selectors import statements_for
from incentives.states import StatementState
from partners.selectors import partners_for
from portal.shell.access import actor_of_request
from portal.shell.formats import formats_of
from portal.shell.tables import DayColumn, MoneyColumn, PeriodColumn, SharikTable, StateColumn


class NumberColumn(tables.Column):  # type: ignore[misc]
    """The number, which opens the statement."""

    def render(self, value: str) -> str:
        return format_html(
            '<a class="row-title" href="{}"><bdi dir="ltr">{}</bdi></a>',
            reverse("statements:statement", args=[value]),
            value,
        )

    def value(self, value: str) -> str:
        return value


class StatementTable(SharikTable):
    number = NumberColumn(verbose_name=_("Number"))
    partner = tables.Column(verbose_name=_("Partner"), order_by="partner__name")
    period = PeriodColumn(verbose_name=_("Period"))
    state = StateColumn(verbose_name=_("State"))
    issued_at = DayColumn(verbose_name=_("Issued"))
    earned = MoneyColumn(verbose_name=_("Earned"), currency="currency")
    net = MoneyColumn(verbose_name=_("Net amount"), currency="currency")
    closing = MoneyColumn(verbose_name=_("Closing balance"), currency="currency")


def schemes(request: HttpRequest) -> Any:
    return schemes_for(actor_of_request(request))


def partners(request: HttpRequest) -> Any:
    return partners_for(actor_of_request(request)).order_by("name")


def periods(request: HttpRequest) -> list[tuple[str, str]]:
    """The periods that have statements, newest first."""
    rows = statements_for(actor_of_request(request)).order_by("-period")
    codes = rows.values_list("period", flat=True).distinct()
    return [(code, formats_of(request).period(code)) for code in codes]


class StatementFilter(filters.FilterSet):  # type: ignore[misc]
    period = filters.ChoiceFilter(label=_("Period"), empty_label=_("All"))
    scheme = filters.ModelChoiceFilter(
        label=_("Scheme"), field_name="lines__scheme", queryset=schemes, empty_label=_("All"), distinct=True
    )
    state = filters.ChoiceFilter(label=_("State"), choices=StatementState.choices, empty_label=_("All"))
    partner = filters.ModelChoiceFilter(label=_("Partner"), queryset=partners, empty_label=_("All"))

    class Meta:
        model = Statement
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["period"].extra["choices"] = periods(kwargs["request"])
        if actor_of_request(kwargs["request"]).is_partner and partners(kwargs["request"]).count() < 2:
            del self.filters["partner"]
