"""The process that writes the payment file or takes in the bank's answer dies at every statement: nothing twice, nothing lost."""

import json
import subprocess
import sys
from hashlib import sha256

import pytest
from django.db import connection
from django.forms.models import model_to_dict

from incentives.models import BankResponse, LedgerEntry, Payment, PaymentFile
from incentives.payments.batches import approve_batch, prepare_batch
from tests.incentives.payments.kit import (
    answer,
    ledger_sum,
    line,
    make_run,
    open_account,
    owe,
    owed,
    set_payer,
)
from tests.kit.world import Tenant, make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def run(tenant: Tenant, batch_id: int, content: bytes) -> dict[str, int]:
    database = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    fields = model_to_dict(tenant.operator) | {"id": tenant.operator.pk}
    task = {"database": database, "operator": fields, "batch": batch_id, "content": content.decode()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.payday", json.dumps(task, default=str)],
        check=True,
        stdout=subprocess.PIPE,
        timeout=300,
    )
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_a_pay_day_survives_its_death_at_every_statement() -> None:
    tenant = make_tenant("alpha")
    with tenant.scope():
        set_payer()
        made = make_run(tenant)
        for code, number, units in [("p1", 11, 1234), ("p2", 22, 10_000)]:
            open_account(tenant, code, number)
            owe(tenant, made, code, units)
        batch = prepare_batch(tenant.system)
        approve_batch(tenant.system, batch_id=batch.pk, total=batch.total, count=batch.count)
        first, second = batch.payments.order_by("id").values_list("end_to_end_id", flat=True)
    content = answer(batch.message_id, [line(first, "ACSC"), line(second, "RJCT", reason="AC04")])
    kills = run(tenant, batch.pk, content)
    assert kills["export"] > 10
    assert kills["response"] > 20
    with tenant.scope():
        stored = PaymentFile.objects.get()
        batch.refresh_from_db()
        assert sha256(bytes(stored.content)).hexdigest() == batch.file_digest
        assert BankResponse.objects.count() == 1
        assert LedgerEntry.objects.filter(kind="payment").count() == 1
        assert sorted(Payment.objects.values_list("state", "amount")) == [
            ("paid", 1234),
            ("payable", 10_000),
            ("refused", 10_000),
        ]
        assert (owed(), ledger_sum()) == (10_000, 0)
