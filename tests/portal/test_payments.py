"""Pages of paying out: from what is owed to the bank's answer, and accounts from entry to use."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incentives.models import BankAccount, Payment, PaymentBatch
from incentives.payments.batches import prepare_batch
from tests.incentives.payments.kit import (
    answer,
    exported,
    iban,
    line,
    make_run,
    open_account,
    owe,
    second_finance,
    set_payer,
)
from tests.kit.world import Tenant

FINANCE, SECOND = "channel_finance", "channel_finance_2"


@pytest.fixture
def owing(alpha: Tenant) -> Tenant:
    second_finance(alpha)
    with alpha.scope():
        set_payer()
        run = make_run(alpha)
        open_account(alpha, "p1", 11)
        owe(alpha, run, "p1", 1234)
        owe(alpha, run, "p2", 5000)
    return alpha


def text(client: Client, path: str, **data: Any) -> str:
    """A page, or the page after a form was sent."""
    found = client.post(path, data, follow=True) if data else client.get(path)
    assert found.status_code == 200, (path, found.status_code)
    return str(found.content.decode())


def only_batch(tenant: Tenant) -> PaymentBatch:
    with tenant.scope():
        found: PaymentBatch = PaymentBatch.objects.get()
        return found


def test_a_pay_day_in_the_browser(owing: Tenant) -> None:
    first, second = owing.client(FINANCE), owing.client(SECOND)
    page = text(first, "/payments/due/")
    assert "12.34" in page and "50.00" in page and "No confirmed bank account" in page
    page = text(first, "/payments/prepare/", which="all", format="pain001", execute_on="2099-01-05")
    assert "another person of finance approves it" in page
    batch = only_batch(owing)
    address = f"/payments/batches/{batch.pk}/"
    question = r'data-confirm-text="B-[^"<>]*12\.34[^"<>]*" data-confirm-button'
    assert re.search(question, text(second, address))
    assert "cannot approve it" in text(first, f"{address}approve/", total=1234, count=1)
    assert "Look again" in text(second, f"{address}approve/", total=1235, count=1)
    assert "The batch is approved" in text(second, f"{address}approve/", total=1234, count=1)
    one, two = (client.post(f"{address}file/") for client in (first, second))
    assert one.content == two.content
    assert one["Content-Disposition"] == f'attachment; filename="{batch.message_id}.xml"'
    with owing.scope():
        key = batch.payments.values_list("end_to_end_id", flat=True)[0]
    content = answer(batch.message_id, [line(key, "RJCT", reason="AC04"), line("S0", "ACSC")])
    page = text(first, f"{address}response/", file=SimpleUploadedFile("r.xml", content))
    assert "The account is closed." in page and "Unknown reference" in page
    again = text(first, "/payments/responses/", file=SimpleUploadedFile("r.xml", content))
    assert "brought in before" in again
    assert "the bank refused the one before" in text(first, "/payments/due/")


def test_a_picked_batch_and_its_end(owing: Tenant) -> None:
    client = owing.client(FINANCE)
    form = {"which": "picked", "format": "csv", "execute_on": "2099-01-05"}
    assert "Tick at least one" in text(client, "/payments/prepare/", **form)
    with owing.scope():
        good, bad = Payment.objects.order_by("amount").values_list("pk", flat=True)
    assert "cannot be paid now" in text(client, "/payments/prepare/", **form, payment=[good, bad])
    text(client, "/payments/prepare/", **form, payment=[good])
    batch = only_batch(owing)
    assert "Give a reason" in text(client, f"/payments/batches/{batch.pk}/cancel/", reason="")
    assert "cancelled" in text(client, f"/payments/batches/{batch.pk}/cancel/", reason="Wrong day")
    with owing.scope():
        assert set(Payment.objects.values_list("state", flat=True)) == {"payable"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<a/>", "not a pain.002"),
        (b"a,b\n1,2\n", "needs the columns"),
        (answer("OTHER"), "answers another batch"),
    ],
)
def test_a_wrong_response_is_refused_in_the_form(owing: Tenant, content: bytes, said: str) -> None:
    batch = exported(owing)
    client = owing.client(FINANCE)
    found = client.post(f"/payments/batches/{batch.pk}/response/", {"file": SimpleUploadedFile("r", content)})
    assert found.status_code == 422
    assert said in found.content.decode()


def test_a_response_to_nobody_is_shown_where_it_was_brought_in(owing: Tenant) -> None:
    content = answer("ELSEWHERE", [line("X1", "ACSC")])
    page = text(owing.client(FINANCE), "/payments/responses/", file=SimpleUploadedFile("r.xml", content))
    assert "X1" in page and "Unknown reference" in page


def test_a_partner_enters_withdraws_and_reads(owing: Tenant) -> None:
    owner = owing.client("partner_owner@p1")
    assert "AE•• •••• 0011" in text(owner, "/bank-account/")
    wrong = owner.post("/bank-account/new/", {"holder": "One", "iban": "AE00 1"})
    assert wrong.status_code == 422 and "One" in wrong.content.decode()
    page = text(owner, "/bank-account/new/", holder="One LLC", iban=iban(77))
    assert "handed in" in page and iban(77) not in page
    with owing.scope():
        pk = BankAccount.objects.get(iban=iban(77)).pk
    assert "withdrawn" in text(owner, f"/bank-account/{pk}/withdraw/", go=1)
    exported(owing)
    page = text(owner, "/payments/")
    assert "12.34" in page and "50.00" not in page and "AE•• •••• 0011" in page


def test_finance_confirms_and_refuses(owing: Tenant) -> None:
    owner, finance = owing.client("partner_finance@p2"), owing.client(FINANCE)
    text(owner, "/bank-account/new/", holder="Two LLC", iban=iban(11))
    with owing.scope():
        pk = BankAccount.objects.get(partner=owing.partners["p2"]).pk
    page = text(finance, f"/bank-accounts/{pk}/")
    assert "Other partners have the same account number" in page
    assert iban(11)[:4] in page
    assert iban(11) not in text(finance, "/bank-accounts/")
    assert "Give a reason" in text(finance, f"/bank-accounts/{pk}/refuse/", reason="")
    text(finance, f"/bank-accounts/{pk}/refuse/", reason="Number of another company")
    assert "Number of another company" in text(owner, "/bank-account/")
    page = text(finance, "/bank-accounts/new/", partner=owing.partners["p2"].pk, holder="Two", iban=iban(22))
    assert "another person of finance confirms it" in page
    with owing.scope():
        pk = BankAccount.objects.get(iban=iban(22)).pk
    assert "is confirmed" in text(owing.client(SECOND), f"/bank-accounts/{pk}/confirm/", go=1)
    with owing.scope():
        assert BankAccount.objects.get(pk=pk).state == "active"


def test_a_refusal_by_the_bank_asks_the_partner_for_data(owing: Tenant) -> None:
    batch = exported(owing)
    with owing.scope():
        key = batch.payments.values_list("end_to_end_id", flat=True)[0]
    client = owing.client(FINANCE)
    content = answer(batch.message_id, [line(key, "RJCT", reason="BE01")])
    text(client, f"/payments/batches/{batch.pk}/response/", file=SimpleUploadedFile("r.xml", content))
    page = text(owing.client("partner_owner@p1"), "/bank-account/")
    assert "The name does not belong to the account." in page
    assert "exactly as the bank writes the name" in page


def test_no_page_says_more_than_its_reader_may_know(owing: Tenant) -> None:
    with owing.scope(FINANCE):
        batch = prepare_batch(owing.actors[FINANCE])
    with owing.scope():
        account = BankAccount.objects.get()
    pam = owing.client("pam")
    page = text(pam, "/payments/")
    assert "AE•• •••• 0011" in page and iban(11) not in page
    for path in (
        "/payments/due/",
        f"/payments/batches/{batch.pk}/",
        "/bank-accounts/",
        f"/bank-accounts/{account.pk}/",
    ):
        assert pam.get(path).status_code == 403
        assert owing.client("partner_owner@p1").get(path).status_code == 404
    other = owing.client("partner_owner@p2")
    assert other.post(f"/bank-account/{account.pk}/withdraw/").status_code == 404
    assert "0011" not in text(other, "/bank-account/")
    assert owing.client("executive").post(f"/payments/batches/{batch.pk}/file/").status_code == 403
