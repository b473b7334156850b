"""What is owed: a partner's account movement by movement, and for finance everybody's balance."""

from typing import Any

import django_tables2 as tables
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incentives.statements.balance import Account, Movement, Owed, account_statement, owed_by_partner
from partners.selectors import get_partner, own_company
from portal.shell.access import actor_of_request, member_page
from portal.shell.lists import Empty, ListPage
from portal.shell.tables import MomentColumn, MoneyColumn, NumberColumn, PeriodColumn, SharikTable
from tenancy.enums import Permission

LEDGER = Permission.VIEW_LEDGER


class MovementTable(SharikTable):
    kind = tables.Column(verbose_name=_("What"), orderable=False)
    at = MomentColumn(verbose_name=_("When"), orderable=False)
    period = PeriodColumn(verbose_name=_("Period"), orderable=False)
    amount = MoneyColumn(verbose_name=_("Amount"), orderable=False)
    balance = MoneyColumn(verbose_name=_("Balance"), orderable=False)

    def render_kind(self, value: str, record: Movement) -> str:
        name = format_html('<span class="row-title">{}</span>', value)
        if record.path:
            return format_html('<a href="{}">{} <bdi dir="ltr">{}</bdi></a>', record.path, name, record.text)
        return format_html('{} <span class="row-sub"><bdi dir="ltr">{}</bdi></span>', name, record.text)

    def value_kind(self, value: str, record: Movement) -> str:
        return f"{value} {record.text}".strip()


class Movements(ListPage):
    """One partner's account. The newest movement stands first, each with the balance after it."""

    title = _("Account")
    table_class = MovementTable
    permission = LEDGER
    template_name = "portal/balance/account.html"
    export_name = "account"
    empty = Empty(
        _("No movements yet"),
        _("With the first approved statement the account begins: what is owed, what was paid, what is left."),
        "report-money",
    )
    account: Account

    def rows(self) -> Any:
        partner = get_partner(self.actor, self.kwargs["code"])
        self.account = account_statement(self.actor, partner.pk)
        return list(self.account.movements)

    def crumbs(self) -> list[tuple[str, str]]:
        return [] if self.actor.is_partner else [(str(_("Partner accounts")), reverse("balance:list"))]

    def extra(self) -> dict[str, Any]:
        return {"account": self.account, "partner": self.account.partner}


@member_page(LEDGER, audience="partner")
def own(request: HttpRequest) -> HttpResponseBase:
    """The own company's account."""
    answer: HttpResponseBase = Movements.as_view()(request, code=own_company(actor_of_request(request)).code)
    return answer


class OwedTable(SharikTable):
    partner = tables.Column(verbose_name=_("Partner"), orderable=False)
    movements = NumberColumn(verbose_name=_("Movements"))
    balance = MoneyColumn(verbose_name=_("Owed now"))

    def render_partner(self, record: Owed) -> str:
        url = reverse("balance:partner", args=[record.partner.code])
        return format_html('<a class="row-title" href="{}" dir="auto">{}</a>', url, record.partner)

    def value_partner(self, record: Owed) -> str:
        return str(record.partner)


class BalanceList(ListPage):
    title = _("Partner accounts")
    subtitle = _("What the ledger says is owed to each partner now.")
    table_class = OwedTable
    permission = LEDGER
    audience = "staff"
    export_name = "partner-accounts"
    empty = Empty(
        _("Nothing is owed yet"), _("Balances appear with the first approved settlement."), "report-money"
    )

    def rows(self) -> Any:
        return owed_by_partner(self.actor)
