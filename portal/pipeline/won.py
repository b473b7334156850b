"""Won deals and the transactions that prove them."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from common.errors import Conflict, DomainError, NotFound
from deals.customers import choose_customer
from deals.enums import DealState
from deals.models import Deal
from deals.newcustomers import take_in
from deals.selectors import get_deal
from deals.winning import (
    link_transaction,
    proposals,
    proven_amount,
    transactions_of,
    unlink_transaction,
    unmatched,
)
from portal.catalog.columns import ThingColumn
from portal.pipeline.asked import deal_address
from portal.pipeline.tables import PipelineListFilter
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import add_errors
from portal.shell.lists import Empty, ListPage
from portal.shell.tables import DayColumn, MoneyColumn, SharikTable
from tenancy.enums import Permission


class WonTable(SharikTable):
    customer_name = tables.Column(verbose_name=gettext_lazy("Customer"))
    partner = ThingColumn(verbose_name=gettext_lazy("Partner"), order_by="partner__name")
    won_on = DayColumn(verbose_name=gettext_lazy("Won on"))
    won_amount = MoneyColumn(verbose_name=gettext_lazy("Won amount"))

    def render_customer_name(self, value: str, record: Deal) -> str:
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a><span class="row-sub"><bdi dir="ltr">{}</bdi></span>',
            reverse("pipeline:won_deal", args=[record.ref]),
            value or record.ref,
            record.ref,
        )


class WonFilter(PipelineListFilter):
    """The filters of the pipeline that make sense for won deals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("state", "age", "closes"):
            del self.filters[name]


class UnmatchedList(ListPage):
    title = gettext_lazy("Won without transactions")
    subtitle = gettext_lazy("Deals whose sale no source system has sent yet, or under another name")
    table_class = WonTable
    filter_class = WonFilter
    permission = Permission.DECIDE_DEALS
    audience = "staff"
    export_name = "won-without-transactions"
    empty = Empty(
        gettext_lazy("Every won deal has its transactions"),
        gettext_lazy("A won deal whose sale does not arrive stands here."),
        "circle-check",
    )

    def rows(self) -> Any:
        return unmatched(self.actor).select_related("partner")


class LinkForm(forms.Form):
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=40, widget=forms.TextInput({"dir": "ltr"})
    )
    external_id = forms.CharField(
        label=gettext_lazy("Reference"), max_length=120, widget=forms.TextInput({"dir": "ltr"})
    )


@member_page(Permission.VIEW_DEALS)
def won_deal(request: HttpRequest, ref: str) -> HttpResponseBase:
    """A won deal with its transactions; who decides about deals links and takes links back here."""
    actor = actor_of_request(request)
    deal = get_deal(actor, ref)
    if deal.state != DealState.WON:
        raise NotFound()
    manages = actor.is_staff and actor.can(Permission.DECIDE_DEALS)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and manages and form.is_valid():
        try:
            link_transaction(actor, ref=ref, **form.cleaned_data)
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The transaction is linked."))
            return HttpResponseRedirect(request.path)
    context = {
        "title": deal.customer_name or deal.ref,
        "deal": deal,
        "deal_url": deal_address(deal.ref),
        "lines": transactions_of(actor, ref),
        "proven": proven_amount(deal),
        "manages": manages,
        "proposals": proposals(actor, deal) if manages else [],
        "form": form,
        "crumbs": [(_("Won without transactions"), reverse("pipeline:won"))] if manages else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "portal/pipeline/won_deal.html", context, status=status)


@require_POST
@member_page(Permission.DECIDE_DEALS, audience="staff")
def unlink(request: HttpRequest, ref: str, transaction_id: int) -> HttpResponseBase:
    unlink_transaction(actor_of_request(request), ref=ref, pk=transaction_id)
    messages.success(request, _("The link is taken back."))
    return HttpResponseRedirect(reverse("pipeline:won_deal", args=[ref]))


@require_POST
@member_page(Permission.DECIDE_DEALS, audience="staff")
def customer(request: HttpRequest, ref: str) -> HttpResponseBase:
    """The deal's customer is the one whose code was sent."""
    choose_customer(actor_of_request(request), ref=ref, code=request.POST.get("code", ""))
    messages.success(request, _("The customer is noted."))
    return HttpResponseRedirect(deal_address(ref))


@require_POST
@member_page(Permission.DECIDE_DEALS, audience="staff")
def new_customer(request: HttpRequest, ref: str) -> HttpResponseBase:
    """The deal's customer is none of those in the catalogue."""
    try:
        with transaction.atomic():
            take_in(actor_of_request(request), ref=ref)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The customer stands in the catalogue now."))
    return HttpResponseRedirect(deal_address(ref))
