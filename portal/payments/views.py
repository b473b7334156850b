"""What is to be paid, and the list of payments (of the operator, a book, or the own company)."""

from decimal import Decimal
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from common.money import from_minor
from incentives.models import Payment
from incentives.payments import selectors
from incentives.payments.enums import Block
from incentives.payments.selectors import Payable
from incentives.settlement.options import minimum_payout
from incentives.states import PaymentState
from partners.selectors import partners_for
from portal.payments.figures import charts
from portal.payments.forms import PrepareForm
from portal.payments.tables import PaymentTable
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.lists import Empty, ListPage
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Rows that the page of what is to be paid lists; "all" takes those beyond as well.
MOST = 300


def _partners(request: HttpRequest) -> Any:
    return partners_for(actor_of_request(request)).order_by("name")


class PaymentFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label=_("State"), choices=PaymentState.choices, empty_label=_("All"))
    partner = filters.ModelChoiceFilter(label=_("Partner"), queryset=_partners, empty_label=_("All"))

    class Meta:
        model = Payment
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor_of_request(kwargs["request"]).is_partner:
            del self.filters["partner"]


class PaymentList(ListPage):
    title = _("Payments")
    table_class = PaymentTable
    filter_class = PaymentFilter
    permission = Permission.VIEW_STATEMENTS
    export_name = "payments"
    empty = Empty(
        _("No payments yet"),
        _("When a settlement is approved, what it pays out appears here with its way through the bank."),
        "cash",
    )

    @property
    def subtitle(self) -> Any:  # type: ignore[override]
        if self.actor.is_partner:
            return _("What was paid to you, when, to which account, and with which bank reference.")
        return _("Every attempt to pay a statement, and what the bank said.")

    def rows(self) -> QuerySet[Payment]:
        return selectors.payments_for(self.actor)

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("partner",)} if self.actor.is_partner else {}


@member_page(Permission.VIEW_PAYMENTS, audience="staff")
def due(request: HttpRequest) -> HttpResponse:
    """What waits, what stands in the way, what rolls on; from here a batch is prepared."""
    actor, formats = actor_of_request(request), formats_of(request)
    rows = sorted(selectors.payables(actor), key=lambda row: bool(row.block))
    ready = [row for row in rows if row.ready]
    blocked = [row for row in rows if not row.ready]
    context = {
        "title": _("To be paid"),
        "subtitle": _("What approved settlements owe to partners and the bank does not have yet."),
        "rows": [(row, Block(row.block).label if row.block else "") for row in rows[:MOST]],
        "more": max(len(rows) - MOST, 0),
        "ready_count": len(ready),
        "ready_total": _total(actor, ready),
        "blocked_count": len(blocked),
        "blocked_total": _total(actor, blocked),
        "rolling": selectors.rolling(actor)[:MOST],
        "minimum": minimum_payout(),
        "form": PrepareForm(
            calendar=actor.operator.days, initial={"execute_on": selectors.today(actor), "format": "pain001"}
        ),
        "may_prepare": actor.can(Permission.MANAGE_PAYMENTS),
        "charts": charts(actor, formats),
    }
    return render(request, "portal/payments/due.html", context)


def _total(actor: Actor, rows: list[Payable]) -> Decimal:
    return from_minor(sum(row.payment.amount for row in rows), actor.operator.currency)
