"""Lists of applications: what waits, and all of them."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog.enums import PartnerRole
from common.names import listed
from partners.applications import selectors
from partners.enums import ApplicationState, FlagLevel
from partners.models import Application
from portal.catalog.columns import role_labels
from portal.shell.filters import SearchFilter
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import DayColumn, MomentColumn, NumberColumn, SharikTable, StateColumn
from tenancy.enums import Permission

LEVEL_LOOKS = {"high": "rejected", "medium": "warning", "low": "plain"}


class CompanyColumn(tables.Column):  # type: ignore[misc]
    """The company as a link to its application; number and city stand below."""

    def render(self, record: Any) -> str:
        below = " · ".join(part for part in (record.number, record.city) if part)
        return format_html(
            '<a href="{}" dir="auto">{}</a><div class="row-sub"><bdi>{}</bdi></div>',
            reverse("applications:application", args=[record.number]),
            record.company_name,
            below,
        )

    def value(self, record: Any) -> str:
        return str(record.company_name)


class RolesColumn(tables.Column):  # type: ignore[misc]
    def render(self, value: list[str]) -> str:
        return listed(role_labels(value))


def flag_state(record: Any) -> tuple[str, str]:
    level = record.flag
    return (LEVEL_LOOKS[level], str(FlagLevel(level).label)) if level else ("good", str(_("None")))


class ApplicationTable(SharikTable):
    company_name = CompanyColumn(verbose_name=_("Company"))
    number = tables.Column(verbose_name=_("Number"), visible=False)
    roles = RolesColumn(verbose_name=_("Partner roles"), orderable=False)
    flag = StateColumn(verbose_name=_("Flags"), state=flag_state, orderable=False)
    technical = NumberColumn(verbose_name=_("Technical"))
    commercial = NumberColumn(verbose_name=_("Commercial"))
    submitted_at = DayColumn(verbose_name=_("Submitted"))
    due_at = MomentColumn(verbose_name=_("Answer due"))
    state = StateColumn(verbose_name=_("State"))


class ApplicationFilter(filters.FilterSet):  # type: ignore[misc]
    search = SearchFilter("company_name", "number", "legal_id", "contact_email")
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT],
        empty_label=_("All"),
    )
    role = filters.ChoiceFilter(
        label=_("Partner role"),
        choices=PartnerRole.choices,
        field_name="roles",
        lookup_expr="contains",
        method="by_role",
        empty_label=_("All"),
    )
    flag = filters.ChoiceFilter(label=_("Flags"), choices=FlagLevel.choices, empty_label=_("All"))

    class Meta:
        model = Application
        fields: list[str] = []

    def by_role(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(roles__contains=[value])


class Queue(ListPage):
    title = _("Applications")
    subtitle = _("What waits for a decision, the earliest deadline first.")
    table_class = ApplicationTable
    filter_class = ApplicationFilter
    permission = Permission.REVIEW_APPLICATIONS
    audience = "staff"
    empty = Empty(_("Nothing to decide"), _("New applications from your public page appear here."), "inbox")

    def rows(self) -> QuerySet[Any]:
        return selectors.to_review(self.actor)

    def actions(self) -> list[Action]:
        return [
            Action(_("All applications"), reverse("applications:all"), "list", plain=True),
            Action(_("Public page"), reverse("applications:apply"), "external-link", plain=True),
        ]


class All(ListPage):
    title = _("All applications")
    table_class = ApplicationTable
    filter_class = ApplicationFilter
    permission = Permission.REVIEW_APPLICATIONS
    audience = "staff"
    export_name = "applications"
    empty = Empty(_("No applications yet"), _("Your public page is where companies apply."), "inbox")

    def rows(self) -> QuerySet[Any]:
        return selectors.applications_for(self.actor)

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Applications")), reverse("applications:queue"))]
