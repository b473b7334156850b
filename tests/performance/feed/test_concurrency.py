"""The same references from many connections at once: one effect each."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Sum

from performance.feed.intake import receive_lines
from performance.models import Credit, PendingChunk
from tests.kit.world import Tenant, make_tenant
from tests.performance.feed.kit import counts, line

THREADS = 6


@pytest.fixture
def tenant(transactional_db: Any) -> Iterator[Tenant]:
    yield make_tenant("alpha")


def at_once(tenant: Tenant, batches: list[list[dict[str, Any]]]) -> list[tuple[int, int, int, int, int]]:
    """Each batch in a thread and a transaction of its own, all starting together; their receipts."""
    start, receipts, errors = threading.Barrier(len(batches)), [], []

    def one(batch: list[dict[str, Any]]) -> None:
        try:
            start.wait(30)
            with tenant.scope():
                receipts.append(counts(receive_lines(tenant.system, batch, channel="api")))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    return receipts


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_same_batch_from_everybody_is_taken_once(tenant: Tenant) -> None:
    forward = [line(f"{number:04d}") for number in range(300)]
    receipts = at_once(tenant, [forward, forward[::-1]] * (THREADS // 2))
    assert sum(receipt[0] for receipt in receipts) == 300
    assert sum(receipt[1] for receipt in receipts) == 300 * (THREADS - 1)
    with tenant.scope():
        assert Credit.objects.aggregate(n=Count("id"), total=Sum("amount")) == {"n": 300, "total": 30_000}
        queued = [
            number for ids in PendingChunk.objects.values_list("credit_ids", flat=True) for number in ids
        ]
        assert sorted(queued) == sorted(Credit.objects.values_list("id", flat=True))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_different_versions_at_once_leave_exactly_one_standing(tenant: Tenant) -> None:
    batches = [[line(f"{n}", amount=str(version)) for n in range(40)] for version in range(1, THREADS + 1)]
    receipts = at_once(tenant, batches)
    assert sum(receipt[0] for receipt in receipts) == 40
    assert sum(receipt[2] for receipt in receipts) == 40 * (THREADS - 1)
    with tenant.scope():
        for each in Credit.objects.values("external_id").annotate(n=Sum("sign"), total=Sum("amount")):
            newest = Credit.objects.filter(external_id=each["external_id"], position=0).order_by("-revision")[
                0
            ]
            assert (each["n"], each["total"]) == (1, newest.amount)
            assert newest.revision == THREADS
