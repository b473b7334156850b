"""The page that tells a partner what a version promises, its confirmation, and who has confirmed."""

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict
from incentives.announcements import selectors, services
from incentives.announcements.selectors import Confirmed
from portal.announcements.words import rules_words, versus
from portal.schemes.terms import term_words
from portal.schemes.wording import eligibility_words
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.lists import Empty, ListPage
from portal.shell.tables import MomentColumn, SharikTable
from tenancy.enums import Permission


@member_page(Permission.VIEW_SCHEMES)
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Goals, rewards and rules in words; for an amendment what changes; for the partner the confirmation."""
    actor, formats = actor_of_request(request), formats_of(request)
    found = selectors.get_version(actor, code, number)
    before = selectors.version_before(found)
    return render(request, "portal/announcements/version.html", {
        "title": str(found.scheme),
        "crumbs": [
            (gettext("Incentive schemes"), reverse("schemes:list")),
            (str(found.scheme), reverse("schemes:scheme", args=[code])),
        ],
        "scheme": found.scheme,
        "version": found,
        "before": before,
        "versus": versus(actor, formats, before, found) if before else [],
        "plain": rules_words(actor, formats, found),
        "eligibility": eligibility_words(actor, found.eligibility),
        "terms": term_words(found, formats),
        "confirmation": selectors.confirmation_of(actor, found),
        "may_confirm": actor.is_partner and selectors.may_confirm(actor, found),
        "mine": actor.is_partner and selectors.is_for(actor, found),
        "staff": not actor.is_partner,
    })  # fmt: skip


@require_POST
@member_page(Permission.ACKNOWLEDGE_RULES, audience="partner")
def confirm(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The signed-in person confirms for the company."""
    actor = actor_of_request(request)
    found = selectors.get_version(actor, code, number)
    try:
        with transaction.atomic():
            services.acknowledge_version(actor, version=found)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, gettext("Thank you. Your confirmation is recorded."))
    return HttpResponseRedirect(reverse("announcements:version", args=[code, number]))


class ConfirmedTable(SharikTable):
    partner = tables.Column(verbose_name=_("Partner"), orderable=False)
    name = tables.Column(
        verbose_name=_("Confirmed by"), accessor="confirmation__name", orderable=False, default="–"
    )
    at = MomentColumn(verbose_name=_("When"), accessor="confirmation__at", orderable=False, default="–")
    digest = tables.Column(
        verbose_name=_("Content"), accessor="confirmation__digest", orderable=False, default="–"
    )

    def render_partner(self, record: Confirmed) -> str:
        partner = record.partner
        return format_html(
            '<span class="row-title" dir="auto">{}</span><span class="row-sub"><bdi dir="ltr">{}</bdi></span>',
            partner.label(),
            partner.code,
        )

    def value_partner(self, record: Confirmed) -> str:
        return str(record.partner.code)

    def render_digest(self, value: str) -> str:
        return format_html('<code dir="ltr" title="{}">{}</code>', value, value[:12])

    def value_digest(self, value: str) -> str:
        return value


class Confirmations(ListPage):
    """Who has confirmed and who has not; for a PAM the own book."""

    title = _("Confirmations")
    table_class = ConfirmedTable
    template_name = "portal/announcements/confirmations.html"
    permission = Permission.VIEW_SCHEMES
    audience = "staff"
    export_name = "confirmations"
    empty = Empty(_("No partner can earn"), _("The conditions of this version fit nobody."), "users")

    def rows(self) -> list[Confirmed]:
        self.version = selectors.get_version(self.actor, self.kwargs["code"], self.kwargs["number"])
        self.found = selectors.confirmations(self.actor, self.version)
        return self.found

    def crumbs(self) -> list[tuple[str, str]]:
        scheme = self.version.scheme
        return [
            (str(_("Incentive schemes")), reverse("schemes:list")),
            (str(scheme), reverse("schemes:scheme", args=[scheme.code])),
        ]

    def extra(self) -> dict[str, Any]:
        done = sum(each.confirmation is not None for each in self.found)
        may = self.actor.can(Permission.MANAGE_SCHEMES) and self.version.published_at is not None
        return {
            "version": self.version,
            "scheme": self.version.scheme,
            "done": done,
            "every": len(self.found),
            "may_remind": may and done < len(self.found),
        }


@require_POST
@member_page(Permission.MANAGE_SCHEMES, audience="staff")
def remind(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Remind who has not confirmed."""
    actor = actor_of_request(request)
    found = selectors.get_version(actor, code, number)
    try:
        with transaction.atomic():
            count = services.remind(actor, version=found)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        text = ngettext("%(n)s partner is reminded.", "%(n)s partners are reminded.", count)
        messages.success(request, text % {"n": formats_of(request).number(count)})
    return HttpResponseRedirect(reverse("announcements:confirmations", args=[code, number]))
