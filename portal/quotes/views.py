"""Quotes: the list, one quote with prices, reasons and estimated rewards, its PDF, and the steps to acceptance."""

from decimal import Decimal
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deals.authorised import said_of
from deals.enums import QuoteState
from deals.models import Quote, QuoteLine
from deals.quotedoc import quote_pdf, said
from deals.quotes import accept_quote, create_quote, get_quote, quote_lines, quotes_for, send_quote
from deals.selectors import get_deal
from incentives.enums import SchemeKind
from portal.catalog.columns import ThingColumn
from portal.catalog.formbase import DayField
from portal.pipeline.asked import deal_address
from portal.shell.access import actor_of_request, member_page
from portal.shell.filters import SearchFilter
from portal.shell.forms import FormPage, take_step
from portal.shell.lists import Empty, ListPage
from portal.shell.tables import DayColumn, MoneyColumn, NumberColumn, SharikTable, StateColumn
from tenancy.actors import Actor
from tenancy.enums import Permission


class QuoteFilter(filters.FilterSet):  # type: ignore[misc]
    search = SearchFilter("number", "deal__search_key", "partner__search_key")
    state = filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=QuoteState.choices, empty_label=gettext_lazy("All")
    )

    class Meta:
        model = Quote
        fields: list[str] = []


class QuoteTable(SharikTable):
    number = tables.Column(verbose_name=gettext_lazy("Number"))
    customer = tables.Column(verbose_name=gettext_lazy("Customer"), accessor="deal__customer_name")
    partner = ThingColumn(verbose_name=gettext_lazy("Partner"), order_by="partner__name")
    version = NumberColumn(verbose_name=gettext_lazy("Version"))
    valid_until = DayColumn(verbose_name=gettext_lazy("Valid until"))
    partner_total = MoneyColumn(verbose_name=gettext_lazy("Partner price"), currency="currency")
    net_total = MoneyColumn(verbose_name=gettext_lazy("To pay"), currency="currency")
    state = StateColumn(verbose_name=gettext_lazy("State"))

    def render_number(self, value: str, record: Quote) -> str:
        return format_html(
            '<a class="row-title" href="{}"><bdi dir="ltr">{}</bdi></a><span class="row-sub"><bdi dir="ltr">{}</bdi></span>',
            reverse("quotes:quote", args=[value]),
            value,
            record.deal.ref,
        )


class QuoteList(ListPage):
    title = gettext_lazy("Quotes")
    table_class = QuoteTable
    filter_class = QuoteFilter
    permission = Permission.VIEW_DEALS
    export_name = "quotes"
    empty = Empty(
        gettext_lazy("No quotes yet"), gettext_lazy("Open a deal and make its first quote."), "file-dollar", "pipeline:list",
        gettext_lazy("To the pipeline"),
    )  # fmt: skip

    def rows(self) -> QuerySet[Quote]:
        return quotes_for(self.actor)


class QuoteForm(forms.Form):
    valid_until = DayField(
        label=gettext_lazy("Valid until"), required=False, help_text=gettext_lazy("Empty: the usual time.")
    )
    text = forms.CharField(
        label=gettext_lazy("Note on the quote"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_until"].calendar = actor.operator.days  # type: ignore[attr-defined]


#: Of these it matters whether the products may be sold today.
_OPEN = (QuoteState.DRAFT, QuoteState.SENT)


class QuoteCreate(FormPage):
    title = gettext_lazy("New quote")
    subtitle = gettext_lazy("Prices and discounts of today, from the products of the deal")
    form_class = QuoteForm
    permission = Permission.REGISTER_DEALS
    submit_label = gettext_lazy("Calculate")
    template_name = "portal/quotes/new.html"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def prepare(self) -> None:
        self.deal = get_deal(self.actor, self.kwargs["ref"])

    def extra(self) -> dict[str, Any]:
        return {"said": said_of(self.actor, self.deal)}

    def save(self, form: Any) -> str:
        quote = create_quote(self.actor, deal=self.deal.ref, **form.cleaned_data)
        return reverse("quotes:quote", args=[quote.number])

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Quotes"), reverse("quotes:list")), (self.deal.ref, deal_address(self.deal.ref))]


@member_page(Permission.VIEW_DEALS)
def quote(request: HttpRequest, quote_number: str) -> HttpResponseBase:
    actor = actor_of_request(request)
    found = get_quote(actor, quote_number)
    language = get_language() or "en"
    lines = [_line(line, language) for line in quote_lines(found)]
    rewards = _rewards(found, language) if actor.can(Permission.VIEW_ACCRUALS) else []
    return render(request, "portal/quotes/quote.html", {
        "title": found.number,
        "quote": found,
        "deal_url": deal_address(found.deal.ref),
        "lines": lines,
        "discount": found.partner_total - found.net_total,
        "rewards": rewards,
        "reward_total": sum((each["amount"] for each in rewards), Decimal(0)),
        "may_step": _may_step(actor, found),
        "said": said_of(actor, found.deal) if found.state in _OPEN else [],
        "versions": quotes_for(actor).filter(deal=found.deal).order_by("-version"),
        "crumbs": [(_("Quotes"), reverse("quotes:list"))],
    })  # fmt: skip


def _may_step(actor: Actor, quote: Quote) -> bool:
    return actor.can(Permission.REGISTER_DEALS) and (
        not actor.is_partner or quote.partner_id == actor.partner_id
    )


def _line(line: QuoteLine, language: str) -> dict[str, Any]:
    return {
        "line": line,
        "applied": [
            {
                "name": said(each["names"], language),
                "reason": said(each["reasons"], language),
                "rate": Decimal(each["rate"]),
                "amount": Decimal(each["amount"]),
            }
            for each in line.applied
        ],
        "refused": [
            {"name": said(each["names"], language), "reason": said(each["reasons"], language)}
            for each in line.refused
        ],
    }


def _rewards(quote: Quote, language: str) -> list[dict[str, Any]]:
    return [
        {
            "name": said(each["names"], language),
            "kind": SchemeKind(each["kind"]).label,
            "amount": Decimal(each["amount"]),
        }
        for each in quote.rewards
    ]


@require_POST
@member_page(Permission.REGISTER_DEALS)
def send(request: HttpRequest, quote_number: str) -> HttpResponseBase:
    return _step(request, quote_number, send_quote, _("The quote is sent. Its prices are fixed."))


@require_POST
@member_page(Permission.REGISTER_DEALS)
def accept(request: HttpRequest, quote_number: str) -> HttpResponseBase:
    return _step(request, quote_number, accept_quote, _("The quote is accepted."))


def _step(request: HttpRequest, number: str, step: Any, done: str) -> HttpResponseBase:
    actor = actor_of_request(request)
    return take_step(
        request, reverse("quotes:quote", args=[number]), lambda: step(actor, number=number), done
    )


@member_page(Permission.VIEW_DEALS)
def document(request: HttpRequest, quote_number: str) -> HttpResponseBase:
    """The PDF in the reader's language, or that of ``?language=``."""
    actor = actor_of_request(request)
    language = request.GET.get("language", "")
    language = language if language in ("en", "fa", "ar") else get_language() or "en"
    made = quote_pdf(actor, quote_number, language)
    name = f"{get_quote(actor, quote_number).number}.pdf"
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
