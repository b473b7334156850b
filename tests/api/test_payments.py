"""Paying out over HTTP: accounts, batches, the file, the bank's answer."""

import hashlib

import pytest

from tests.api.kit import Caller, caller
from tests.incentives.payments.kit import (
    answer,
    iban,
    line,
    make_run,
    open_account,
    owe,
    second_finance,
    set_payer,
)
from tests.incentives.payments.schema import faults
from tests.kit.world import Tenant


@pytest.fixture
def owing(alpha: Tenant) -> Tenant:
    second_finance(alpha)
    with alpha.scope():
        set_payer()
        run = make_run(alpha)
        open_account(alpha, "p1", 11)
        owe(alpha, run, "p1", 1234)
    return alpha


@pytest.fixture
def finance(owing: Tenant) -> Caller:
    return caller(owing, "channel_finance")


@pytest.fixture
def second(owing: Tenant) -> Caller:
    return caller(owing, "channel_finance_2")


def test_a_pay_day_over_http(owing: Tenant, finance: Caller, second: Caller) -> None:
    made = finance.post("payment-batches/", {"execute_on": "2099-01-05"}, Idempotency_Key="k")
    assert (made.status, made.body["count"]) == (201, 1)
    assert (
        finance.post("payment-batches/", {"execute_on": "2099-01-05"}, Idempotency_Key="k").body == made.body
    )
    path = f"payment-batches/{made.body['id']}/"
    money = {"amount": "12.34", "currency": "USD"}
    assert made.body["total"] == money
    assert finance.post(f"{path}approve/", {"total": money, "count": 1}).status == 403
    wrong = second.post(f"{path}approve/", {"total": {**money, "amount": "12.35"}, "count": 1})
    assert (wrong.status, wrong.body["code"]) == (409, "total_differs")
    assert finance.post(f"{path}export/").body["code"] == "invalid_transition"
    assert second.post(f"{path}approve/", {"total": money, "count": 1}).body["state"] == "approved"
    file = finance.post(f"{path}export/").body
    assert faults(file["content"].encode()) == []
    assert file["digest"] == hashlib.sha256(file["content"].encode()).hexdigest()
    assert second.post(f"{path}export/").body == file
    with owing.scope():
        [payment] = finance.get("payments/?state=exported").body["results"]
    content = answer(made.body["message_id"], [line(payment["end_to_end_id"], "ACSC", reference="R9")])
    said = {"name": "r.xml", "content": content.decode()}
    result = finance.post(f"{path}response/", said)
    assert (result.status, result.body["counts"], result.body["again"]) == (200, {"paid": 1}, False)
    assert finance.post(f"{path}response/", said).body["again"] is True
    mine = caller(owing, "partner_finance@p1").get("payments/").body["results"]
    assert [(row["state"], row["bank_reference"], row["account"]) for row in mine] == [
        ("paid", "R9", "AE•• •••• 0011")
    ]


def test_accounts_over_http(owing: Tenant, finance: Caller) -> None:
    owner, other = caller(owing, "partner_owner@p2"), caller(owing, "partner_owner@p1")
    wrong = owner.post("bank-accounts/", {"holder": "Two", "iban": "AE12"})
    assert wrong.status == 400
    assert [error["field"] for error in wrong.body["errors"]] == ["iban"]
    made = owner.post("bank-accounts/", {"holder": "Two", "iban": iban(22)})
    assert (made.status, made.body["iban"], made.body["state"]) == (201, "AE•• •••• 0022", "submitted")
    path = f"bank-accounts/{made.body['id']}/"
    assert other.get(path).status == other.post(f"{path}withdraw/").status == 404
    assert owner.post(f"{path}confirm/").status == 403
    assert finance.get(path).body["iban"].replace(" ", "") == iban(22)
    assert finance.post(f"{path}refuse/", {"reason": ""}).status == 400
    assert finance.post(f"{path}confirm/").body["state"] == "active"
    assert owner.post(f"{path}withdraw/").body["code"] == "in_use"
    assert caller(owing, "pam").get("bank-accounts/").status == 403
    made = finance.post("bank-accounts/", {"holder": "Sub", "iban": iban(33), "partner": "p1sub"})
    assert made.body["partner"] == "p1sub"
    assert finance.post(f"bank-accounts/{made.body['id']}/confirm/").status == 403
    assert (
        finance.post("bank-accounts/", {"holder": "x", "iban": iban(34), "partner": "nobody"}).status == 404
    )


def test_others_see_nothing(owing: Tenant, beta: Tenant, finance: Caller) -> None:
    batch = finance.post("payment-batches/", {}).body
    [payment] = finance.get("payments/").body["results"]
    for name, status in [("partner_owner@p1", 404), ("pam", 403), ("partner_seller@p1", 403)]:
        assert caller(owing, name).get(f"payment-batches/{batch['id']}/").status == status
    assert caller(owing, "partner_owner@p2").get(f"payments/{payment['id']}/").status == 404
    stranger = caller(beta, "channel_finance")
    for path in (f"payments/{payment['id']}/", f"payment-batches/{batch['id']}/"):
        assert stranger.get(path).status == 404
    for verb in ("export", "approve", "response", "cancel"):
        body = {"total": {"amount": "1", "currency": "IRR"}, "count": 1} if verb == "approve" else None
        body = {"reason": "x"} if verb == "cancel" else {"content": "<a/>"} if verb == "response" else body
        assert stranger.post(f"payment-batches/{batch['id']}/{verb}/", body).status == 404
    assert caller(owing, "channel_finance", "payments:read").post("payment-batches/", {}).status == 403
