"""Goals: turns of the two sides, the number in force, closing by the system, and who sees what."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from common.errors import Conflict, Forbidden, InputError, NotFound
from common.periods import Period, parse_period
from performance.models import Credit, Kpi, KpiTarget, Measurement
from performance.services import create_kpi, set_target
from performance.tasks import deliver_events
from programs.goals import services
from programs.goals.enums import GoalBasis, GoalState
from programs.goals.selectors import get_goal, goals_for, offers_of, reached
from programs.goals.targets import Wish
from programs.models import Goal, GoalOffer
from tests.kit.world import Tenant
from workflow.models import Notification
from workflow.states import InvalidTransition
from workflow.timers import fire_due

D = Decimal
PERIOD = "2099-Q1"
WISH = Wish(target=D(1000))


@pytest.fixture
def sales(alpha: Tenant) -> Kpi:
    with alpha.scope():
        kpi = create_kpi(
            alpha.system, code="sales", name="Sales", measure="sum_amount", period="quarter", filters={}
        )
    deliver_events(alpha.system)
    return kpi


def measure(tenant: Tenant, kpi: Kpi, value: int, period: str = PERIOD) -> None:
    with tenant.scope():
        Measurement.objects.create(
            kpi=kpi, partner=tenant.partners["p1"], period=period, value=value, lines=1
        )


def act(tenant: Tenant, name: str, step: Any, **given: Any) -> Goal:
    with tenant.scope(name):
        found: Goal = step(tenant.actors[name], **given)
    deliver_events(tenant.system)
    return found


def offered(tenant: Tenant, wish: Wish = WISH, name: str = "pam", period: str = PERIOD) -> int:
    goal = act(tenant, name, services.draft_goal, partner="p1", kpi="sales", period=period, wish=wish)
    return act(tenant, name, services.propose_goal, goal_id=goal.pk).pk


def target_of(tenant: Tenant) -> Decimal | None:
    with tenant.scope():
        return KpiTarget.objects.filter(partner=tenant.partners["p1"]).values_list("value", flat=True).first()


def test_both_sides_take_turns_until_they_agree(alpha: Tenant, sales: Kpi) -> None:
    pk = offered(alpha)
    with pytest.raises(Conflict) as mine:
        act(alpha, "pam", services.agree_goal, goal_id=pk)
    assert mine.value.code == "not_your_turn"
    act(alpha, "partner_owner@p1", services.counter_goal, goal_id=pk, wish=Wish(target=D(800)))
    assert target_of(alpha) is None
    with pytest.raises(Conflict):
        act(alpha, "partner_owner@p1", services.agree_goal, goal_id=pk)
    act(alpha, "pam", services.counter_goal, goal_id=pk, wish=Wish(target=D(900)))
    goal = act(alpha, "partner_owner@p1", services.agree_goal, goal_id=pk)
    assert (goal.state, goal.by_name, goal.agreed_by_name) == ("agreed", "pam", "partner_owner@p1")
    assert goal.offered_at and goal.agreed_at and goal.agreed_at > goal.offered_at
    assert target_of(alpha) == 900
    with alpha.scope("partner_owner@p1"):
        lines = [(each.state, int(each.target), each.by_name) for each in offers_of(goal)]
    assert lines == [
        ("proposed", 1000, "pam"),
        ("countered", 800, "partner_owner@p1"),
        ("proposed", 900, "pam"),
        ("agreed", 900, "partner_owner@p1"),
    ]


def test_a_revision_leaves_the_old_number_in_force_until_it_is_agreed(alpha: Tenant, sales: Kpi) -> None:
    pk = offered(alpha)
    act(alpha, "partner_owner@p1", services.agree_goal, goal_id=pk)
    with pytest.raises(InputError) as silent:
        act(alpha, "partner_owner@p1", services.revise_goal, goal_id=pk, wish=WISH, reason=" ")
    assert silent.value.field == "reason"
    asked = {"goal_id": pk, "wish": Wish(target=D(700)), "reason": "The factory burnt down."}
    goal = act(alpha, "partner_owner@p1", services.revise_goal, **asked)
    assert goal.state == GoalState.REVISED
    assert [goal.target, goal.agreed_target, target_of(alpha)] == [D(700), D(1000), D(1000)]
    goal = act(alpha, "pam", services.refuse_goal, goal_id=pk, reason="It was rebuilt.")
    assert goal.state == GoalState.AGREED
    assert [goal.target, target_of(alpha)] == [D(1000), D(1000)]
    act(alpha, "partner_owner@p1", services.revise_goal, **asked)
    act(alpha, "pam", services.agree_goal, goal_id=pk)
    assert target_of(alpha) == 700
    with alpha.scope():
        assert list(GoalOffer.objects.filter(goal=pk, state="agreed").values_list("target", flat=True)) == [
            1000,
            700,
        ]


def test_a_first_offer_can_be_refused_or_taken_back_for_good(alpha: Tenant, sales: Kpi) -> None:
    pk = offered(alpha)
    goal = act(alpha, "partner_owner@p1", services.refuse_goal, goal_id=pk, reason="Too much.")
    assert goal.state == GoalState.REFUSED
    with pytest.raises(InvalidTransition):
        act(alpha, "partner_owner@p1", services.agree_goal, goal_id=pk)
    pk = offered(alpha)
    with pytest.raises(Conflict):
        act(alpha, "partner_owner@p1", services.withdraw_goal, goal_id=pk)
    assert act(alpha, "pam", services.withdraw_goal, goal_id=pk).state == GoalState.WITHDRAWN
    assert target_of(alpha) is None


def test_there_is_one_goal_for_a_kpi_in_a_period(alpha: Tenant, sales: Kpi) -> None:
    offered(alpha)
    with pytest.raises(Conflict) as twice:
        offered(alpha)
    assert twice.value.code == "goal_exists"


def test_growth_needs_something_to_grow_from(alpha: Tenant, sales: Kpi) -> None:
    wish = Wish(GoalBasis.GROWTH, growth=D("12.5"))
    with pytest.raises(InputError) as zero:
        offered(alpha, wish)
    assert (zero.value.code, zero.value.field) == ("zero_base", "target")
    measure(alpha, sales, 800, "2098-Q1")
    pk = offered(alpha, wish)
    with alpha.scope():
        goal = Goal.objects.get(pk=pk)
        assert (goal.target, goal.base_value, goal.growth) == (900, 800, D("12.5"))


def test_a_partner_that_joins_in_the_midst_has_the_part_for_its_days(alpha: Tenant, sales: Kpi) -> None:
    with alpha.scope():
        partner = alpha.partners["p1"]
        partner.joined_on = date(2099, 3, 2)
        partner.save()
    pk = offered(alpha)
    with alpha.scope():
        goal = Goal.objects.get(pk=pk)
    # 30 of 90 days.
    assert (goal.whole, goal.target, goal.counts_from) == (1000, D("333.33"), date(2099, 3, 2))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"period": "2099-01"}, "period"),
        ({"period": "2001-Q1"}, "period"),
        ({"period": "soon"}, "period"),
        ({"kpi": "unknown"}, "kpi"),
        ({"wish": Wish(target=D(0))}, "target"),
        ({"wish": Wish(target=D("1.234"))}, "target"),
        ({"wish": Wish(GoalBasis.GROWTH, growth=D(-100))}, "growth"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    alpha: Tenant, sales: Kpi, given: dict[str, Any], field: str
) -> None:
    good = {"partner": "p1", "kpi": "sales", "period": PERIOD, "wish": WISH}
    with pytest.raises(InputError) as error:
        act(alpha, "pam", services.draft_goal, **(good | given))
    assert error.value.field == field


def test_each_side_sees_its_own_drafts_and_its_own_partners(alpha: Tenant, sales: Kpi) -> None:
    given = {"partner": "p1", "kpi": "sales", "period": PERIOD, "wish": WISH}
    of_pam = act(alpha, "pam", services.draft_goal, **given).pk
    of_owner = act(alpha, "partner_owner@p1", services.draft_goal, **given).pk

    def seen(name: str) -> set[int]:
        with alpha.scope(name):
            return set(goals_for(alpha.actors[name]).values_list("pk", flat=True))

    assert (seen("pam"), seen("partner_owner@p1"), seen("partner_owner@p2")) == ({of_pam}, {of_owner}, set())
    with alpha.scope("partner_owner@p1"):
        assert set(Goal.objects.values_list("pk", flat=True)) == {of_owner}
    for name, partner, error in (
        ("pam", "p2", NotFound),
        ("partner_owner@p1", "p1sub", NotFound),
        ("partner_seller@p1", "p1", Forbidden),
        ("executive", "p1", Forbidden),
    ):
        with pytest.raises(error):
            act(alpha, name, services.draft_goal, **given | {"partner": partner})


def passed(tenant: Tenant, pk: int) -> None:
    """The period and the days for late data are over."""
    with tenant.scope():
        goal = Goal.objects.get(pk=pk)
        goal.closes_at = datetime.now(UTC) - timedelta(days=1)
        goal.save()
        fire_due(tenant.system, now=datetime(2099, 12, 31, tzinfo=UTC))
    deliver_events(tenant.system)


@pytest.mark.parametrize(("value", "state", "facts"), [(1000, "met", 1), (999, "missed", 0)])
def test_the_system_closes_a_goal_and_a_reached_one_counts_as_a_fact(
    alpha: Tenant, sales: Kpi, value: int, state: str, facts: int
) -> None:
    pk = offered(alpha)
    act(alpha, "partner_owner@p1", services.agree_goal, goal_id=pk)
    measure(alpha, sales, value)
    passed(alpha, pk)
    passed(alpha, pk)
    with alpha.scope():
        goal = Goal.objects.get(pk=pk)
        assert (goal.state, goal.actual) == (state, value)
        lines = Credit.objects.filter(kind="goal_reached").values_list("external_id", flat=True)
        assert list(lines) == [f"goal:{pk}:{PERIOD}"] * facts
        told = Notification.objects.filter(kind="goals.answered", object_id=pk, params__state=state)
        assert told.count() == 2


def test_it_waits_for_late_data(alpha: Tenant, sales: Kpi) -> None:
    pk = offered(alpha)
    act(alpha, "partner_owner@p1", services.agree_goal, goal_id=pk)
    with alpha.scope():
        goal = Goal.objects.get(pk=pk)
        period: Period = parse_period(PERIOD, alpha.operator.days)
        # Three working days after 31 March 2099, a Tuesday, without a week-end between: 24:00 of 3 April.
        assert goal.closes_at == datetime(2099, 4, 4, tzinfo=UTC)
        assert period.end == date(2099, 4, 1)
        fire_due(alpha.system, now=datetime(2099, 12, 31, tzinfo=UTC))
        goal.refresh_from_db()
        assert goal.state == GoalState.AGREED


def test_attainment_is_live(alpha: Tenant, sales: Kpi) -> None:
    pk = offered(alpha)
    measure(alpha, sales, 250)
    with alpha.scope("partner_owner@p1"):
        goal = get_goal(alpha.actors["partner_owner@p1"], pk)
        far = reached(alpha.operator, [goal], date(2099, 2, 15))[pk]
        assert [far.value, far.share, far.passed] == [D(250), D("0.25"), D("0.5")]
        assert far.behind
    with alpha.scope():
        set_target(alpha.system, kpi="sales", period=PERIOD, partner="p1", value=D(1))
