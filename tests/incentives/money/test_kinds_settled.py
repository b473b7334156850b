"""What stacks, has a ceiling or pays in parts is recomputed like everything else before it is paid."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from incentives.models import Accrual, AccrualLine
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from tests.incentives.money.kit import feed, kpi, line, settle, told, with_accounts
from tests.kit.world import Tenant

pytestmark = pytest.mark.django_db
GROUP = "2013"
STACK: dict[str, Any] = {"stack_group": "s"}


def publish(tenant: Tenant, code: str, kind: str, formula: str, **terms: Any) -> None:
    draft = create_scheme(
        tenant.system,
        scheme=SchemeData(code=code, name=code, kind=kind),
        version=VersionData(formula=f"all: {formula}", starts=date(2012, 1, 1), **terms),
    )
    draft.scheme.settlement_group = GROUP
    draft.scheme.published = "stack_group" in terms
    draft.scheme.save(update_fields=["settlement_group", "published"])
    if not draft.scheme.published:
        publish_version(tenant.system, version_id=draft.pk)
        return
    # As it was published in 2011: today nothing could join a stacking group for a year that is over.
    draft.published_at = datetime(2011, 12, 1, tzinfo=UTC)
    draft.save()


@pytest.fixture
def market(alpha: Tenant) -> Tenant:
    """p1 sold 1,000 in two lines, p2 500; a rebate net of another, referral fees that beat each other or pay in halves,
    and a budget of 60 for what would cost 75."""
    with alpha.scope():
        kpi()
        with_accounts(alpha, "p1", "p2")
        publish(alpha, "first", "rebate", "sales * 10%", stack_priority=1, **STACK)
        publish(alpha, "rest", "rebate", "sales * 20%", stack_priority=2, stack_policy="net", **STACK)
        best = {"stack_group": "f", "stack_policy": "best_of"}
        publish(alpha, "fee", "referral", "amount * 2%", stack_priority=1, **best)
        publish(alpha, "better", "referral", "amount * 3%", stack_priority=2, **best)
        publish(alpha, "halves", "referral", "amount * 4%", payments=[[0, 50], [30, 50]])
        publish(alpha, "short", "rebate", "sales * 5%", budget=Decimal(60), at_ceiling="pro_rata")
    feed(
        alpha,
        [
            line("a", "p1", "2013-01-10", "600"),
            line("b", "p1", "2013-02-10", "400"),
            line("c", "p2", "2013-03-10", "500"),
        ],
    )
    return alpha


def test_every_kind_of_term_is_recomputed_to_the_same(market: Tenant) -> None:
    run = settle(market, GROUP, "2013-Q1")
    assert (run.state, run.differences) == ("statements", [])
    with market.scope():
        earned = {
            (partner, scheme): amount
            for partner in ("p1", "p2")
            for _, scheme, amount in told(partner, "2013-Q1")
        }
    assert earned["p1", "first"] == 100
    assert earned["p1", "rest"] == 180
    assert earned["p1", "better"] == 30 and ("p1", "fee") not in earned
    # The second half of what c earns falls due on the 9th of April.
    assert [earned[partner, "halves"] for partner in ("p1", "p2")] == [40, 10]
    assert [earned[partner, "short"] for partner in ("p1", "p2")] == [40, 20]


@pytest.mark.parametrize("code", ["rest", "better", "halves", "short"])
def test_an_amount_that_was_tampered_with_stops_the_run(market: Tenant, code: str) -> None:
    with market.scope():
        row = Accrual.objects.get(version__scheme__code=code, partner__code="p1", period="2013-Q1")
        row.amount += 1
        row.save(update_fields=["amount"])
    run = settle(market, GROUP, "2013-Q1")
    assert run.state == "stopped"
    assert [(each["scheme"], each["partner"]) for each in run.differences] == [(code, "p1")]


def test_lines_keep_what_stacking_took(market: Tenant) -> None:
    with market.scope():
        beaten = AccrualLine.objects.filter(version__scheme__code="fee")
        assert {row.cuts[0]["reason"] for row in beaten} == {"beaten"}
