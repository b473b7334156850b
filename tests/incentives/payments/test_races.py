"""Twenty at once: one batch, one approval, one file, one payment; the ledger stays in balance."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from common.errors import DomainError
from incentives.models import LedgerEntry, Payment, PaymentBatch, PaymentFile
from incentives.payments.accounts import AccountData, submit_account
from incentives.payments.batches import approve_batch, cancel_batch, export_batch, prepare_batch
from incentives.payments.responses import import_response
from tests.incentives.payments.kit import (
    answer,
    iban,
    ledger_sum,
    line,
    make_run,
    open_account,
    owe,
    owed,
    second_finance,
    set_payer,
)
from tests.kit.world import Tenant, make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
THREADS = 20
FINANCE, SECOND = "channel_finance", "channel_finance_2"


@pytest.fixture
def owing() -> Tenant:
    tenant = make_tenant("alpha")
    second_finance(tenant)
    with tenant.scope():
        set_payer()
        for code, number in [("p1", 11), ("p2", 22)]:
            open_account(tenant, code, number)
        for group in range(5):
            run = make_run(tenant, f"g{group}")
            owe(tenant, run, "p1", 100 + group)
            owe(tenant, run, "p2", 1000 + group)
    return tenant


def at_once(tenant: Tenant, who: list[str], work: Callable[[Any], Any]) -> list[Any]:
    """What each of many threads got: an answer or the code of a refusal."""
    barrier = Barrier(THREADS)

    def run(place: int) -> Any:
        name = who[place % len(who)]
        try:
            barrier.wait()
            with tenant.scope(name):
                return work(tenant.actors[name])
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_twenty_at_every_step_have_the_effect_of_one(owing: Tenant) -> None:
    made = at_once(owing, [FINANCE], prepare_batch)
    (batch,) = [each for each in made if isinstance(each, PaymentBatch)]
    assert made.count("nothing_to_pay") == THREADS - 1
    assert (batch.count, batch.total) == (10, 5 * 1100 + 20)

    def approve(actor: Any) -> Any:
        return approve_batch(actor, batch_id=batch.pk, total=batch.total, count=10)

    approved = at_once(owing, [SECOND], approve)
    assert approved.count("invalid_transition") == THREADS - 1

    files = at_once(owing, [FINANCE, SECOND], lambda actor: export_batch(actor, batch_id=batch.pk))
    assert len({file.content for file in files}) == 1
    with owing.scope():
        assert PaymentFile.objects.count() == 1
        keys = list(batch.payments.order_by("id").values_list("end_to_end_id", flat=True))

    lines = [line(key, "ACSC") for key in keys[:-1]] + [line(keys[-1], "RJCT", reason="AC01")]
    content = answer(batch.message_id, lines)
    found = at_once(owing, [FINANCE, SECOND], lambda actor: import_response(actor, content=content))
    assert sorted(each.again for each in found) == [False] + [True] * (THREADS - 1)
    assert len({each.response.pk for each in found}) == 1
    with owing.scope():
        paid = Payment.objects.filter(state="paid")
        assert (paid.count(), LedgerEntry.objects.filter(kind="payment").count()) == (9, 9)
        refused = Payment.objects.get(state="refused")
        assert Payment.objects.get(state="payable").amount == refused.amount == owed()
        assert ledger_sum() == 0


def test_files_that_say_the_same_differently_pay_once(owing: Tenant) -> None:
    with owing.scope(FINANCE):
        batch = prepare_batch(owing.actors[FINANCE])
    with owing.scope(SECOND):
        approve_batch(owing.actors[SECOND], batch_id=batch.pk, total=batch.total, count=batch.count)
        export_batch(owing.actors[SECOND], batch_id=batch.pk)
    with owing.scope():
        key = batch.payments.order_by("id").values_list("end_to_end_id", flat=True)[0]
    numbers = iter(range(THREADS))

    def bring(actor: Any) -> Any:
        content = answer(batch.message_id, [line(key, "ACSC", reference=f"R{next(numbers)}")])
        return import_response(actor, content=content).response.result["counts"]

    found = at_once(owing, [FINANCE, SECOND], bring)
    assert (found.count({"paid": 1}), found.count({"same": 1})) == (1, THREADS - 1)
    with owing.scope():
        assert LedgerEntry.objects.filter(kind="payment").count() == 1


def test_approving_and_cancelling_at_once_ends_in_one_of_both(owing: Tenant) -> None:
    with owing.scope(FINANCE):
        batch = prepare_batch(owing.actors[FINANCE])

    def either(actor: Any) -> Any:
        if actor.name == owing.actors[SECOND].name:
            return approve_batch(actor, batch_id=batch.pk, total=batch.total, count=batch.count).state
        return cancel_batch(actor, batch_id=batch.pk, reason="No").state

    found = at_once(owing, [FINANCE, SECOND], either)
    done = [each for each in found if each in ("approved", "cancelled")]
    with owing.scope():
        batch.refresh_from_db()
        free = Payment.objects.filter(batch=None, state="payable").count()
        bound = batch.payments.filter(state="in_batch").count()
    # An approved batch that has not gone out can still be cancelled.
    assert done in (["approved"], ["cancelled"], ["approved", "cancelled"], ["cancelled", "approved"])
    assert (batch.state, free, bound) in [("approved", 0, 10), ("cancelled", 10, 0)]


def test_many_accounts_at_once_leave_one_that_waits(owing: Tenant) -> None:
    numbers = iter(range(100, 100 + THREADS))

    def enter(actor: Any) -> Any:
        return submit_account(actor, data=AccountData("One", iban(next(numbers)))).pk

    at_once(owing, ["partner_owner@p1", "partner_finance@p1"], enter)
    with owing.scope():
        from incentives.models import BankAccount

        states = list(
            BankAccount.objects.filter(partner=owing.partners["p1"]).values_list("state", flat=True)
        )
    assert (states.count("submitted"), states.count("active")) == (1, 1)
