"""A field for the code of a thing among thousands: what is typed is looked up, by code or name in any keyboard."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog import selectors as catalog
from partners import selectors as partners
from portal.shell.access import actor_of_request, member_page
from tenancy.actors import Actor

SHOWN = 20
_FOUND: dict[str, Callable[[Actor], QuerySet[Any]]] = {
    "territories": catalog.territories_for,
    "products": catalog.products_for,
    "customers": catalog.customers_for,
    "partners": partners.partners_for,
}


class CodePicker(forms.TextInput):
    """A text field with proposals out of ``kind``."""

    def __init__(self, kind: str) -> None:
        super().__init__({"dir": "ltr", "autocomplete": "off", "spellcheck": "false"})
        self.kind = kind

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        options = f"options-{name}"
        asking = {
            "list": options,
            "hx-get": f"{reverse('catalog:pick', args=[self.kind])}?field={name}",
            "hx-target": f"#{options}",
            "hx-trigger": "input changed delay:250ms, focus once",
        }
        field = super().render(name, value, {**(attrs or {}), **asking}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', field, options)


@member_page()
def pick(request: HttpRequest, kind: str) -> HttpResponse:
    """Options for a ``datalist``: the first things that match what stands in the field ``field``."""
    if kind not in _FOUND:
        raise Http404
    text = request.GET.get(request.GET.get("field", ""), "")
    things = catalog.matching(_FOUND[kind](actor_of_request(request)), text).order_by("name", "code")[:SHOWN]
    return render(request, "portal/catalog/options.html", {"things": things})
