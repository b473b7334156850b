"""Columns and filters that every list of coded things has."""

from collections.abc import Iterable
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.enums import PartnerRole
from catalog.models import Coded
from catalog.selectors import matching
from portal.shell.tables import CodeColumn, SharikTable, StateColumn

YES_NO = [("1", gettext_lazy("Yes")), ("0", gettext_lazy("No"))]
ACTIVE = [("1", gettext_lazy("Active")), ("0", gettext_lazy("Inactive"))]


def role_labels(roles: Iterable[str]) -> list[str]:
    """Partner roles in the reader's language."""
    return [str(PartnerRole(role).label) for role in roles]


class TitleColumn(tables.Column):  # type: ignore[misc]
    """The name in the reader's language above the code; leads to ``linked`` (an address that takes the code)."""

    def __init__(self, *args: Any, linked: str = "", **kwargs: Any) -> None:
        self.linked = linked
        kwargs.setdefault("order_by", ("name", "code"))
        kwargs.setdefault("verbose_name", gettext_lazy("Name"))
        super().__init__(*args, **kwargs)

    def render(self, record: Any) -> str:
        name = (
            format_html(
                '<a class="row-title" href="{}" dir="auto">{}</a>',
                reverse(self.linked, args=[record.code]),
                record.label(),
            )
            if self.linked
            else format_html('<span class="row-title" dir="auto">{}</span>', record.label())
        )
        return format_html('{}<span class="row-sub"><bdi dir="ltr">{}</bdi></span>', name, record.code)

    def value(self, record: Any) -> str:
        return str(record.label())


class ThingColumn(tables.Column):  # type: ignore[misc]
    """Another named thing that the row refers to."""

    def render(self, value: Any) -> str:
        return format_html('<span dir="auto">{}</span>', value.label())

    def value(self, value: Any) -> str:
        return str(value.label())


class FlagColumn(tables.Column):  # type: ignore[misc]
    """Yes, or nothing."""

    def render(self, value: bool) -> str:
        return _("Yes") if value else ""

    def value(self, value: bool) -> bool:
        return value


def activity(record: Any) -> tuple[str, str]:
    return ("active", _("Active")) if record.active else ("off", _("Inactive"))


class CodedTable(SharikTable):
    """Ends with the state; the code stands below the name and has its own column in exports."""

    code = CodeColumn(verbose_name=gettext_lazy("Code"), visible=False)
    active = StateColumn(verbose_name=gettext_lazy("State"), state=activity)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("sequence", ("...", "active"))
        super().__init__(*args, **kwargs)


class CodedFilter(filters.FilterSet):  # type: ignore[misc]
    """Search in names and codes with any keyboard, and the state."""

    search = filters.CharFilter(
        label=gettext_lazy("Search"),
        method="by_text",
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    active = filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=ACTIVE, method="by_active", empty_label=gettext_lazy("All")
    )

    def by_text(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return matching(rows, value)

    def by_active(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(active=value == "1")


def choices_of(things: QuerySet[Any]) -> list[tuple[str, str]]:
    """Code and name of each, by name."""
    found: list[Coded] = list(things)
    return sorted(((thing.code, thing.label()) for thing in found), key=lambda pair: pair[1])  # type: ignore[attr-defined]
