"""The list of transactions: filters, and pages that an index leads to however many lines there are."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Product
from catalog.selectors import products_for
from common.errors import InputError
from common.periods import Period, parse_period
from partners.models import Partner
from partners.selectors import partners_for
from performance.transactions import Asked, Place, kinds_and_sources, page_of_credits
from portal.performance.export import exported
from portal.performance.rows import credit_rows, kind_label
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from tenancy.actors import Actor
from tenancy.enums import Permission

PAGE = 50


class CreditFilter(forms.Form):
    """What the list is narrowed to; choices are what the actor may see."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(), required=False, label=gettext_lazy("Partner"), to_field_name="code"
    )
    product = forms.ModelChoiceField(
        Product.objects.none(), required=False, label=gettext_lazy("Product"), to_field_name="code"
    )
    kind = forms.ChoiceField(required=False, label=gettext_lazy("Kind"))
    period = forms.ChoiceField(required=False, label=gettext_lazy("Period"))
    source = forms.ChoiceField(required=False, label=gettext_lazy("Source"))

    def __init__(self, data: Any, actor: Actor, periods: list[tuple[str, str]]) -> None:
        super().__init__(data)
        everything = ("", _("All"))
        kinds, sources = kinds_and_sources(actor)
        kinds = sorted({*kinds, *filter(None, [data.get("kind")])})
        sources = sorted({*sources, *filter(None, [data.get("source")])})
        self._choose("partner", partners_for(actor).order_by("name"))
        self._choose("product", products_for(actor).order_by("name"))
        self._offer("kind", [everything, *((kind, kind_label(kind)) for kind in kinds)])
        self._offer("source", [everything, *((source, source) for source in sources)])
        self._offer("period", [everything, *periods])
        for field in self.fields.values():
            field.widget.attrs["data-submit-on-change"] = "1"
        if self.fields["partner"].queryset.count() < 2:  # type: ignore[attr-defined]
            del self.fields["partner"]

    def _choose(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset, field.empty_label = rows, _("All")

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins, as it stands in its address: ``2026-03-21.4711``."""

    place: Place

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """``None`` for anything that is no cursor."""
        day, _dot, number = text.partition(".")
        try:
            return cls((date.fromisoformat(day), int(number))) if number.isdecimal() else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.place[0].isoformat()}.{self.place[1]}"


@member_page(Permission.VIEW_TRANSACTIONS)
def transactions(request: HttpRequest) -> HttpResponseBase:
    """Newest first. A partner sees its own lines, a seller the own ones, a PAM those of the book."""
    actor = actor_of_request(request)
    form = CreditFilter(request.GET, actor, _periods(request))
    asked = _asked(request, form)
    if kind := request.GET.get("export"):
        return exported(request, actor, asked, kind)
    cursor = Cursor.read(request.GET.get("before", ""))
    credits, more = page_of_credits(actor, asked, before=cursor.place if cursor else None, most=PAGE)
    return render(request, "portal/performance/transactions.html", {
        "title": _("Transactions"),
        "form": form,
        "rows": credit_rows(actor, credits),
        "older": str(Cursor((credits[-1].day, credits[-1].pk))) if more else "",
        "begun": cursor is None,
        "query": _query(request),
        "filtered": any(request.GET.get(name) for name in form.fields),
        "with_partner": "partner" in form.fields,
        "exportable": True,
        "export_query": _query(request),
        "page_actions": [],
    })  # fmt: skip


def _periods(request: HttpRequest) -> list[tuple[str, str]]:
    """The running quarter and the seven before, with a foreign one of the address if it is a period."""
    from incentives.standing import clock_of

    actor, formats = actor_of_request(request), formats_of(request)
    period = clock_of(actor.operator).running["quarter"]
    codes = []
    for _each in range(8):
        codes.append(period.code)
        period = period.previous()
    wanted = request.GET.get("period", "")
    if wanted and wanted not in codes and _period(actor, wanted):
        codes.append(wanted)
    return [(code, formats.period(code)) for code in codes]


def _period(actor: Actor, code: str) -> Period | None:
    try:
        return parse_period(code, actor.operator.days, actor.operator.fiscal_start_month) if code else None
    except InputError:
        return None


def _asked(request: HttpRequest, form: CreditFilter) -> Asked:
    form.is_valid()
    given = form.cleaned_data
    actor = actor_of_request(request)
    period = _period(actor, given.get("period", ""))
    partner, product = given.get("partner"), given.get("product")
    own = actor.partner_id if actor.is_partner and "partner" not in form.fields else None
    return Asked(
        partner_id=partner.pk if partner else own,
        product_id=product.pk if product else None,
        kind=given.get("kind", ""),
        source=given.get("source", ""),
        start=period.start if period else None,
        end=period.end if period else None,
    )


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in ("before", "export"):
        query.pop(name, None)
    return query.urlencode()
