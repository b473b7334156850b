"""Holds, adjustments and disputes: each touches its own lines alone, and comes back with the next run."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Customer
from common.errors import Conflict, InputError, NotFound
from incentives.adjustments import (
    AdjustmentData,
    approve_adjustment,
    propose_adjustment,
    refuse_adjustment,
    write_off,
)
from incentives.disputes import (
    ask_for_information,
    close_dispute,
    deny_dispute,
    escalate_dispute,
    file_dispute,
    give_information,
    review_dispute,
    uphold_dispute,
)
from incentives.holds import cancel_hold, place_hold, release_hold
from incentives.ledger import check_ledger
from incentives.models import Adjustment, BankAccount, Hold, Payment, Statement, StatementLine
from partners.models import Rep
from performance.models import Credit
from tests.incentives.money.kit import (
    approve,
    back,
    deliver,
    feed,
    kpi,
    line,
    pay,
    publish,
    second_person,
    settle,
    settled,
    told,
    with_accounts,
)
from tests.kit.world import Tenant
from workflow.states import InvalidTransition
from workflow.timers import fire_due

pytestmark = pytest.mark.django_db
D = Decimal
FIN = "channel_finance"


@pytest.fixture
def market(alpha: Tenant) -> Tenant:
    with alpha.scope():
        kpi()
        publish(alpha, "rebate", "all: sales * 10%", group="all")
        publish(alpha, "fee", "all: amount * 1%", group="all", kind="spiff")
        with_accounts(alpha, "p1", "p2")
        alpha.partners["p1"].legal_id = "L1"
        alpha.partners["p1"].save()
        Customer.objects.create(code="self", name="Self", legal_id="L1")
    feed(alpha, [line("a", "p1", "2013-01-10", "1000"), line("b", "p2", "2013-02-10", "700")])
    return alpha


def check(tenant: Tenant) -> None:
    with tenant.scope():
        assert check_ledger(tenant.system).problems == []


def scheme_id(code: str) -> int:
    from incentives.models import Scheme

    return int(Scheme.objects.get(code=code).pk)


def hold(tenant: Tenant, **fields: Any) -> Hold:
    values: dict[str, Any] = {
        "partner_id": tenant.partners["p1"].pk,
        "reason": "identity_check",
        "until": timezone.now().date() + timedelta(days=9),
        "text": "Send the certificate.",
    }
    with tenant.scope(FIN):
        return place_hold(tenant.actors[FIN], **(values | fields))


def test_a_hold_stops_its_own_lines_and_comes_with_the_next_run(market: Tenant) -> None:
    with market.scope():
        fee = scheme_id("fee")
    held = hold(market, scheme_id=fee)
    settled(market, "all", "2013-Q1")
    with market.scope():
        assert told("p1", "2013-Q1") == [
            ("earned", "fee", D(10)),
            ("earned", "rebate", D(100)),
            ("hold", "fee", D(-10)),
        ]
        assert Payment.objects.get(partner__code="p1").amount == 10000
        line_ = StatementLine.objects.get(kind="earned", hold=held)
        assert (line_.state, line_.release_on) == ("on_hold", held.until)
    feed(market, [line("c", "p1", "2013-04-10", "100"), back("a-back", "a", "2013-03-30")])
    settled(market, "all", "2013-Q2")
    with market.scope():
        # What waits is taken back from what waits, not from other money.
        assert told("p1", "2013-Q2") == [
            ("clawback", "fee", D(-10)),
            ("earned", "fee", D(1)),
            ("clawback", "rebate", D(-100)),
            ("earned", "rebate", D(10)),
            ("hold", "fee", D(10)),
            ("hold", "fee", D(-1)),
        ]
    with market.scope(FIN):
        with pytest.raises(InputError):
            release_hold(market.actors[FIN], hold_id=held.pk, reason=" ")
        release_hold(market.actors[FIN], hold_id=held.pk, reason="Certificate came.")
    settled(market, "all", "2013-Q3")
    with market.scope():
        assert told("p1", "2013-Q3") == [
            ("opening", "", D(-90)),
            ("release", "fee", D(10)),
            ("release", "fee", D(-10)),
            ("release", "fee", D(1)),
        ]
    check(market)


def test_a_hold_ends_at_its_date_or_is_cancelled_for_good(market: Tenant) -> None:
    first, second = hold(market), hold(market, partner_id=market.partners["p2"].pk)
    settled(market, "all", "2013-Q1")
    with market.scope():
        Hold.objects.filter(pk=first.pk).update(until=timezone.now().date() - timedelta(days=1))
        fire_due(market.system, now=timezone.now() + timedelta(days=30))
        first.refresh_from_db()
        assert first.state == "released"
    with market.scope(FIN):
        cancel_hold(market.actors[FIN], hold_id=second.pk, reason="Fraud.")
    settled(market, "all", "2013-Q2")
    with market.scope():
        assert [kind for kind, _, _ in told("p1", "2013-Q2")] == ["release", "release"]
        assert told("p2", "2013-Q2") == []
        assert Payment.objects.get().amount == 11000
    check(market)


@pytest.mark.parametrize(
    ("reason", "lines"),
    [
        ("self_referral", [line("x", "p1", "2013-02-01", "50", customer="self")]),
        (
            "sale_then_return",
            [line("x", "p1", "2013-03-30", "50"), back("y", "x", "2013-04-03")],
        ),
        (
            "unusual_volume",
            [line(f"m{n}", "p1", f"2012-{n:02}-05", "100") for n in range(7, 13)],
        ),
    ],
)
def test_rules_hold_what_they_find(market: Tenant, reason: str, lines: list[dict[str, Any]]) -> None:
    feed(market, lines)
    settle(market, "all", "2013-Q1")
    with market.scope():
        assert list(Hold.objects.values_list("partner__code", "reason", "by_rule")) == [("p1", reason, True)]
        assert Statement.objects.get(partner__code="p1").net == 0
        assert Statement.objects.get(partner__code="p2").net == 77


def test_a_shared_account_stops_the_payout_of_both(market: Tenant) -> None:
    with market.scope():
        BankAccount.objects.update(state="refused")
        for code in ("p1", "p2"):
            BankAccount.objects.create(
                partner=market.partners[code],
                holder=code,
                iban="DE1",
                state="active",
                active_from=timezone.now(),
            )
    settled(market, "all", "2013-Q1")
    with market.scope():
        assert {row.reason for row in Hold.objects.all()} == {"shared_account"}
        assert set(Statement.objects.values_list("closing", flat=True)) == {D(110), D(77)}
        assert not Payment.objects.exists()
    check(market)


def adjustment(tenant: Tenant, amount: str, **fields: Any) -> Adjustment:
    values: dict[str, Any] = {"reason": "goodwill", "reference": "Letter 7"} | fields
    with tenant.scope(FIN):
        data = AdjustmentData(tenant.partners["p1"].pk, D(amount), **values)
        return propose_adjustment(tenant.actors[FIN], data=data)


def test_an_adjustment_needs_grounds_and_a_second_person(market: Tenant) -> None:
    with pytest.raises(InputError):
        adjustment(market, "5", reference=" ")
    with pytest.raises(InputError):
        adjustment(market, "5.001")
    row, refused = adjustment(market, "-30"), adjustment(market, "7")
    other = second_person(market)
    with market.scope(FIN):
        with pytest.raises(Conflict) as caught:
            approve_adjustment(market.actors[FIN], adjustment_id=row.pk)
        assert caught.value.code == "same_person"
        approve_adjustment(other, adjustment_id=row.pk, amount=D(-30))
        refuse_adjustment(other, adjustment_id=refused.pk, reason="No.")
        with pytest.raises(InvalidTransition):
            approve_adjustment(other, adjustment_id=row.pk)
    settled(market, "all", "2013-Q1")
    with market.scope():
        assert ("adjustment", "", D(-30)) in told("p1", "2013-Q1")
        row.refresh_from_db()
        assert row.state == "settled"
    settled(market, "all", "2013-Q2")
    with market.scope():
        assert told("p1", "2013-Q2") == []
    check(market)


def test_only_finance_writes_off_a_negative_balance(market: Tenant) -> None:
    settled(market, "all", "2013-Q1")
    feed(market, [back("a-back", "a", "2013-03-30")])
    settled(market, "all", "2013-Q2")
    other = second_person(market)
    partner = market.partners["p1"].pk
    with market.scope(FIN):
        with pytest.raises(InputError):
            write_off(market.actors[FIN], partner_id=partner, group="all", reason="")
        row = write_off(market.actors[FIN], partner_id=partner, group="all", reason="Out of business.")
        with pytest.raises(Conflict) as again:
            write_off(market.actors[FIN], partner_id=partner, group="all", reason="Again.")
        assert again.value.code == "proposed"
        approve_adjustment(other, adjustment_id=row.pk)
        with pytest.raises(Conflict):
            write_off(
                market.actors[FIN], partner_id=market.partners["p2"].pk, group="all", reason="Nothing owed."
            )
    settled(market, "all", "2013-Q3")
    with market.scope():
        statement = Statement.objects.get(partner__code="p1", period="2013-Q3")
        assert (statement.opening, statement.adjusted, statement.closing) == (D(-110), D(110), D(0))
    check(market)


def disputed(tenant: Tenant, scheme: str = "fee") -> Any:
    settled(tenant, "all", "2013-Q1")
    deliver(tenant)
    with tenant.scope("partner_owner@p1"):
        row = StatementLine.objects.get(partner__code="p1", kind="earned", scheme__code=scheme)
        made = file_dispute(
            tenant.actors["partner_owner@p1"], line_id=row.pk, text="Too little.", claimed=D(40)
        )
    deliver(tenant)
    return made


def test_a_disputed_line_alone_leaves_the_payment(market: Tenant) -> None:
    made = disputed(market)
    with market.scope():
        assert Payment.objects.get(partner__code="p1").amount == 10000
        row = StatementLine.objects.get(pk=made.line_id)
        assert (row.state, row.dispute_id) == ("disputed", made.pk)
    check(market)
    with market.scope(FIN):
        review_dispute(market.actors[FIN], dispute_id=made.pk)
        uphold_dispute(market.actors[FIN], dispute_id=made.pk, amount=D(20), reason="Half.", in_part=True)
        approve_adjustment(second_person(market), adjustment_id=Adjustment.objects.get().pk)
    settled(market, "all", "2013-Q2")
    deliver(market)
    with market.scope():
        assert told("p1", "2013-Q2") == [("adjustment", "fee", D(20)), ("release", "fee", D(10))]
        made.refresh_from_db()
        assert (made.state, made.outcome) == ("closed", D(20))
    check(market)


def test_a_denied_dispute_is_escalated_once(market: Tenant) -> None:
    made = disputed(market)
    finance, owner, other = market.actors[FIN], market.actors["partner_owner@p1"], second_person(market)
    with market.scope(FIN):
        with pytest.raises(InvalidTransition):
            deny_dispute(finance, dispute_id=made.pk, reason="No.")
        review_dispute(finance, dispute_id=made.pk)
        ask_for_information(finance, dispute_id=made.pk, text="Which order?")
    with market.scope("partner_owner@p1"):
        give_information(owner, dispute_id=made.pk, text="Order a.")
    with market.scope(FIN):
        deny_dispute(finance, dispute_id=made.pk, reason="The rate is 1 %.")
    with market.scope("partner_owner@p1"):
        escalate_dispute(owner, dispute_id=made.pk, text="It is not.")
    with market.scope(FIN):
        with pytest.raises(Conflict) as caught:
            deny_dispute(finance, dispute_id=made.pk, reason="It is.")
        assert caught.value.code == "same_person"
        deny_dispute(other, dispute_id=made.pk, reason="It is.")
    with market.scope("partner_owner@p1"), pytest.raises(Conflict) as caught:
        escalate_dispute(owner, dispute_id=made.pk, text="Again.")
    assert caught.value.code == "escalated"
    with market.scope():
        fire_due(market.system, now=timezone.now() + timedelta(days=40))
        made.refresh_from_db()
        assert made.state == "closed"
    settled(market, "all", "2013-Q2")
    with market.scope():
        assert told("p1", "2013-Q2") == [("release", "fee", D(10))]
    check(market)


def test_disputes_of_others_of_old_and_of_paid_lines(market: Tenant) -> None:
    settled(market, "all", "2013-Q1")
    owner = market.actors["partner_owner@p2"]
    with market.scope():
        mine = StatementLine.objects.get(partner__code="p2", scheme__code="fee")
        foreign = StatementLine.objects.get(partner__code="p1", scheme__code="fee")
        pay(market.system, list(Payment.objects.filter(partner__code="p2")))
    with market.scope("partner_owner@p2"):
        with pytest.raises(NotFound):
            file_dispute(owner, line_id=foreign.pk, text="Mine!")
        made = file_dispute(owner, line_id=mine.pk, text="Too little.")
        with pytest.raises(Conflict) as caught:
            file_dispute(owner, line_id=mine.pk, text="Too little.")
        assert caught.value.code == "disputed"
    deliver(market)
    with market.scope():
        mine.refresh_from_db()
        assert mine.state == "paid"
    with market.scope(FIN):
        review_dispute(market.actors[FIN], dispute_id=made.pk)
        uphold_dispute(market.actors[FIN], dispute_id=made.pk, amount=D(0), reason="See next.")
        close_dispute(market.actors[FIN], dispute_id=made.pk)
    with market.scope():
        Statement.objects.update(state="approved")
    check_late(market, owner, mine.pk)
    check(market)


def check_late(market: Tenant, owner: Any, line_id: int) -> None:
    from workflow.models import Setting

    with market.scope():
        Setting.objects.create(key="disputes.file_days", value=-1)
    with market.scope("partner_owner@p2"), pytest.raises(Conflict) as caught:
        file_dispute(owner, line_id=line_id, text="Late.")
    assert caught.value.code == "too_late"


def test_reps_are_held_one_by_one(market: Tenant) -> None:
    with market.scope():
        reps = [Rep.objects.create(code=f"r{n}", name=f"R{n}", partner=market.partners["p1"]) for n in (1, 2)]
        publish(market, "spiff", "all: USD 5", group="all", kind="spiff", payee="rep")
    deliver(market)
    feed(market, [line(f"s{n}", "p1", "2013-01-11", "1", rep=f"r{n}") for n in (1, 2)])
    hold(market, rep_id=reps[0].pk)
    settled(market, "all", "2013-Q1")
    with market.scope():
        spiffs = [row for row in told("p1", "2013-Q1") if row[1] == "spiff"]
        assert spiffs == [("earned", "spiff", D(5)), ("earned", "spiff", D(5)), ("hold", "spiff", D(-5))]
    check(market)


def test_tax_lines(market: Tenant) -> None:
    from workflow.models import Setting

    with market.scope():
        Setting.objects.create(key="settlement.vat", value=19)
        Setting.objects.create(key="settlement.withholding", value=5)
    settled(market, "all", "2013-Q1")
    with market.scope():
        assert told("p1", "2013-Q1")[-2:] == [("tax", "", D("20.9")), ("withholding", "", D("-5.5"))]
        assert Payment.objects.get(partner__code="p1").amount == 12540
    check(market)


def test_a_disputed_line_is_taxed_once(market: Tenant) -> None:
    """Its tax stood in the statement and was paid; when the line comes back, it comes alone."""
    from workflow.models import Setting

    with market.scope():
        Setting.objects.create(key="settlement.vat", value=19)
        Setting.objects.create(key="settlement.withholding", value=5)
    made = disputed(market)
    with market.scope():
        assert Payment.objects.get(partner__code="p1").amount == 12540 - 1000
    with market.scope(FIN):
        review_dispute(market.actors[FIN], dispute_id=made.pk)
        uphold_dispute(market.actors[FIN], dispute_id=made.pk, amount=D(20), reason="Half.", in_part=True)
        approve_adjustment(second_person(market), adjustment_id=Adjustment.objects.get().pk)
    settled(market, "all", "2013-Q2")
    with market.scope():
        assert told("p1", "2013-Q2") == [
            ("adjustment", "fee", D(20)),
            ("release", "fee", D(10)),
            ("tax", "", D("3.8")),
            ("withholding", "", D(-1)),
        ]
    check(market)


def test_overdue_disputes_are_told_once_to_those_who_decide(market: Tenant) -> None:
    from workflow.models import Notification

    made = disputed(market)

    def told_of() -> list[str]:
        with market.scope():
            deliver_all(market)
            rows = Notification.objects.filter(kind="disputes.late", done_at=None)
            finance = rows.filter(membership_id=market.actors[FIN].membership_id)
            return list(finance.order_by("pk").values_list("key", flat=True))

    def fire(days: int) -> None:
        with market.scope():
            fire_due(market.system, now=timezone.now() + timedelta(days=days))

    assert told_of() == []
    fire(2)
    assert told_of() == []
    with market.scope():
        made.refresh_from_db()
        type(made).objects.filter(pk=made.pk).update(due_resolution=timezone.now() + timedelta(days=12))
    fire(7)
    assert told_of() == ["first"]
    with market.scope(FIN):
        review_dispute(market.actors[FIN], dispute_id=made.pk)
    with market.scope():
        type(made).objects.filter(pk=made.pk).update(due_resolution=timezone.now() - timedelta(minutes=1))
    fire(40)
    fire(41)
    assert told_of() == ["first", "resolutionFalse"]
    with market.scope(FIN):
        deny_dispute(market.actors[FIN], dispute_id=made.pk, reason="The rate is 1 %.")
    assert told_of() == []


def deliver_all(tenant: Tenant) -> None:
    from tenancy.outbox import deliver as one

    while one(tenant.system):
        pass


@pytest.mark.parametrize(
    "contact", [{"phone": "021 8800 1122"}, {"email": "Seller@one.example"}, {"email": "OWNER"}]
)
def test_customers_who_answer_at_the_partners_own_contacts_hold(
    market: Tenant, contact: dict[str, str]
) -> None:
    with market.scope():
        owner = market.actors["partner_owner@p1"].email
        given = {name: owner.upper() if value == "OWNER" else value for name, value in contact.items()}
        Customer.objects.create(code="near", name="Near", **given)
        Customer.objects.create(code="far", name="Far", phone="+98 21 8800 1199", email="x@far.example")
        market.partners["p1"].phone = "+98 (21) 88001122"
        market.partners["p1"].save()
        Rep.objects.create(code="r1", name="R1", partner=market.partners["p1"], email="seller@one.example")
    feed(market, [line("n", "p1", "2013-02-01", "50", customer="near")])
    feed(market, [line("f", "p2", "2013-02-01", "50", customer="far")])
    settle(market, "all", "2013-Q1")
    with market.scope():
        found = list(Hold.objects.values_list("partner__code", "reason"))
        assert found == [("p1", "shared_contact")]


@pytest.mark.parametrize(("days", "kept"), [(90, D(0)), (91, D(110))])
def test_a_customer_who_leaves_late_takes_nothing_back(market: Tenant, days: int, kept: Decimal) -> None:
    gone = (date(2013, 1, 10) + timedelta(days=days)).isoformat()
    settled(market, "all", "2013-Q1")
    feed(market, [back("left", "a", gone, kind="churn")])
    settled(market, "all", "2013-Q2")
    with market.scope():
        lost = sum(amount for kind, _scheme, amount in told("p1", "2013-Q2") if kind != "opening")
        assert lost == kept - D(110)
        credit = Credit.objects.get(external_id="left")
        assert (credit.attributes or {}).get("late_churn") == ("91" if kept else None)
    page = market.client("partner_owner@p1").get("/transactions/").content.decode()
    assert ("nothing is taken back" in page) == bool(kept)
    check(market)


def test_returns_take_back_however_late(market: Tenant) -> None:
    feed(market, [back("back", "a", "2013-12-30", kind="return")])
    with market.scope():
        assert Credit.objects.get(external_id="back").amount == D(-1000)


def test_grace_is_counted_in_working_days(market: Tenant) -> None:
    run = settle(market, "all", "2013-Q1")
    assert run.grace_until == date(2013, 4, 3)
    assert approve(market, run).state == "approved"
