"""Lists of rules and worksheets."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer
from common.text import search_words
from portal.catalog.columns import ThingColumn
from portal.catalog.pickers import CodePicker
from portal.shell.tables import DayColumn, MomentColumn, SharikTable, StateColumn
from programs.authorisations.words import what, whom
from programs.authorisations.worksheets import result_of
from programs.enums import Effect, WorksheetState
from programs.models import Authorisation, Worksheet

STANDING = {"now": _("In force"), "planned": _("Planned"), "over": _("Over")}
_KINDS = {"now": "active", "planned": "draft", "over": "ended"}


def standing(rule: Any) -> tuple[str, str]:
    return _KINDS[rule.standing], str(STANDING[rule.standing])


def effect(rule: Any) -> tuple[str, str]:
    return ("approved" if rule.effect == Effect.ALLOW else "refused"), rule.get_effect_display()


class _LinkColumn(tables.Column):  # type: ignore[misc]
    """Words about the record, leading to its page."""

    def __init__(self, url_name: str, words: Any, **options: Any) -> None:
        self.url_name, self.words = url_name, words
        super().__init__(empty_values=(), orderable=False, **options)

    def render(self, record: Any) -> str:
        address = reverse(self.url_name, args=[record.pk])
        return format_html('<a class="row-title" href="{}" dir="auto">{}</a>', address, self.words(record))

    def value(self, record: Any) -> str:
        return str(self.words(record))


class RuleTable(SharikTable):
    whom = _LinkColumn("authorisations:rule", whom, verbose_name=_("Who"))
    effect = StateColumn(verbose_name=_("Rule"), state=effect, order_by="effect")
    what = tables.Column(verbose_name=_("What"), empty_values=(), orderable=False)
    segment = ThingColumn(verbose_name=_("Segment"), order_by="segment__name")
    territory = ThingColumn(verbose_name=_("Territory"), order_by="territory__name")
    engagement_model = tables.Column(verbose_name=_("Engagement model"))
    starts = DayColumn(verbose_name=_("From"))
    ends = DayColumn(verbose_name=_("Until"))
    standing = StateColumn(verbose_name=_("State"), state=standing, order_by="standing")

    def render_what(self, record: Authorisation) -> str:
        return format_html('<span dir="auto">{}</span>', what(record))

    def value_what(self, record: Authorisation) -> str:
        return what(record)


class RuleFilter(filters.FilterSet):  # type: ignore[misc]
    standing = filters.ChoiceFilter(label=_("State"), choices=list(STANDING.items()), empty_label=_("All"))
    effect = filters.ChoiceFilter(label=_("Rule"), choices=Effect.choices, empty_label=_("All"))
    partner = filters.CharFilter(
        label=_("Partner"), field_name="partner__code", widget=CodePicker("partners")
    )
    layer = filters.ChoiceFilter(
        label=_("Technology layer"), choices=Layer.choices, method="by_layer", empty_label=_("All")
    )

    class Meta:
        model = Authorisation
        fields: list[str] = []

    def by_layer(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Rules about the layer, one of its products, or everything."""
        return rows.filter(
            Q(layer=value) | Q(product__family__layer=value) | Q(layer="", product__isnull=True)
        )


class SheetTable(SharikTable):
    title = _LinkColumn("authorisations:worksheet", lambda sheet: sheet.title, verbose_name=_("Title"))
    what = tables.Column(verbose_name=_("What"), empty_values=(), orderable=False)
    whom = tables.Column(verbose_name=_("Who"), empty_values=(), orderable=False)
    result = tables.Column(verbose_name=_("Result"), empty_values=(), orderable=False)
    author_name = tables.Column(verbose_name=_("Written by"))
    created_at = MomentColumn(verbose_name=_("Written"))
    state = StateColumn(verbose_name=_("State"))

    def render_what(self, record: Worksheet) -> str:
        return format_html('<span dir="auto">{}</span>', what(record))

    def value_what(self, record: Worksheet) -> str:
        return what(record)

    def render_whom(self, record: Worksheet) -> str:
        return format_html('<span dir="auto">{}</span>', whom(record))

    def value_whom(self, record: Worksheet) -> str:
        return whom(record)

    def render_result(self, record: Worksheet) -> str:
        return format_html("<bdi>{}</bdi>", self.formats.percent(result_of(record) / 100))

    def value_result(self, record: Worksheet) -> Any:
        return result_of(record)


class SheetFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    state = filters.ChoiceFilter(label=_("State"), choices=WorksheetState.choices, empty_label=_("All"))

    class Meta:
        model = Worksheet
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in search_words(value):
            rows = rows.filter(Q(title__icontains=word) | Q(author_name__icontains=word))
        return rows
