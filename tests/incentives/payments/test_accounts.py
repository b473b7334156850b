"""Bank accounts: two people, a wait, a way back for the partner; nobody reads more of a number than needed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from common.errors import Conflict, DomainError, Forbidden, InputError, NotFound
from incentives.models import BankAccount
from incentives.payments.accounts import (
    AccountData,
    confirm_account,
    refuse_account,
    submit_account,
    withdraw_account,
)
from incentives.payments.selectors import accounts_for, get_account, number_shown, sharers
from incentives.states import BankAccountState as State
from tenancy.models import OutboxEvent
from tests.incentives.payments.kit import iban, is_shut, open_account, second_finance
from tests.kit.world import Tenant
from workflow.notices import TOPIC
from workflow.states import history
from workflow.timers import fire_due

OWNER, FINANCE = "partner_owner@p1", "channel_finance"


def enter(tenant: Tenant, number: int, who: str = OWNER) -> BankAccount:
    with tenant.scope(who):
        return submit_account(tenant.actors[who], data=AccountData("Partner One LLC", iban(number)))


def states(tenant: Tenant) -> dict[str, str]:
    """Last digits of each account of the operator and its state."""
    with tenant.scope():
        return {row.iban[-2:]: row.state for row in BankAccount.objects.all()}


def kinds(tenant: Tenant) -> list[str]:
    with tenant.scope():
        return [event.payload["kind"] for event in OutboxEvent.objects.filter(topic=TOPIC).order_by("id")]


def test_the_first_account_counts_when_the_operator_confirms_it(alpha: Tenant) -> None:
    account = enter(alpha, 11)
    with alpha.scope(FINANCE):
        confirm_account(alpha.actors[FINANCE], account_id=account.pk)
    with alpha.scope(OWNER):
        account = get_account(alpha.actors[OWNER], account.pk)
        assert account.state == State.ACTIVE
        assert [each.target for each in history(account)] == ["submitted", "active"]
    assert kinds(alpha) == [
        "payments.account_submitted",
        "payments.account_to_confirm",
        "payments.account_active",
    ]


def test_a_change_waits_and_the_old_account_stays_in_use(alpha: Tenant) -> None:
    with alpha.scope():
        open_account(alpha, "p1", 11)
    changed = enter(alpha, 22, "partner_finance@p1")
    with alpha.scope(FINANCE):
        changed = confirm_account(alpha.actors[FINANCE], account_id=changed.pk)
        assert changed.active_from is not None
        assert timedelta(days=9) < changed.active_from - timezone.now() < timedelta(days=11)
    assert states(alpha) == {"11": "active", "22": "confirmed"}
    with alpha.scope():
        assert fire_due(alpha.system, now=timezone.now() + timedelta(days=9)) == 0
    with alpha.scope():
        BankAccount.objects.filter(pk=changed.pk).update(active_from=timezone.now())
        assert fire_due(alpha.system, now=timezone.now() + timedelta(days=11)) == 1
    assert states(alpha) == {"11": "retired", "22": "active"}
    with alpha.scope():
        assert fire_due(alpha.system, now=timezone.now() + timedelta(days=20)) == 0


def test_a_thief_gains_nothing_before_the_owner_withdraws(alpha: Tenant) -> None:
    with alpha.scope():
        open_account(alpha, "p1", 11)
    stolen = enter(alpha, 66, "partner_finance@p1")
    with alpha.scope(FINANCE):
        confirm_account(alpha.actors[FINANCE], account_id=stolen.pk)
    with alpha.scope(OWNER):
        withdraw_account(alpha.actors[OWNER], account_id=stolen.pk)
    with alpha.scope():
        fire_due(alpha.system, now=timezone.now() + timedelta(days=11))
    assert states(alpha) == {"11": "active", "66": "refused"}
    assert kinds(alpha)[-1] == "payments.account_withdrawn"


def test_the_second_entry_replaces_the_one_that_waits(alpha: Tenant) -> None:
    enter(alpha, 11)
    enter(alpha, 22)
    assert states(alpha) == {"11": "refused", "22": "submitted"}
    with pytest.raises(Conflict, match="entered already"):
        enter(alpha, 22)


def test_who_enters_does_not_confirm(alpha: Tenant) -> None:
    second_finance(alpha)
    actor, other = alpha.actors[FINANCE], alpha.actors["channel_finance_2"]
    with alpha.scope(FINANCE):
        data = AccountData("Paper form", iban(11))
        account = submit_account(actor, data=data, partner_id=alpha.partners["p1"].pk)
        with pytest.raises(Forbidden):
            confirm_account(actor, account_id=account.pk)
    with alpha.scope("channel_finance_2"):
        assert confirm_account(other, account_id=account.pk).state == State.ACTIVE
    with alpha.scope(OWNER), pytest.raises(Forbidden):
        confirm_account(alpha.actors[OWNER], account_id=account.pk)


def test_a_refusal_needs_a_reason_and_ends_the_account(alpha: Tenant) -> None:
    account = enter(alpha, 11)
    with alpha.scope(FINANCE):
        with pytest.raises(InputError):
            refuse_account(alpha.actors[FINANCE], account_id=account.pk, reason=" ")
        refuse_account(alpha.actors[FINANCE], account_id=account.pk, reason="Another company's account")
        with pytest.raises(Conflict):
            confirm_account(alpha.actors[FINANCE], account_id=account.pk)
    assert states(alpha) == {"11": "refused"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"holder": " "}, "holder"),
        ({"holder": "x" * 141}, "holder"),
        ({"holder_latin": "شرکت"}, "holder_latin"),
        ({"iban": "AE080331234567890123456"}, "iban"),
        ({"bic": "DEUTDEFF"}, "bic"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(alpha: Tenant, fields: dict[str, str], field: str) -> None:
    given = {"holder": "One", "iban": iban(1)} | fields
    with alpha.scope(OWNER), pytest.raises(InputError) as refused:
        submit_account(alpha.actors[OWNER], data=AccountData(**given))
    assert refused.value.field == field


def test_accounts_are_seen_by_their_company_and_by_the_operators_finance_only(
    alpha: Tenant, beta: Tenant
) -> None:
    account = enter(alpha, 11)
    with alpha.scope("partner_owner@p2"):
        assert list(accounts_for(alpha.actors["partner_owner@p2"])) == []
        assert not BankAccount.objects.exists()
    with alpha.scope("pam"):
        assert is_shut(BankAccount)
        with pytest.raises(Forbidden):
            accounts_for(alpha.actors["pam"])
    with beta.scope(FINANCE), pytest.raises(NotFound):
        get_account(beta.actors[FINANCE], account.pk)
    for who, shown in [(OWNER, "AE•• •••• 0011"), (FINANCE, f"{iban(11)[:4]} 0000 0000 0000 0000 011")]:
        with alpha.scope(who):
            assert number_shown(alpha.actors[who], get_account(alpha.actors[who], account.pk)) == shown


def test_finance_sees_who_else_has_the_number(alpha: Tenant) -> None:
    first, second = enter(alpha, 11), enter(alpha, 11, "partner_owner@p2")
    with alpha.scope(FINANCE):
        found = sharers(alpha.actors[FINANCE], second)
    assert [each.pk for each in found] == [first.pk]


@pytest.mark.parametrize("who", ["partner_seller@p1", "partner_technician@p1", "pam", "executive"])
def test_others_enter_no_account(alpha: Tenant, who: str) -> None:
    with alpha.scope(who), pytest.raises(DomainError):
        submit_account(
            alpha.actors[who], data=AccountData("One", iban(1)), partner_id=alpha.partners["p1"].pk
        )


@pytest.mark.parametrize(
    "change",
    [{"state": "active"}, {"iban": "AE1"}, {"active_from": timezone.now()}, {"confirmed_by_id": 1}],
)
def test_the_database_lets_a_partner_only_withdraw(alpha: Tenant, change: dict[str, Any]) -> None:
    account = enter(alpha, 11)
    with alpha.scope(OWNER):
        for update in (change, change | {"state": "refused"} if "state" not in change else change):
            with pytest.raises(DatabaseError), transaction.atomic():
                BankAccount.objects.filter(pk=account.pk).update(**update)
        with pytest.raises(DatabaseError), transaction.atomic():
            BankAccount.objects.create(
                partner=alpha.partners["p1"], holder="x", iban=iban(3), state=State.ACTIVE
            )
    with alpha.scope(), pytest.raises(DatabaseError), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(holder="Somebody else")
