"""Contact requests: the list, one of them, and what is done with it."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError, Invalid
from deals.services.drafts import create_draft
from portal.catalog.columns import ThingColumn
from portal.shell.access import actor_of_request, member_page
from portal.shell.lists import Empty, ListPage
from portal.shell.tables import MomentColumn, SharikTable, StateColumn
from portal.workflow.about import about
from programs.directory import contacts
from programs.enums import ContactState
from programs.models import ContactRequest
from tenancy.enums import Permission


class WhoColumn(tables.Column):  # type: ignore[misc]
    def render(self, record: ContactRequest) -> str:
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a><span class="row-sub" dir="auto">{}</span>',
            reverse("directory:contact", args=[record.pk]),
            record.company or record.name,
            record.name if record.company else "",
        )

    def value(self, record: ContactRequest) -> str:
        return record.company or record.name


class ContactTable(SharikTable):
    company = WhoColumn(verbose_name=_("Who asks"), empty_values=())
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    city = tables.Column(verbose_name=_("City"))
    received_at = MomentColumn(verbose_name=_("Received"))
    state = StateColumn(verbose_name=_("State"))


class ContactFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label=_("State"), choices=ContactState.choices, empty_label=_("All"))

    class Meta:
        model = ContactRequest
        fields: list[str] = []


class ContactList(ListPage):
    title = _("Contact requests")
    subtitle = _("What visitors of the public directory ask.")
    table_class = ContactTable
    filter_class = ContactFilter
    empty = Empty(
        _("No requests yet"),
        _("Whoever asks on a partner's public page appears here."),
        "message-circle-question",
    )

    def rows(self) -> QuerySet[Any]:
        return contacts.contacts_for(self.actor).order_by("-pk")

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("partner",)} if self.actor.is_partner else {}


@member_page()
def contact(request: HttpRequest, request_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = contacts.contact_by_pk(actor, request_id)
    context = {
        "title": found.company or found.name,
        "asked": found,
        "steps": [] if found.state == ContactState.CLOSED else contacts.MACHINE.following(found.state),
        "may_deal": not found.deal and actor.can(Permission.REGISTER_DEALS),
        "crumbs": [(_("Contact requests"), reverse("directory:contacts"))],
        **about(actor, found, states=ContactState),
    }
    return render(request, "portal/directory/contact.html", context)


@require_POST
@member_page()
def mark(request: HttpRequest, request_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    state = request.POST.get("state", "")
    try:
        with transaction.atomic():
            if state not in (ContactState.ANSWERED, ContactState.CLOSED):
                raise Conflict()
            contacts.mark_contact(actor, request_id=request_id, state=state)
    except Conflict as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("directory:contact", args=[request_id]))


@require_POST
@member_page(Permission.REGISTER_DEALS)
def deal(request: HttpRequest, request_id: int) -> HttpResponse:
    """One button: a draft of a deal with what the visitor said, and the request is answered."""
    actor = actor_of_request(request)
    found = contacts.contact_by_pk(actor, request_id)
    company = "" if actor.is_partner else found.partner.code
    try:
        with transaction.atomic():
            made = create_draft(actor, fields=contacts.deal_fields(found), partner=company, lenient=True)
            contacts.link_deal(actor, request_id=found.pk, deal=made.ref)
    except (InputError, Conflict, Invalid) as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("directory:contact", args=[request_id]))
    return HttpResponseRedirect(reverse("deals:edit", args=[made.ref]))
