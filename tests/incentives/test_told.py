"""What happens in the house pays: joining, training, certificates and goals, from the act to the accrual, once each."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from incentives.models import Accrual
from partners.models import OnboardingStep, Partner, Rep
from partners.onboarding import running, steps
from partners.onboarding.enums import StepState
from performance.counting.service import count_pending
from performance.feed.selectors import pending_lanes
from performance.models import Credit, Measurement
from performance.services import create_kpi
from performance.tasks import deliver_events
from programs.goals import services as goals
from programs.training.authoring import save_certification
from programs.training.certificates import enter_certificate
from tests.incentives.test_kinds import published
from tests.kit.world import Tenant
from tests.programs.schooling import course, enrolled, take, today
from tests.programs.test_goals import act, measure, offered, passed

SELLER, OWNER, MANAGER = "partner_seller@p1", "partner_owner@p1", "programme_manager"
KINDS = ("training", "certificate", "joined", "goal_reached")


@pytest.fixture
def house(alpha: Tenant) -> Tenant:
    """For each kind a KPI that counts it, a rebate on that KPI, and points for each; bonuses for the rep who learns."""
    with alpha.scope():
        Rep.objects.create(
            code="r1",
            name="Rep",
            partner=alpha.partners["p1"],
            membership_id=alpha.actors[SELLER].membership_id,
        )
        for kind in KINDS:
            create_kpi(
                alpha.system, code=f"n_{kind}", name=kind, measure="count", period="quarter", filters={"kinds": [kind]}
            )  # fmt: skip
            published(alpha, f"rebate-{kind}", "rebate", f"n_{kind} * USD 30")
            published(alpha, f"points-{kind}", "points", "500", eligibility={"kinds": [kind]})
        for kind in ("training", "certificate"):
            published(alpha, f"bonus-{kind}", "spiff", "USD 5", payee="rep", eligibility={"kinds": [kind]})
        published(alpha, "any", "points", "1")
    settle(alpha)
    return alpha


def settle(tenant: Tenant) -> None:
    """As the worker does: events, counting, and the events of that."""
    for _round in range(3):
        deliver_events(tenant.system)
        with tenant.scope():
            lanes = pending_lanes()
        for lane in lanes:
            count_pending(tenant.system, lane)
        deliver_events(tenant.system)


def learn(tenant: Tenant) -> None:
    course(tenant, certification="")
    take(tenant, enrolled(tenant))


def certify(tenant: Tenant) -> None:
    with tenant.scope():
        save_certification(tenant.system, code="a", name="A")
        enter_certificate(
            tenant.system,
            member_id=tenant.actors[SELLER].membership_id or 0,
            certification="a",
            passed_on=today(),
        )


def join(tenant: Tenant) -> None:
    """Through the whole checklist; what nobody needs here is left out by the programme manager."""

    def step(service: Any, **given: Any) -> None:
        with tenant.scope(MANAGER):
            service(tenant.actors[MANAGER], **given)
        deliver_events(tenant.system)

    with tenant.scope():
        Partner.objects.filter(code="p1").update(state="onboarding")
    step(running.start_onboarding, code="p1")
    with tenant.scope():
        open_ones = OnboardingStep.objects.filter(mandatory=True, state=StepState.PENDING)
        pks = list(open_ones.order_by("position").values_list("pk", flat=True))
    assert pks
    for pk in pks:
        step(steps.skip_step, step_id=pk, text="On paper")
    with tenant.scope():
        assert Partner.objects.get(code="p1").state == "active"


def reach(tenant: Tenant) -> None:
    with tenant.scope():
        sales = create_kpi(
            tenant.system, code="sales", name="Sales", measure="sum_amount", period="quarter", filters={}
        )
    settle(tenant)
    pk = offered(tenant)
    act(tenant, OWNER, goals.agree_goal, goal_id=pk)
    measure(tenant, sales, 1000)
    passed(tenant, pk)
    passed(tenant, pk)


def earned(scheme: str) -> list[Decimal]:
    rows = Accrual.objects.filter(version__scheme__code=scheme, amount__gt=0)
    return list(rows.values_list("amount", flat=True))


@pytest.mark.parametrize(
    ("kind", "happens"),
    [("training", learn), ("certificate", certify), ("joined", join), ("goal_reached", reach)],
)
def test_from_the_act_to_the_accrual(house: Tenant, kind: str, happens: Callable[[Tenant], None]) -> None:
    happens(house)
    settle(house)
    settle(house)
    p1 = house.partners["p1"].pk
    with house.scope():
        (fact,) = Credit.objects.filter(source="sharik")
        assert (fact.kind, fact.partner_id, fact.amount) == (kind, p1, Decimal(0))
        measured = Measurement.objects.get(kpi__code=f"n_{kind}", rep=None)
        assert (measured.partner_id, measured.value) == (p1, Decimal(1))
        assert earned(f"rebate-{kind}") == [Decimal(30)]
        assert earned(f"points-{kind}") == [Decimal(500)]
        others = [each for each in KINDS if each != kind]
        assert not [each for each in others if earned(f"rebate-{each}") or earned(f"points-{each}")]
        assert earned("any") == []  # No sale: a scheme has to ask for it.
        if kind in ("training", "certificate"):
            assert fact.rep is not None
            assert fact.rep.code == "r1"
            assert earned(f"bonus-{kind}") == [Decimal(5)]
