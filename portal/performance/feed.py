"""The feed: how it stands, batches, lines that wait for a code and lines that were refused."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from performance.feed.selectors import feed_health, intakes, missing_codes, refused_lines, unresolved_lines
from performance.models import Intake, RefusedLine, UnresolvedLine
from portal.shell.access import actor_of_request, member_page
from portal.shell.lists import Empty, ListPage
from portal.shell.tables import CodeColumn, MomentColumn, NumberColumn, SharikTable
from tenancy.actors import Actor
from tenancy.enums import Permission

BATCHES = 50
#: What is missing -> where such a code is made, and who may.
_PLACES = {
    "product": ("catalog:new_product", Permission.MANAGE_CATALOG),
    "territory": ("catalog:new_territory", Permission.MANAGE_CATALOG),
    "segment": ("catalog:new_segment", Permission.MANAGE_CATALOG),
    "customer": ("catalog:new_customer", Permission.MANAGE_CATALOG),
    "partner": ("partners:new", Permission.MANAGE_PARTNERS),
    "rep": ("partners:new_rep", Permission.MANAGE_PARTNERS),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A code that lines wait for. ``url`` leads to where it is made, empty where the actor cannot."""

    kind: str
    code: str
    lines: int
    url: str


def kind_of_missing(kind: str) -> str:
    words = {
        "product": _("Product"),
        "territory": _("Territory"),
        "segment": _("Segment"),
        "customer": _("Customer"),
        "partner": _("Partner"),
        "rep": _("Rep"),
        "original": _("Original line"),
    }
    return words.get(kind, kind)


def missing_of(actor: Actor) -> list[Missing]:
    """The codes that most lines wait for."""
    found = []
    for text, lines in missing_codes(actor):
        kind, _colon, code = text.partition(":")
        found.append(Missing(kind_of_missing(kind), code, lines, _place(actor, kind, code)))
    return found


def _place(actor: Actor, kind: str, code: str) -> str:
    name, permission = _PLACES.get(kind, ("", None))
    if permission is None or not actor.can(permission):
        return ""
    try:
        address = reverse(name)
    except NoReverseMatch:
        return ""
    from urllib.parse import urlencode

    return f"{address}?{urlencode({'code': code})}"


@member_page(Permission.VIEW_FEED)
def overview(request: HttpRequest) -> HttpResponse:
    """The state of the feed, which moves by itself, and the newest batches."""
    actor = actor_of_request(request)
    return render(request, "portal/performance/feed.html", {
        "title": _("Feed"),
        "tab": "overview",
        "health": feed_health(actor),
        "table": IntakeTable(intakes(actor).select_related("membership")[:BATCHES], request=request),
    })  # fmt: skip


@member_page(Permission.VIEW_FEED)
def live(request: HttpRequest) -> HttpResponse:
    """The figures of the feed; 304 while they stand still."""
    health = feed_health(actor_of_request(request))
    tag = f'"{hashlib.sha256(repr((get_language(), health)).encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = render(request, "portal/performance/health.html", {"health": health})
    response.headers["ETag"] = tag
    return response


class IntakeTable(SharikTable):
    received_at = MomentColumn(verbose_name=gettext_lazy("Received"), orderable=False)
    channel = tables.Column(verbose_name=gettext_lazy("Way in"), orderable=False)
    membership = tables.Column(
        verbose_name=gettext_lazy("Sent by"), orderable=False, accessor="membership__name"
    )
    accepted = NumberColumn(verbose_name=gettext_lazy("Accepted"), orderable=False)
    duplicates = NumberColumn(verbose_name=gettext_lazy("Duplicates"), orderable=False)
    revised = NumberColumn(verbose_name=gettext_lazy("Revised"), orderable=False)
    unresolved = NumberColumn(verbose_name=gettext_lazy("Unresolved"), orderable=False)
    rejected = NumberColumn(verbose_name=gettext_lazy("Refused"), orderable=False)

    def render_channel(self, value: str, record: Intake) -> str:
        words = {
            "api": _("API"),
            "file": _("File"),
            "deals": _("Won deals"),
            "facts": _("Events of the portal"),
            "demo": _("Demo data"),
        }
        return words.get(value, value)


class _Payload(tables.TemplateColumn):  # type: ignore[misc]
    """What came, in full behind one line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(template_name="portal/performance/payload.html", orderable=False, **kwargs)


class UnresolvedTable(SharikTable):
    external_id = CodeColumn(verbose_name=gettext_lazy("Reference"))
    source = CodeColumn(verbose_name=gettext_lazy("Source"))
    missing = tables.Column(verbose_name=gettext_lazy("Waits for"), orderable=False)
    received_at = MomentColumn(verbose_name=gettext_lazy("Received"))
    payload = _Payload(verbose_name=gettext_lazy("Line"))
    not_exported = ("payload",)

    def render_missing(self, value: Sequence[str], record: UnresolvedLine) -> str:
        return missing_words(value, record)

    def value_missing(self, value: Sequence[str]) -> str:
        return ", ".join(value)


def missing_words(missing: Sequence[str], line: UnresolvedLine) -> str:
    """For example: Product X1, Partner 77."""
    from django.utils.html import format_html, format_html_join

    parts = [text.partition(":") for text in missing]
    if not parts and line.waits_for:
        parts = [("original", ":", line.waits_for)]
    rows = ((kind_of_missing(kind), code) for kind, _colon, code in parts)
    return format_html("{}", format_html_join(", ", '{} <bdi dir="ltr">{}</bdi>', rows))


class _SearchFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=gettext_lazy("Search"),
        method="by_text",
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )

    class Meta:
        model = UnresolvedLine
        fields: list[str] = []


class UnresolvedFilter(_SearchFilter):
    waits_for = filters.CharFilter(
        label=gettext_lazy("Waits for"), method="by_missing", widget=forms.HiddenInput
    )

    def by_text(self, rows: QuerySet[UnresolvedLine], name: str, value: str) -> QuerySet[UnresolvedLine]:
        return rows.filter(external_id__icontains=value)

    def by_missing(self, rows: QuerySet[UnresolvedLine], name: str, value: str) -> QuerySet[UnresolvedLine]:
        return rows.filter(missing__contains=[value])


class UnresolvedList(ListPage):
    title = gettext_lazy("Unresolved lines")
    subtitle = gettext_lazy(
        "They name codes that nobody knows yet and become transactions by themselves as soon as these exist."
    )
    table_class = UnresolvedTable
    filter_class = UnresolvedFilter
    permission = Permission.VIEW_FEED
    template_name = "portal/performance/unresolved.html"
    export_name = "unresolved"
    empty = Empty(
        gettext_lazy("Every line has found its place"),
        gettext_lazy("Lines with unknown codes wait here."),
        "checks",
    )

    def rows(self) -> QuerySet[UnresolvedLine]:
        return unresolved_lines(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"tab": "unresolved", "missing": missing_of(self.actor)}


class RefusedTable(SharikTable):
    message = tables.Column(verbose_name=gettext_lazy("Reason"), orderable=False)
    code = CodeColumn(verbose_name=gettext_lazy("Code"))
    received_at = MomentColumn(
        verbose_name=gettext_lazy("Received"), accessor="intake__received_at", order_by="intake_id"
    )
    index = NumberColumn(verbose_name=gettext_lazy("Place in the batch"))
    payload = _Payload(verbose_name=gettext_lazy("Line"))

    def value_payload(self, value: str) -> str:
        return value


class RefusedFilter(_SearchFilter):
    def by_text(self, rows: QuerySet[RefusedLine], name: str, value: str) -> QuerySet[RefusedLine]:
        return rows.filter(payload__icontains=value) | rows.filter(message__icontains=value)

    class Meta:
        model = RefusedLine
        fields: list[str] = []


class RefusedList(ListPage):
    title = gettext_lazy("Refused lines")
    subtitle = gettext_lazy(
        "They can never count as they were sent. Correct them at their source and send them again."
    )
    table_class = RefusedTable
    filter_class = RefusedFilter
    permission = Permission.VIEW_FEED
    template_name = "portal/performance/refused.html"
    export_name = "refused"
    empty = Empty(
        gettext_lazy("No line was refused"),
        gettext_lazy("Lines with errors are kept here with the reason."),
        "checks",
    )

    def rows(self) -> QuerySet[RefusedLine]:
        return refused_lines(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"tab": "refused"}
