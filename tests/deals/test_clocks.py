"""What happens when a time has come: decisions, answers, protections, extensions, offers, inactivity."""

import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError
from deals.enums import DealState, ExtensionState, WaitingState
from deals.models import Deal, DealLine, Extension, Slot, WaitingEntry
from deals.services.amendments import approve_line, propose_line
from deals.services.closing import end_protection, lose_deal, win_deal
from deals.services.drafts import note_progress, resubmit_deal
from deals.services.extensions import approve_extension, request_extension
from deals.services.review import approve_deal, reject_deal, request_information
from deals.services.submission import submit_deal
from deals.services.waiting import leave_list, pass_offer, take_offer
from tenancy.models import OutboxEvent
from tests.deals.kit import again, automatic, market, submitted, today
from tests.kit.world import Tenant, make_tenant
from workflow.models import Holiday, Timer
from workflow.settings import change_setting
from workflow.timers import fire_due

OWNER, RIVAL = "partner_owner@p1", "partner_owner@p2"


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def act(tenant: Tenant, who: str, step: Any, deal: Deal, **given: Any) -> Any:
    with tenant.scope(who):
        return step(tenant.actors[who], ref=deal.ref, **given)


def protected(tenant: Tenant, **given: Any) -> Deal:
    deal = submitted(tenant, **given)
    approved: Deal = act(tenant, "pam", approve_deal, deal)
    return approved


def pass_time(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """So many days later: every clock of the product shows it, and what is due by then is handled, oldest first."""
    at = timezone.now() + timedelta(days=days)
    for name, module in list(sys.modules.items()):
        if name.startswith("deals.services.") and hasattr(module, "moment"):
            monkeypatch.setattr(module, "moment", lambda: at)
    monkeypatch.setattr(timezone, "now", lambda: at)
    with tenant.scope():
        while fire_due(tenant.system, now=at):
            pass


def notices(tenant: Tenant, kind: str) -> list[dict[str, Any]]:
    with tenant.scope():
        events = OutboxEvent.objects.filter(topic="workflow.notice").order_by("id")
        return [event.payload for event in events if event.payload["kind"] == kind]


def test_the_decision_is_reminded_of_and_escalated(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(shop)
    pass_time(shop, monkeypatch, 10)
    assert [each["params"]["share"] for each in notices(shop, "deals.due")] == [50, 80, 100]
    assert len(notices(shop, "deals.overdue")) == 1


def test_the_clock_knows_weekend_and_holidays(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two working days from a Thursday morning, with the weekend on Friday and Saturday and a holiday on Sunday: Tuesday's end."""
    thursday = datetime(2027, 3, 4, 9, tzinfo=UTC)
    shop = make_tenant("gulf", weekend=[5, 6])
    with shop.scope():
        market()
        Holiday.objects.create(day=date(2027, 3, 7), name="Nobody works")
    for name, module in list(sys.modules.items()):
        if name.startswith("deals.services.") and hasattr(module, "moment"):
            monkeypatch.setattr(module, "moment", lambda: thursday)
    deal = submitted(shop)
    assert deal.decision_due_at == datetime(2027, 3, 10, tzinfo=shop.operator.zone)
    with shop.scope():
        due = dict(Timer.objects.filter(kind__startswith="deals.decision").values_list("kind", "due_at"))
    # 23 working hours: 7 on Thursday, 8 on Monday, 8 on Tuesday.
    half = thursday.replace(day=8, hour=8) + timedelta(hours=4.5)
    assert due["deals.decision_50"] == half
    assert due["deals.decision_100"] == deal.decision_due_at


def test_a_decided_deal_is_not_reminded_of(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    protected(shop)
    pass_time(shop, monkeypatch, 10)
    assert notices(shop, "deals.due") == []


def test_a_question_stops_the_clock_and_an_answer_lets_it_run_on(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = submitted(shop)
    due = again(shop, deal).decision_due_at
    act(shop, "pam", request_information, deal, reason="other", fields=["city"])
    pass_time(shop, monkeypatch, 3)
    assert notices(shop, "deals.due") == []
    answered = act(shop, OWNER, submit_deal, deal)
    assert due is not None
    assert answered.decision_due_at > due + timedelta(days=2)
    assert answered.submitted_at == again(shop, deal).submitted_at


def test_an_unanswered_question_costs_the_rank(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = submitted(shop)
    act(shop, "pam", request_information, deal, reason="other", fields=["city"])
    pass_time(shop, monkeypatch, 16)
    assert again(shop, deal).state == DealState.EXPIRED


def test_protection_is_announced_and_ends(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = protected(shop)
    pass_time(shop, monkeypatch, 89.5)
    assert again(shop, deal).state == DealState.APPROVED
    assert [each["params"]["days"] for each in notices(shop, "deals.ends")] == [14, 7, 1]
    pass_time(shop, monkeypatch, 2)
    assert again(shop, deal).state == DealState.EXPIRED
    with shop.scope():
        assert not Slot.objects.filter(active=True).exists()
    won = {"amount": Decimal(5), "won_on": today(), "reason": "signed_late"}
    with pytest.raises(Forbidden):
        act(shop, OWNER, win_deal, deal, **won)
    act(shop, "pam", win_deal, deal, **won)
    assert again(shop, deal).state == DealState.WON


def test_an_open_request_keeps_protection_a_little(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = protected(shop)
    act(shop, OWNER, request_extension, deal, evidence="The board decides next month.")
    with pytest.raises(Conflict):
        act(shop, OWNER, request_extension, deal, evidence="Once more.")
    pass_time(shop, monkeypatch, 92)
    assert again(shop, deal).state == DealState.APPROVED
    pass_time(shop, monkeypatch, 8)
    assert again(shop, deal).state == DealState.EXPIRED
    with shop.scope():
        assert Extension.objects.get().state == ExtensionState.REJECTED


def test_an_extension_moves_the_end_once(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = protected(shop)
    act(shop, OWNER, request_extension, deal, evidence="The board decides next month.")
    longer = act(shop, "pam", approve_extension, deal)
    assert deal.protected_until is not None
    assert longer.protected_until == deal.protected_until + timedelta(days=30)
    with pytest.raises(Conflict):
        act(shop, OWNER, request_extension, deal, evidence="Again.")
    pass_time(shop, monkeypatch, 100)
    assert again(shop, deal).state == DealState.APPROVED


def test_the_queue_moves_by_itself(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    automatic(shop)
    first = submitted(shop)
    second, third, fourth = (submitted(shop, RIVAL) for _ in range(3))
    assert {again(shop, each).state for each in (second, third, fourth)} == {DealState.DUPLICATE}
    act(shop, OWNER, lose_deal, first, reason="price", competitor="X")
    assert _waits(shop, second, third) == [WaitingState.OFFERED, WaitingState.QUEUED]
    newcomer = submitted(shop)
    assert newcomer.state == DealState.DUPLICATE
    act(shop, RIVAL, pass_offer, second)
    pass_time(shop, monkeypatch, 9)
    assert _waits(shop, second, third, fourth) == [
        WaitingState.PASSED,
        WaitingState.LAPSED,
        WaitingState.OFFERED,
    ]
    act(shop, RIVAL, take_offer, fourth)
    act(shop, "programme_manager", approve_deal, fourth)
    assert again(shop, fourth).state == DealState.APPROVED
    act(shop, OWNER, leave_list, newcomer)
    assert _waits(shop, newcomer) == [WaitingState.REMOVED]


def _waits(tenant: Tenant, *deals: Deal) -> list[str]:
    with tenant.scope():
        return [WaitingEntry.objects.filter(deal=each).latest("pk").state for each in deals]


def test_nobody_waits_for_a_customer_that_has_bought(shop: Tenant) -> None:
    automatic(shop)
    first, second = submitted(shop), submitted(shop, RIVAL)
    act(shop, OWNER, win_deal, first, amount=Decimal("10"), won_on=today())
    assert _waits(shop, second) == [WaitingState.REMOVED]
    with shop.scope():
        events = OutboxEvent.objects.filter(topic="deal.won")
        assert [event.payload["ref"] for event in events] == [first.ref]


def test_silence_is_noticed_and_can_end_the_protection(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = protected(shop)
    pass_time(shop, monkeypatch, 20)
    act(shop, OWNER, note_progress, deal, text="Offer sent")
    pass_time(shop, monkeypatch, 20)
    assert notices(shop, "deals.inactive") == []
    pass_time(shop, monkeypatch, 11)
    assert len(notices(shop, "deals.inactive")) == 2
    with pytest.raises(Conflict):
        act(shop, "pam", end_protection, deal, reason="inactive")
    pass_time(shop, monkeypatch, 15)
    act(shop, "pam", end_protection, deal, reason="inactive")
    assert again(shop, deal).state == DealState.EXPIRED


def test_a_product_is_added_to_a_protected_deal_by_itself(shop: Tenant) -> None:
    automatic(shop, 10_000)
    deal = submitted(shop)
    held = submitted(shop, RIVAL, product="waf")
    assert held.state == DealState.APPROVED
    line = act(shop, OWNER, propose_line, deal, line={"product": "waf", "amount": "70"})
    with pytest.raises(Conflict) as taken:
        act(shop, "pam", approve_line, deal, line_id=line.pk, text="They asked for it")
    assert taken.value.code == "slot_taken"
    act(shop, RIVAL, lose_deal, held, reason="price", competitor="X")
    act(shop, "pam", approve_line, deal, line_id=line.pk)
    stands = again(shop, deal)
    assert (stands.state, stands.value) == (DealState.APPROVED, 1070)
    with shop.scope():
        assert DealLine.objects.filter(deal=deal, state="active").count() == 2


def test_a_rejected_deal_is_tried_again_twice_at_most(shop: Tenant) -> None:
    deal = submitted(shop)
    for _ in range(2):
        act(shop, "pam", reject_deal, deal, reason="incomplete")
        deal = act(shop, OWNER, resubmit_deal, deal)
        act(shop, OWNER, submit_deal, deal)
    act(shop, "pam", reject_deal, deal, reason="incomplete")
    with pytest.raises(Conflict) as refused:
        act(shop, OWNER, resubmit_deal, deal)
    assert refused.value.code == "resubmitted_enough"


def test_above_the_limit_two_people_approve(shop: Tenant) -> None:
    with shop.scope("programme_manager"):
        change_setting(shop.actors["programme_manager"], "deals.second_approver_above", 500)
    deal = submitted(shop)
    assert act(shop, "pam", approve_deal, deal).state == DealState.UNDER_REVIEW
    with pytest.raises(Conflict) as refused:
        act(shop, "pam", approve_deal, deal)
    assert refused.value.code == "second_person"
    assert act(shop, "programme_manager", approve_deal, deal).state == DealState.APPROVED


def test_reasons_and_facts_are_needed(shop: Tenant) -> None:
    deal = protected(shop)
    for step, given in (
        (win_deal, {"amount": None, "won_on": today()}),
        (lose_deal, {"reason": "", "competitor": "X"}),
        (lose_deal, {"reason": "price", "competitor": " "}),
        (lose_deal, {"reason": "weather", "competitor": "X"}),
    ):
        with pytest.raises(InputError):
            act(shop, OWNER, step, deal, **given)
    assert again(shop, deal).state == DealState.APPROVED


def test_firing_twice_has_the_effect_of_once(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = protected(shop)
    with shop.scope():
        timers = list(Timer.objects.all())
    pass_time(shop, monkeypatch, 95)
    before = again(shop, deal)
    with shop.scope():
        for timer in timers:
            timer.pk = None
            timer._state.adding = True
            timer.save()
    pass_time(shop, monkeypatch, 1)
    after = again(shop, deal)
    assert (after.state, after.version) == (before.state, before.version)
