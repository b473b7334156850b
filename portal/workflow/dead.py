"""Mails that were given up: whom they did not reach, why, and trying again."""

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.shell.access import actor_of_request, member_page
from portal.shell.lists import Empty, ListPage
from portal.shell.tables import MomentColumn, NumberColumn, SharikTable
from tenancy.enums import Permission
from workflow import inbox
from workflow.models import Undelivered


class DeadTable(SharikTable):
    membership = tables.Column(verbose_name=_("Person"), orderable=False)
    partner = tables.Column(
        verbose_name=_("Company"), accessor="membership__partner", orderable=False, default="–"
    )
    urgency = tables.Column(verbose_name=_("Urgency"))
    error = tables.Column(verbose_name=_("Answer of the mail server"), orderable=False)
    attempts = NumberColumn(verbose_name=_("Attempts"))
    at = MomentColumn(verbose_name=_("Given up"))
    action = tables.TemplateColumn(
        verbose_name="",
        template_name="portal/workflow/again.html",
        orderable=False,
        attrs={"td": {"class": "num"}},
    )
    not_exported = ("action",)

    def render_membership(self, record: Undelivered) -> str:
        member = record.membership
        return format_html(
            '<span class="row-title" dir="auto">{}</span><span class="row-sub"><bdi dir="ltr">{}</bdi></span>',
            member.name,
            member.email,
        )

    def render_error(self, value: str) -> str:
        return format_html('<bdi dir="ltr" class="said">{}</bdi>', value)


class DeadList(ListPage):
    title = _("Mails that failed")
    subtitle = _(
        "After six attempts within a day they were given up. In the portal they were shown all the same."
    )
    table_class = DeadTable
    permission = Permission.MANAGE_OPERATOR
    audience = "staff"
    export_name = "failed-mails"
    empty = Empty(
        _("Every mail has gone out"), _("Mails that cannot be delivered appear here."), "mail-check"
    )

    def rows(self) -> QuerySet[Undelivered]:
        return inbox.undelivered_for(self.actor)

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Notifications")), reverse("workflow:notifications"))]

    def table_options(self) -> dict[str, Any]:
        return {"order_by": "-at"}


@require_POST
@member_page(Permission.MANAGE_OPERATOR, audience="staff")
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a mail anew."""
    inbox.ask_again(actor_of_request(request), pk)
    messages.success(request, _("The mail is tried again."))
    return HttpResponseRedirect(reverse("workflow:dead"))
