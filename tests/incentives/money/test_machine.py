"""Any order of selling, returning, settling, approving, paying, holding and disputing keeps every invariant of money."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from common.errors import Conflict
from incentives.adjustments import AdjustmentData, approve_adjustment, propose_adjustment
from incentives.disputes import close_dispute, deny_dispute, file_dispute, review_dispute, uphold_dispute
from incentives.holds import cancel_hold, place_hold, release_hold
from incentives.ledger import balances, check_ledger
from incentives.models import Adjustment, Dispute, Hold, Payment, SettlementRun, Statement, StatementLine
from incentives.settlement import approve_run
from tests.incentives.money.kit import (
    back,
    deliver,
    feed,
    kpi,
    line,
    pay,
    publish,
    second_person,
    settle,
    with_accounts,
)
from tests.kit.world import make_tenant

QUARTERS = ("2013-Q1", "2013-Q2", "2013-Q3", "2013-Q4", "2014-Q1", "2014-Q2")
FIN = "channel_finance"
partners = st.sampled_from(["p1", "p2"])
_tenants = count(1)


class Money(RuleBasedStateMachine):
    """One operator, two partners, a rebate in bands and a fee; quarters are settled in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.tenant = make_tenant(f"machine{next(_tenants)}")
        self.refs = count(1)
        self.sales: list[tuple[str, str]] = []
        self.quarter = 0
        with self.tenant.scope():
            kpi()
            publish(self.tenant, "rebate", "all: sales * band(sales, [0 -> 1%, 1k -> 5%])", group="all")
            publish(self.tenant, "fee", "all: amount * 0.5%", group="all", kind="spiff")
            with_accounts(self.tenant, "p1", "p2")
        self.other = second_person(self.tenant)
        self.finance = self.tenant.actors[FIN]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(partner=partners, quarter=st.integers(0, 4), amount=st.integers(1, 150_000))
    def sell(self, partner: str, quarter: int, amount: int) -> None:
        """Into any quarter: early, in time, or late."""
        ref, month = f"s{next(self.refs)}", quarter * 3 + 1
        day = f"{2013 + (month - 1) // 12}-{(month - 1) % 12 + 1:02}-07"
        feed(self.tenant, [line(ref, partner, day, str(Decimal(amount) / 100))])
        self.sales.append((ref, day))

    @precondition(lambda self: self.sales)
    @rule(data=st.data())
    def take_back(self, data: Any) -> None:
        ref, day = self.sales.pop(data.draw(st.integers(0, len(self.sales) - 1)))
        feed(self.tenant, [back(f"{ref}-b", ref, day)])

    def open_run(self) -> SettlementRun | None:
        with self.tenant.scope():
            found: SettlementRun | None = SettlementRun.objects.filter(state="statements").first()
            return found

    @rule()
    def close_and_settle(self) -> None:
        with self.tenant.scope():
            # A run that waited for another one's approval went on by itself.
            gone_on = SettlementRun.objects.exclude(frozen_at=None).values_list("period", flat=True)
            self.quarter = len(gone_on)
        if self.quarter == len(QUARTERS):
            return
        if self.open_run():
            with pytest.raises(Conflict):
                settle(self.tenant, "all", QUARTERS[self.quarter], self.finance)
            return
        run = settle(self.tenant, "all", QUARTERS[self.quarter], self.finance)
        assert (run.state, run.differences) == ("statements", [])

    @rule()
    def approve(self) -> None:
        run = self.open_run()
        if run is None:
            return
        with self.tenant.scope(FIN):
            with pytest.raises(Conflict):
                approve_run(self.finance, run_id=run.pk, total=run.total)
            with pytest.raises(Conflict):
                approve_run(self.other, run_id=run.pk, total=run.total + 1)
            approve_run(self.other, run_id=run.pk, total=run.total)
        deliver(self.tenant)

    @rule(refused=st.booleans())
    def bank_answers(self, refused: bool) -> None:
        with self.tenant.scope():
            payments = list(Payment.objects.filter(state="payable").select_related("statement")[:1])
            for payment in payments:
                if refused:
                    payment.attempt += 1
                    payment.save(update_fields=["attempt"])
            if not refused:
                pay(self.tenant.system, payments)

    @rule(partner=partners, amount=st.integers(-500, 500).filter(bool))
    def adjust(self, partner: str, amount: int) -> None:
        pk = self.tenant.partners[partner].pk
        with self.tenant.scope(FIN):
            data = AdjustmentData(pk, Decimal(amount), "goodwill", "R")
            row = propose_adjustment(self.finance, data=data)
            approve_adjustment(self.other, adjustment_id=row.pk)

    @rule(partner=partners, release=st.booleans())
    def hold(self, partner: str, release: bool) -> None:
        """Place one, or end the one that is there."""
        pk = self.tenant.partners[partner].pk
        with self.tenant.scope(FIN):
            row = Hold.objects.filter(partner_id=pk, state="active").first()
            if row is None:
                until = timezone.now().date() + timedelta(days=9)
                place_hold(self.finance, partner_id=pk, reason="identity_check", until=until, text="Send it.")
            else:
                (release_hold if release else cancel_hold)(self.finance, hold_id=row.pk, reason="Seen.")

    @rule(partner=partners, right=st.booleans())
    def dispute(self, partner: str, right: bool) -> None:
        """File one, or decide the one that is open."""
        owner = self.tenant.actors[f"partner_owner@{partner}"]
        with self.tenant.scope(FIN):
            row = Dispute.objects.filter(partner_id=owner.partner_id).exclude(state="closed").first()
            if row is not None:
                self.decide(row, right)
                return
        with self.tenant.scope(f"partner_owner@{partner}"):
            found = StatementLine.objects.filter(
                partner_id=owner.partner_id, kind__in=("earned", "late", "clawback")
            ).order_by("-pk")
            if found:
                file_dispute(owner, line_id=found[0].pk, text="Wrong.")
        deliver(self.tenant)

    def decide(self, row: Dispute, right: bool) -> None:
        if row.state not in ("submitted", "in_review"):
            return
        if row.state == "submitted":
            review_dispute(self.finance, dispute_id=row.pk)
        if right:
            uphold_dispute(self.finance, dispute_id=row.pk, amount=Decimal(3), reason="Right.")
            for each in Adjustment.objects.filter(state="proposed"):
                approve_adjustment(replace(self.other), adjustment_id=each.pk)
        else:
            deny_dispute(self.finance, dispute_id=row.pk, reason="No.")
            close_dispute(self.finance, dispute_id=row.pk)

    @invariant()
    def money_is_whole(self) -> None:
        with self.tenant.scope():
            report = check_ledger(self.tenant.system)
            assert report.problems == []
            assert sum(balances(self.tenant.system).values()) == 0
            for run in SettlementRun.objects.all():
                nets = Statement.objects.filter(run=run).values_list("net", flat=True)
                assert run.total == sum(nets, Decimal(0))


@pytest.mark.django_db
def test_every_order_of_events_keeps_the_money_whole() -> None:
    chosen = settings(
        max_examples=6,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    run_state_machine_as_test(Money, settings=chosen)
