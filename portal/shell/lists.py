"""List pages: filter, sort, page, export and an empty state that says what to do.

::

    class DealList(ListPage):
        title = _("Deals")
        table_class = DealTable
        filter_class = DealFilter
        permission = Permission.VIEW_DEALS
        empty = Empty(_("No deals yet"), _("Register the first one."), "briefcase", "deals:new", _("Register a deal"))

        def rows(self) -> QuerySet[Deal]:
            return selectors.deals_for(self.actor)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views import View
from django_tables2 import RequestConfig

from portal.shell.access import actor_of_request, member_page
from portal.shell.downloads import download
from portal.shell.tables import SharikTable
from tenancy.actors import Actor
from tenancy.enums import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


def yes_no() -> forms.Select:
    """The choices of a ``BooleanFilter``."""
    return forms.Select(choices=[("", _("All")), ("true", _("Yes")), ("false", _("No"))])


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says, with the name of the address that its button leads to."""

    title: "Text"
    text: "Text" = ""
    icon: str = "inbox"
    url_name: str = ""
    action: "Text" = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a page's header; the first one given is the main one."""

    label: "Text"
    url: str
    icon: str = "plus"
    plain: bool = False


class ListPage(View):
    """See the module. Override ``rows``; ``actions`` and ``extra`` as needed."""

    title: ClassVar["Text"] = ""
    subtitle: ClassVar["Text"] = ""
    table_class: ClassVar[type[SharikTable]]
    filter_class: ClassVar[type[django_filters.FilterSet] | None] = None
    permission: ClassVar[Permission | None] = None
    audience: ClassVar[str] = ""
    template_name: ClassVar[str] = "components/list_page.html"
    page_size: ClassVar[int] = 25
    export_name: ClassVar[str] = ""
    empty: ClassVar[Empty]
    actor: Actor

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        return member_page(cls.permission, audience=cls.audience)(view)

    def rows(self) -> QuerySet[Any] | Sequence[Any]:
        raise Http404

    def actions(self) -> list[Action]:
        """Buttons of the page header for this actor."""
        return []

    def extra(self) -> dict[str, Any]:
        """More context for a template of one's own."""
        return {}

    def crumbs(self) -> list[tuple[str, str]]:
        return []

    def table_options(self) -> dict[str, Any]:
        """Further arguments of the table class."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.actor = actor_of_request(request)
        filters, rows = self._filtered(request)
        table = self.table_class(rows, request=request, **self.table_options())
        kind = request.GET.get("export", "")
        if self.export_name and kind:
            RequestConfig(request, paginate=False).configure(table)
            return download(table, self.export_name, kind)
        RequestConfig(request, paginate={"per_page": self.page_size, "silent": True}).configure(table)
        part = request.htmx and not request.htmx.history_restore_request
        template = "components/list.html" if part else self.template_name
        response = render(request, template, self._context(request, table, filters))
        patch_vary_headers(response, ["HX-Request"])
        return response

    def _filtered(self, request: HttpRequest) -> tuple[django_filters.FilterSet | None, Any]:
        rows = self.rows()
        if self.filter_class is None:
            return None, rows
        filters = self.filter_class(request.GET, queryset=rows, request=request)
        return filters, filters.qs

    def _context(
        self, request: HttpRequest, table: SharikTable, filters: django_filters.FilterSet | None
    ) -> dict[str, Any]:
        active = bool(filters and any(request.GET.get(name) for name in filters.form.fields))
        query = request.GET.copy()
        for name in ("page", "export"):
            query.pop(name, None)
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "table": table,
            "filter": filters,
            "filtered": active,
            "empty": self.empty,
            "empty_url": reverse(self.empty.url_name) if self.empty.url_name else "",
            "page_actions": self.actions(),
            "crumbs": self.crumbs(),
            "export_query": query.urlencode() if self.export_name else None,
            "exportable": bool(self.export_name),
            **self.extra(),
        }
