"""The lists of deals: a partner's own, what a PAM decides, conflicts, overrides, checks."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.enums import EngagementModel
from deals import selectors
from deals.enums import DealState
from deals.models import ConflictCase, Deal, NamedAccount, PrecheckEntry
from deals.reasons import reason_text
from portal.shell.filters import SearchFilter
from portal.shell.lists import Action, Empty, ListPage, yes_no
from portal.shell.tables import (
    CodeColumn,
    DayColumn,
    DeadlineColumn,
    MomentColumn,
    MoneyColumn,
    SharikTable,
    StateColumn,
)
from tenancy.enums import Permission


class RefColumn(tables.Column):  # type: ignore[misc]
    """The deal's number as a link to its page; the customer stands below."""

    def __init__(self, *args: Any, page: str = "deals:deal", **kwargs: Any) -> None:
        self.page = page
        super().__init__(*args, **kwargs)

    def render(self, record: Any) -> str:
        deal: Deal = getattr(record, "deal", record)
        address = reverse(self.page, args=[deal.ref])
        name = deal.customer_name or "–"
        return format_html(
            '<a href="{}"><bdi dir="ltr">{}</bdi></a><div class="row-sub" dir="auto">{}</div>',
            address,
            deal.ref,
            name,
        )

    def value(self, record: Any) -> str:
        return str(getattr(record, "deal", record).ref)


class NameColumn(tables.Column):  # type: ignore[misc]
    def render(self, value: Any) -> str:
        return format_html("<bdi>{}</bdi>", value.label() if hasattr(value, "label") else value)

    def value(self, value: Any) -> str:
        return str(value)


class DealTable(SharikTable):
    ref = RefColumn(verbose_name=_("Deal"))
    customer_name = tables.Column(verbose_name=_("Customer"), visible=False)
    partner = NameColumn(verbose_name=_("Partner"), order_by="partner__name")
    value = MoneyColumn(verbose_name=pgettext_lazy("deal", "Value"), currency="currency")
    expected_close = DayColumn(verbose_name=_("Expected close"))
    decision_due_at = DeadlineColumn(verbose_name=_("Decision due"))
    protected_until = DayColumn(verbose_name=_("Protected until"))
    state = StateColumn(verbose_name=_("State"))


class DealFilter(filters.FilterSet):  # type: ignore[misc]
    search = SearchFilter("search_key", "partner__search_key")
    state = filters.ChoiceFilter(label=_("State"), choices=DealState.choices, empty_label=_("All"))
    engagement_model = filters.ChoiceFilter(
        label=_("Engagement model"), choices=EngagementModel.choices, empty_label=_("All")
    )

    class Meta:
        model = Deal
        fields: list[str] = []


class DealList(ListPage):
    title = _("Deals")
    subtitle = _("From registration to won or lost.")
    table_class = DealTable
    filter_class = DealFilter
    permission = Permission.VIEW_DEALS
    export_name = "deals"
    empty = Empty(_("No deals yet"), _("Registered deals appear here with their protection."), "briefcase")

    def rows(self) -> QuerySet[Any]:
        return selectors.deals_for(self.actor).order_by("-pk")

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("partner",)} if self.actor.is_partner else {}

    def actions(self) -> list[Action]:
        if not self.actor.can(Permission.REGISTER_DEALS):
            return []
        register = Action(_("Register a deal"), reverse("deals:new"))
        if not self.actor.can(Permission.RUN_IMPORTS):
            return [register]
        return [Action(_("Import"), f"{reverse('imports:new')}?kind=deals", "upload", plain=True), register]


class ReviewQueue(ListPage):
    title = _("Deals to decide")
    subtitle = _("The earliest deadline first.")
    table_class = DealTable
    filter_class = DealFilter
    permission = Permission.DECIDE_DEALS
    audience = "staff"
    empty = Empty(_("Nothing to decide"), _("New submissions of your partners appear here."), "checkbox")

    def rows(self) -> QuerySet[Any]:
        return selectors.to_decide(self.actor)

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("protected_until",)}


class CaseTable(SharikTable):
    deal = RefColumn(verbose_name=_("Deal"), page="deals:conflict", accessor="pk")
    partner = NameColumn(verbose_name=_("Partner"), accessor="deal__partner")
    outcome = tables.Column(verbose_name=_("Check"))
    proposed = tables.Column(verbose_name=_("By the rule"))
    decision = tables.Column(verbose_name=_("Decision"))
    opened_at = MomentColumn(verbose_name=_("Since"))
    state = StateColumn(verbose_name=_("State"))


class ConflictList(ListPage):
    title = _("Conflicts")
    subtitle = _("Deals that collide with something and wait for you.")
    table_class = CaseTable
    permission = Permission.DECIDE_DEALS
    audience = "staff"
    empty = Empty(_("No open conflict"), _("Deals that collide with others appear here."), "arrows-cross")

    def rows(self) -> QuerySet[Any]:
        return selectors.open_cases(self.actor).order_by("opened_at")

    def actions(self) -> list[Action]:
        return [Action(_("Decided against the rule"), reverse("deals:overrides"), "report", plain=True)]

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("decision", "state")}


class OverrideTable(SharikTable):
    deal = RefColumn(verbose_name=_("Deal"), page="deals:conflict", accessor="pk")
    proposed = tables.Column(verbose_name=_("By the rule"))
    decision = tables.Column(verbose_name=_("Decision"))
    reason = tables.Column(verbose_name=_("Reason"))
    text = tables.Column(verbose_name=_("Explanation"))
    decided_by = NameColumn(verbose_name=_("Decided by"))
    decided_at = MomentColumn(verbose_name=_("When"))

    def render_reason(self, value: str) -> str:
        return reason_text(value)


class OverrideList(ListPage):
    title = _("Decided against the rule")
    subtitle = _("Every conflict that was not decided as the rules of engagement say.")
    table_class = OverrideTable
    permission = Permission.DECIDE_DEALS
    audience = "staff"
    export_name = "overrides"
    empty = Empty(_("No overrides"), _("All conflicts were decided by the rules."), "report")

    def rows(self) -> QuerySet[ConflictCase]:
        return selectors.overrides_for(self.actor)

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Conflicts")), reverse("deals:conflicts"))]


class CheckTable(SharikTable):
    partner = NameColumn(verbose_name=_("Partner"), order_by="partner__name")
    membership = NameColumn(verbose_name=_("By"), orderable=False)
    asked = tables.Column(verbose_name=_("Customer"), orderable=False)
    result = tables.Column(verbose_name=_("Answer"))
    at = MomentColumn(verbose_name=_("When"))

    def render_asked(self, value: dict[str, Any]) -> str:
        words = [str(part) for name, part in value.items() if name != "products" and part]
        return format_html('<bdi dir="auto">{}</bdi>', " · ".join(words))


class CheckFilter(filters.FilterSet):  # type: ignore[misc]
    refused = filters.BooleanFilter(label=_("Over the limit"), widget=yes_no())

    class Meta:
        model = PrecheckEntry
        fields: list[str] = []


class CheckList(ListPage):
    title = _("Checks before registering")
    subtitle = _("Who asked about whom, against fishing. Over the limit nothing is answered.")
    table_class = CheckTable
    filter_class = CheckFilter
    permission = Permission.MANAGE_DEAL_RULES
    export_name = "checks"
    empty = Empty(_("No checks yet"), _("Each check of a partner is kept here."), "search")

    def rows(self) -> QuerySet[PrecheckEntry]:
        return selectors.prechecks_for(self.actor)

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Rules of engagement")), reverse("deals:rules"))]


class AccountTable(SharikTable):
    customer = NameColumn(verbose_name=_("Customer"), order_by="customer__name")
    code = CodeColumn(verbose_name=_("Customer number"), accessor="customer__code")
    city = tables.Column(verbose_name=_("City"))


class MyAccounts(ListPage):
    title = _("My accounts")
    subtitle = _("Customers that you look after. Deals that touch them are on the list of deals.")
    table_class = AccountTable
    permission = Permission.VIEW_DEALS
    audience = "staff"
    empty = Empty(_("No accounts"), _("The programme manager gives customers to direct sellers."), "building")

    def rows(self) -> QuerySet[NamedAccount]:
        return selectors.accounts_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("Deals that touch them"), reverse("deals:list"), "briefcase", plain=True)]
