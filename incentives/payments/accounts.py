"""Bank accounts of partners: entered by one, confirmed by another, used after a wait; never changed, only replaced.

A new number is a new row. Until it is active the old one stays in use, so that whoever breaks into a partner's login gains
nothing before the partner's owner, who is told at each step, can withdraw it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError, NotFound
from common.text import clean_line
from incentives.models import BankAccount
from incentives.payments.latin import is_latin
from incentives.payments.numbers import bank_name_of, bic_of, iban_of
from incentives.payments.people import is_same_person
from incentives.payments.rules import ACCOUNT, account_wait
from incentives.payments.telling import (
    ACTIVE,
    CONFIRMED,
    REFUSED,
    SUBMITTED,
    WITHDRAWN,
    ask_confirmation,
    tell_partner,
)
from incentives.states import BankAccountState as State
from partners.models import Partner
from tenancy import outbox
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import move, note
from workflow.timers import on_timer, schedule

TIMER = "payments.account_due"
#: Emitted with ``partner_id`` when an account of the partner can be paid to.
USABLE = "bank.confirmed"
_OPEN = (State.SUBMITTED, State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class AccountData:
    """What a partner says of its account, as typed."""

    holder: str
    iban: str
    bic: str = ""
    bank_name: str = ""
    holder_latin: str = ""


def submit_account(actor: Actor, *, data: AccountData, partner_id: int | None = None) -> BankAccount:
    """Enter an account for the own company, or as the operator's finance for ``partner_id``.

    It replaces another one that waits for confirmation. Raises ``InputError`` at the field that is wrong, ``Conflict`` for the
    account that is in use already.
    """
    account = BankAccount(partner_id=_whose(actor, partner_id), **_checked(data))
    account.submitted_by_id = actor.membership_id
    if _of(account.partner_id).filter(iban=account.iban, state__in=[*_OPEN, State.ACTIVE]).exists():
        raise Conflict("same_account", _("This account is entered already."), "iban")
    _withdraw_open(actor, account.partner_id, [State.SUBMITTED], "replaced")
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("changed_meanwhile", _("Somebody entered an account at the same moment.")) from error
    note(actor, account, "", State.SUBMITTED)
    tell_partner(SUBMITTED, account)
    ask_confirmation(account)
    return account


def _whose(actor: Actor, partner_id: int | None) -> int:
    if actor.is_partner:
        actor.require(Permission.MANAGE_BANK_ACCOUNT)
        if actor.partner_id is None or partner_id not in (None, actor.partner_id):
            raise NotFound()
        return actor.partner_id
    actor.require(Permission.MANAGE_PAYMENTS)
    if partner_id is None or not Partner.objects.filter(pk=partner_id).exists():
        raise NotFound()
    return partner_id


def _checked(data: AccountData) -> dict[str, str]:
    holder, latin = clean_line(data.holder), clean_line(data.holder_latin)
    if not holder:
        raise InputError("required", _("Write the account holder as the bank does."), "holder")
    if len(holder) > 140:
        raise InputError("too_long", _("At most %(most)s characters."), "holder", {"most": 140})
    if not is_latin(latin) or len(latin) > 70:
        text = _("Use Latin letters, digits and simple signs, at most 70.")
        raise InputError("not_latin", text, "holder_latin")
    iban = iban_of(data.iban)
    return {
        "holder": holder,
        "holder_latin": latin,
        "iban": iban,
        "bic": bic_of(data.bic, iban),
        "bank_name": clean_line(data.bank_name)[:140] or bank_name_of(iban),
    }


def confirm_account(actor: Actor, *, account_id: int) -> BankAccount:
    """The operator's finance confirms what somebody else entered. The first account counts at once, a later one after the wait."""
    actor.require(Permission.CONFIRM_BANK_ACCOUNT)
    account = _locked(account_id)
    if is_same_person(actor, account.submitted_by_id):
        raise Forbidden("second_person", _("Whoever entered the account cannot confirm it."))
    account.confirmed_by_id = actor.membership_id
    if not _of(account.partner_id).filter(active_from__lte=timezone.now()).exists():
        ACCOUNT.check(account.state, State.ACTIVE)
        return _activate(actor, account)
    ACCOUNT.check(account.state, State.CONFIRMED)
    _withdraw_open(actor, account.partner_id, [State.CONFIRMED], "replaced")
    account.active_from = timezone.now() + timedelta(days=account_wait())
    move(actor, account, State.CONFIRMED, ACCOUNT, save=["confirmed_by", "active_from"])
    schedule(TIMER, account, account.active_from)
    day = timezone.localtime(account.active_from, actor.operator.zone).date()
    tell_partner(CONFIRMED, account, day=day.isoformat())
    return account


def refuse_account(actor: Actor, *, account_id: int, reason: str) -> BankAccount:
    """The operator's finance does not take an account; the partner is told why."""
    actor.require(Permission.CONFIRM_BANK_ACCOUNT)
    account = _locked(account_id)
    account.reason = clean_line(reason)[:200]
    move(actor, account, State.REFUSED, ACCOUNT, text=account.reason, save=["reason"])
    tell_partner(REFUSED, account, reason=account.reason)
    return account


def withdraw_account(actor: Actor, *, account_id: int) -> BankAccount:
    """The partner takes back an account that is not in use yet ("that was none of us")."""
    actor.require(Permission.MANAGE_BANK_ACCOUNT)
    account = _locked(account_id)
    if account.partner_id != actor.partner_id:
        raise NotFound()
    if account.state not in _OPEN:
        raise Conflict("in_use", _("Only an account that is not in use yet can be withdrawn."))
    account.reason = "withdrawn"
    move(actor, account, State.REFUSED, ACCOUNT, reason="withdrawn", save=["reason"])
    tell_partner(WITHDRAWN, account)
    return account


def refuse_by_bank(actor: Actor, account: BankAccount, code: str) -> None:
    """The bank says that the account cannot take money: it is not used any more. Nothing happens where it is not active."""
    if account.state == State.ACTIVE:
        account.reason = code
        move(actor, account, State.REFUSED, ACCOUNT, reason=code, save=["reason"])


@on_timer(TIMER)
def account_due(actor: Actor, account_id: int, _payload: dict[str, Any]) -> None:
    """The wait is over: the new account takes the old one's place."""
    account = BankAccount.objects.select_for_update().filter(pk=account_id, state=State.CONFIRMED).first()
    if account and account.active_from and account.active_from <= timezone.now():
        _activate(actor, account)


def _activate(actor: Actor, account: BankAccount) -> BankAccount:
    for old in _of(account.partner_id).filter(state=State.ACTIVE).select_for_update():
        move(actor, old, State.RETIRED, ACCOUNT)
    account.active_from = timezone.now()
    move(actor, account, State.ACTIVE, ACCOUNT, save=["confirmed_by", "active_from"])
    tell_partner(ACTIVE, account)
    outbox.emit(USABLE, {"partner_id": account.partner_id})
    return account


@outbox.on("partners.onboarding_started")
def tell_usable(actor: Actor, payload: dict[str, Any]) -> None:
    """A partner that is taken on may have an account already."""
    if _of(payload["partner_id"]).filter(state=State.ACTIVE).exists():
        outbox.emit(USABLE, {"partner_id": payload["partner_id"]})


def _withdraw_open(actor: Actor, partner_id: int, states: list[State], reason: str) -> None:
    for old in _of(partner_id).filter(state__in=states).select_for_update():
        old.reason = reason
        move(actor, old, State.REFUSED, ACCOUNT, text=reason, save=["reason"])


def _of(partner_id: int) -> Any:
    return BankAccount.objects.filter(partner_id=partner_id)


def _locked(account_id: int) -> BankAccount:
    account: BankAccount | None = BankAccount.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise NotFound()
    return account
