"""Lists of contracts: what binds a company and what it accepted; for the operator who did and who did not."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from partners.contracts import selectors
from partners.models import ContractVersion
from partners.selectors import own_company
from portal.catalog.columns import role_labels
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import CodeColumn, MomentColumn, SharikTable
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_ONBOARDING


@member_page(VIEW)
def contracts(request: HttpRequest) -> HttpResponse:
    """A company's own contracts; the operator's with their versions."""
    actor = actor_of_request(request)
    if actor.is_partner:
        company = own_company(actor)
        today = selectors.today_of(actor.operator)
        context = {
            "title": _("Contracts"),
            "subtitle": company.label(),
            "standings": selectors.standings_of(company, today),
            "acceptances": selectors.acceptances_for(actor).filter(partner=company),
        }
        return render(request, "portal/contracts/own.html", context)
    context = {
        "title": _("Contracts"),
        "subtitle": _("Texts in versions, and who accepted them."),
        "rows": [_row(actor, each) for each in selectors.contracts_for(actor)],
        "may_write": actor.can(Permission.MANAGE_PARTNERS),
    }
    return render(request, "portal/contracts/contracts.html", context)


def _row(actor: Actor, contract: Any) -> dict[str, Any]:
    published = [version for version in contract.versions.all() if version.published_at]
    newest = published[0] if published else None
    missing = selectors.partners_without(actor, newest).count() if newest and contract.active else 0
    return {"contract": contract, "roles": role_labels(contract.roles), "newest": newest, "missing": missing}


@member_page(VIEW)
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    """A contract with all its versions."""
    actor = actor_of_request(request)
    found = selectors.get_contract(actor, pk)
    context = {
        "title": found.label(),
        "contract": found,
        "roles": role_labels(found.roles),
        "versions": selectors.versions_of(actor, found),
        "may_write": actor.is_staff and actor.can(Permission.MANAGE_PARTNERS),
        "crumbs": [(_("Contracts"), reverse("contracts:list"))],
    }
    return render(request, "portal/contracts/contract.html", context)


class _ProofColumn(tables.Column):  # type: ignore[misc]
    def render(self, record: Any) -> str:
        address = reverse("contracts:proof", args=[record.pk])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, record.partner.label())

    def value(self, record: Any) -> str:
        return str(record.partner.label())


class AcceptedTable(SharikTable):
    partner = _ProofColumn(verbose_name=_("Partner"), order_by="partner__name")
    person = tables.Column(verbose_name=_("Accepted by"))
    capacity = tables.Column(verbose_name=_("In the capacity of"))
    at = MomentColumn(verbose_name=_("When"))
    address = CodeColumn(verbose_name=_("Network address"))
    recorded_by = tables.Column(verbose_name=_("On paper, noted by"))


class _OfVersion(ListPage):
    """A list about one version."""

    permission = VIEW
    audience = "staff"
    version: ContractVersion

    def rows(self) -> QuerySet[Any]:
        self.version = selectors.get_version(self.actor, self.kwargs["pk"])
        return self.of_version()

    def of_version(self) -> QuerySet[Any]:
        raise NotImplementedError

    def extra(self) -> dict[str, Any]:
        number = formats_of(self.request).number(self.version.number)
        words = _("version %(number_text)s") % {"number_text": number}
        return {"subtitle": f"{self.version.contract.label()} · {words}"}

    def crumbs(self) -> list[tuple[str, str]]:
        here = reverse("contracts:contract", args=[self.version.contract_id])
        return [(str(_("Contracts")), reverse("contracts:list")), (self.version.contract.label(), here)]

    def actions(self) -> list[Action]:
        here = [self.kwargs["pk"]]
        return [
            Action(_("Who accepted"), reverse("contracts:version_accepted", args=here), "checks", plain=True),
            Action(
                _("Who is missing"), reverse("contracts:version_missing", args=here), "user-x", plain=True
            ),
        ]


class Accepted(_OfVersion):
    title = _("Who accepted")
    table_class = AcceptedTable
    export_name = "acceptances"
    empty = Empty(_("Nobody yet"), _("Acceptances stand here with person, time and address."), "signature")

    def of_version(self) -> QuerySet[Any]:
        return selectors.acceptances_for(self.actor).filter(version=self.version)


class _PartnerColumn(tables.Column):  # type: ignore[misc]
    def render(self, record: Any) -> str:
        address = reverse("partners:detail", args=[record.code])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, record.label())

    def value(self, record: Any) -> str:
        return str(record.label())


class MissingTable(SharikTable):
    name = _PartnerColumn(verbose_name=_("Partner"))
    code = CodeColumn(verbose_name=_("Code"))
    city = tables.Column(verbose_name=_("City"))


class Missing(_OfVersion):
    title = _("Who is missing")
    table_class = MissingTable
    export_name = "not-accepted"
    empty = Empty(_("Everybody has accepted"), _("No partner is missing."), "checkbox")

    def of_version(self) -> QuerySet[Any]:
        return selectors.partners_without(self.actor, self.version)

    def actions(self) -> list[Action]:
        more = super().actions()
        if not self.actor.can(Permission.MANAGE_PARTNERS):
            return more
        paper = reverse("contracts:version_paper", args=[self.kwargs["pk"]])
        return [Action(_("Signed on paper"), paper, "writing"), *more]
