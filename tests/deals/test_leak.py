"""The private check tells three words and nothing else: not by its body, its queries, nor its time."""

import json
import statistics
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Customer
from deals.services.precheck import precheck
from tests.deals.kit import automatic, market, submitted
from tests.kit.world import Tenant
from workflow.settings import change_setting

RIVAL = "partner_owner@p2"


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
        for number in range(50):
            Customer.objects.create(
                code=f"C-{number}", name=f"Known {number}", legal_id=f"K-{number}", country="AE"
            )
    with alpha.scope("programme_manager"):
        change_setting(alpha.actors["programme_manager"], "deals.prechecks_per_hour", 10_000)
    automatic(alpha)
    submitted(alpha, legal_id="AB-1")
    return alpha


def ask(tenant: Tenant, legal_id: str) -> Any:
    with tenant.scope(RIVAL):
        customer = {"legal_id": legal_id, "country": "AE", "customer_name": "X"}
        return precheck(tenant.actors[RIVAL], customer=customer, products=["fiber"])


def test_known_and_unknown_free_customers_take_the_same_queries(shop: Tenant) -> None:
    shapes = []
    for legal_id in ("K-7", "ZZ-404", "AB-1"):
        with CaptureQueriesContext(connection) as caught:
            ask(shop, legal_id)
        shapes.append([query["sql"].split()[0] for query in caught.captured_queries])
    assert shapes[0] == shapes[1] == shapes[2]


def test_the_answers_have_one_shape_and_similar_times(shop: Tenant) -> None:
    times: dict[str, list[float]] = {"K-7": [], "ZZ-404": [], "AB-1": []}
    for _ in range(40):
        for legal_id, taken in times.items():
            start = time.perf_counter()
            ask(shop, legal_id)
            taken.append(time.perf_counter() - start)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    assert max(medians.values()) < 2 * min(medians.values()), json.dumps(medians)
    known, unknown = ask(shop, "K-7"), ask(shop, "ZZ-404")
    assert known == unknown
