"""Bank accounts: the partner's own page, and the operator's list where they are confirmed."""

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import DomainError, NotFound
from incentives.models import BankAccount
from incentives.payments import selectors, services
from incentives.payments.numbers import masked
from incentives.payments.people import is_same_person
from incentives.payments.reasons import REASONS, reason_text, remedy
from incentives.payments.rules import account_wait
from incentives.states import BankAccountState as State
from partners.selectors import partners_for
from portal.payments.forms import AccountForm, PartnerAccountForm, RefuseForm
from portal.payments.tables import AccountTable
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from tenancy.enums import Permission

OWN, CONFIRM = Permission.MANAGE_BANK_ACCOUNT, Permission.CONFIRM_BANK_ACCOUNT
_WORDS = {
    "withdrawn": _("Withdrawn by your company"),
    "replaced": _("Replaced by a later one"),
}


def why(account: BankAccount) -> Any:
    """Why an account is not used, in words."""
    if account.reason in REASONS:
        return reason_text(account.reason)
    return _WORDS.get(account.reason, account.reason)


@member_page(OWN, audience="partner")
def own(request: HttpRequest) -> HttpResponse:
    """The account in use, one that waits, and all earlier ones."""
    rows = list(selectors.accounts_for(actor_of_request(request)))
    context = {
        "title": _("Bank account"),
        "subtitle": _("Where your money goes. Each change is confirmed by the operator and told to you."),
        "active": next((row for row in rows if row.state == State.ACTIVE), None),
        "waiting": [row for row in rows if row.state in (State.SUBMITTED, State.CONFIRMED)],
        "refused": next((row for row in rows[:1] if row.reason in REASONS), None),
        "remedy": remedy(rows[0].reason) if rows else "",
        "earlier": [(row, why(row)) for row in rows if row.state in (State.RETIRED, State.REFUSED)],
        "rows": [(row, masked(row.iban)) for row in rows],
        "wait": account_wait(),
    }
    return render(request, "portal/payments/own_account.html", context)


class NewOwnAccount(FormPage):
    title = _("Enter a bank account")
    form_class = AccountForm
    permission = OWN
    audience = "partner"
    submit_label = _("Hand in")
    success = _("The account is handed in. The operator confirms it; until then nothing changes.")

    @property
    def subtitle(self) -> Any:  # type: ignore[override]
        text = _(
            "The operator confirms it. A change counts %(days)s days later; until then money goes to the old account."
        )
        return text % {"days": account_wait()}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("bank:own")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Bank account")), reverse("bank:own"))]

    def save(self, form: AccountForm) -> str:
        services.submit_account(self.actor, data=form.data_given())
        return reverse("bank:own")


@require_POST
@member_page(OWN, audience="partner")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    return _done(
        request,
        reverse("bank:own"),
        _("The account is withdrawn."),
        lambda: services.withdraw_account(actor, account_id=pk),
    )


class AccountFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label=_("State"), choices=State.choices, empty_label=_("All"))
    partner = filters.ModelChoiceFilter(
        label=_("Partner"),
        queryset=lambda request: partners_for(actor_of_request(request)).order_by("name"),
        empty_label=_("All"),
    )

    class Meta:
        model = BankAccount
        fields: list[str] = []


class AccountList(ListPage):
    title = _("Bank accounts")
    subtitle = _("What partners entered; you confirm that account and company belong together.")
    table_class = AccountTable
    filter_class = AccountFilter
    permission = CONFIRM
    audience = "staff"
    export_name = "bank-accounts"
    empty = Empty(_("No bank accounts yet"), _("Partners enter theirs; you are told then."), "building-bank")

    def rows(self) -> QuerySet[BankAccount]:
        return selectors.accounts_for(self.actor)

    def actions(self) -> list[Action]:
        if not self.actor.can(Permission.MANAGE_PAYMENTS):
            return []
        return [Action(_("Enter an account for a partner"), reverse("bank:new"))]


class NewAccount(FormPage):
    title = _("Enter an account for a partner")
    subtitle = _("From a signed form, for example. Another person of finance confirms it.")
    form_class = PartnerAccountForm
    permission = Permission.MANAGE_PAYMENTS
    audience = "staff"
    submit_label = _("Hand in")

    def form_kwargs(self) -> dict[str, Any]:
        rows = partners_for(self.actor).order_by("name")
        return {"partners": [(row.pk, f"{row} ({row.code})") for row in rows]}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("bank:list")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Bank accounts")), reverse("bank:list"))]

    def save(self, form: PartnerAccountForm) -> str:
        partner_id = int(form.cleaned_data["partner"])
        made = services.submit_account(self.actor, data=form.data_given(), partner_id=partner_id)
        return reverse("bank:account", args=[made.pk])


@member_page(CONFIRM, audience="staff")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account with its whole number, what it would replace, and who else has it."""
    actor = actor_of_request(request)
    found = selectors.get_account(actor, pk)
    before = selectors.accounts_for(actor).filter(partner_id=found.partner_id).exclude(pk=pk)
    context = {
        "title": str(found.partner),
        "account": found,
        "number": selectors.number_shown(actor, found),
        "why": why(found),
        "others": [(row, masked(row.iban)) for row in before],
        "sharers": selectors.sharers(actor, found),
        "own": is_same_person(actor, found.submitted_by_id),
        "open": found.state == State.SUBMITTED,
        "may_refuse": found.state in (State.SUBMITTED, State.CONFIRMED, State.ACTIVE),
        "form": RefuseForm(),
        "wait": account_wait(),
        "crumbs": [(_("Bank accounts"), reverse("bank:list"))],
    }
    return render(request, "portal/payments/account.html", context)


@require_POST
@member_page(CONFIRM, audience="staff")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    return _done(
        request,
        reverse("bank:account", args=[pk]),
        _("The account is confirmed; the partner is told."),
        lambda: services.confirm_account(actor, account_id=pk),
    )


@require_POST
@member_page(CONFIRM, audience="staff")
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    actor, reason = actor_of_request(request), request.POST.get("reason", "")
    return _done(
        request,
        reverse("bank:account", args=[pk]),
        _("The account is refused; the partner is told why."),
        lambda: services.refuse_account(actor, account_id=pk, reason=reason),
    )


def _done(request: HttpRequest, address: str, text: Any, work: Any) -> HttpResponse:
    try:
        with transaction.atomic():
            work()
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, text)
    return HttpResponseRedirect(address)
