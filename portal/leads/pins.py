"""Customers whose leads go to one partner first."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from marketing.leads.pins import pin_customer, unpin_customer
from marketing.leads.selectors import pins_for
from marketing.models import PinnedCustomer
from portal.catalog.columns import ThingColumn
from portal.catalog.formbase import CodeField
from portal.catalog.pickers import CodePicker
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage, take_step
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import MomentColumn, SharikTable
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_LEADS


class PinTable(SharikTable):
    customer = ThingColumn(verbose_name=_("Customer"), order_by="customer__name")
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    pinned_by = tables.Column(verbose_name=_("By"))
    created_at = MomentColumn(verbose_name=_("Since"))
    end = tables.TemplateColumn(
        template_name="portal/leads/unpin.html", verbose_name="", orderable=False, exclude_from_export=True
    )


class PinList(ListPage):
    title = _("Pinned customers")
    subtitle = _("Leads of these customers go to one partner first, where it may have them.")
    table_class = PinTable
    permission = MANAGE
    audience = "staff"
    empty = Empty(_("Nobody is pinned"), _("The rules choose the partner of every lead."), "pin")

    def rows(self) -> QuerySet[PinnedCustomer]:
        return pins_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("Pin a customer"), reverse("leads:new_pin"))]

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Leads")), reverse("leads:list"))]


class PinForm(forms.Form):
    customer = CodeField(label=_("Customer"), widget=CodePicker("customers"))
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))


class NewPin(FormPage):
    title = _("Pin a customer")
    form_class = PinForm
    permission = MANAGE
    audience = "staff"
    success = _("The customer is pinned.")

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Pinned customers")), reverse("leads:pins"))]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("leads:pins")}

    def save(self, form: PinForm) -> str:
        pin_customer(self.actor, **form.cleaned_data)
        return reverse("leads:pins")


@require_POST
@member_page(MANAGE, audience="staff")
def unpin(request: HttpRequest, pin_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    return take_step(
        request,
        reverse("leads:pins"),
        lambda: unpin_customer(actor, pin_id=pin_id),
        _("The customer is not pinned any more."),
    )
