"""Random batches with repeats, revisions, reversals and unknown codes: the same credits as one by one in Python."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from performance.feed.unresolved import retry_unresolved
from performance.models import Credit, PendingChunk, UnresolvedLine
from tests.kit.world import Tenant, make_partner
from tests.performance.feed.kit import counts, send
from tests.performance.feed.oracle import Feed

REFERENCES = st.sampled_from(["a", "b", "c", "d"])
PARTNERS = st.sampled_from(["p1", "p2", "late", "later"])
AMOUNTS = st.sampled_from(["10", "10", "-3.5", "0.000001", "0"])
BASE = {"source": "erp", "occurred_at": "2026-01-02"}


def _sale(reference: str, amount: str, partner: str, credits: list[dict[str, str]]) -> dict[str, Any]:
    whose: dict[str, Any] = {"credits": credits} if credits else {"partner": partner}
    return BASE | {"external_id": reference, "kind": "sale", "amount": amount, "quantity": "2"} | whose


def _back(original: str, amount: str | None) -> dict[str, Any]:
    """A reversal has a reference of its own; it may in turn be reversed."""
    own = {} if amount is None else {"amount": amount}
    return BASE | {"external_id": f"-{original}{amount or ''}", "reverses": original} | own


CREDITS = st.lists(
    st.builds(
        lambda partner, share: {"partner": partner, "share": share},
        PARTNERS,
        st.sampled_from(["0.5", "0.333333"]),
    ),
    max_size=2,
)
SALES = st.builds(_sale, REFERENCES, AMOUNTS, PARTNERS, CREDITS)
ORIGINALS = st.sampled_from(["a", "b", "c", "d", "-a", "-a4", "--a", "-b10"])
REVERSALS = st.builds(_back, ORIGINALS, st.sampled_from([None, "10", "4"]))
BATCHES = st.lists(st.lists(SALES | SALES | REVERSALS, min_size=1, max_size=6), min_size=1, max_size=5)
STATES = ("accepted", "duplicate", "revised", "unresolved")
O1, O2 = _sale("a", "10", "p1", []), _sale("a", "-3.5", "p2", [])


def totals() -> dict[str, tuple[int, Decimal, Decimal]]:
    found = Credit.objects.values_list("partner__code").annotate(Sum("sign"), Sum("amount"), Sum("quantity"))
    return {code: (sign, amount, quantity) for code, sign, amount, quantity in found}


def not_nothing(rows: dict[str, tuple[int, Decimal, Decimal]]) -> dict[str, tuple[int, Decimal, Decimal]]:
    return {partner: row for partner, row in rows.items() if any(row)}


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@example(batches=[[_back("a", None), O1, O2]], learned_after=0)
@example(batches=[[O1], [_back("a", None), O2, _back("-a", None), O1]], learned_after=0)
@example(batches=[[_back("-a10", "4"), _back("a", "10")], [O1, O2]], learned_after=1)
@given(batches=BATCHES, learned_after=st.integers(0, 5))
def test_batches_equal_the_lines_one_by_one(
    inside: Tenant, batches: list[list[dict[str, Any]]], learned_after: int
) -> None:
    with transaction.atomic():
        oracle = Feed({"p1", "p2"})
        for number, batch in enumerate(batches):
            if number == learned_after:
                make_partner("late")
                oracle.learn("late")
                retry_unresolved(inside.system, ["partner:late"])
            receipt = send(inside, *batch)
            states = [oracle.send(line) for line in batch]
            assert sum(counts(receipt)) == len(batch)
            if not any("reverses" in line for line in batch):
                assert counts(receipt)[:4] == tuple(map(states.count, STATES))
            assert not receipt.rejected
        assert not_nothing(totals()) == not_nothing(oracle.totals())
        assert set(UnresolvedLine.objects.values_list("external_id", flat=True)) == set(oracle.waiting)
        queued = [
            number for ids in PendingChunk.objects.values_list("credit_ids", flat=True) for number in ids
        ]
        assert sorted(queued) == sorted(Credit.objects.values_list("id", flat=True))
        transaction.set_rollback(True)
