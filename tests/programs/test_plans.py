"""Business plans: who sees an outline, what is signed, what starts then, and the score."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from common.errors import Conflict, Forbidden, InputError, NotFound
from common.periods import Period, period_of
from partners.models import Partner, Task
from performance.models import Kpi, KpiTarget, Measurement
from performance.services import create_kpi
from performance.tasks import deliver_events
from programs.models import Commitment, Goal, Objective, Plan, PlanVersion
from programs.plans import services, signing
from programs.plans.scoring import score_of, weighed
from programs.plans.selectors import content_of, digest_of, get_plan, plans_for
from programs.requirements.counts import signed_plans
from tests.kit.world import Tenant
from workflow.states import InvalidTransition
from workflow.timers import fire_due

D = Decimal


@pytest.fixture
def year(alpha: Tenant) -> Period:
    """The running fiscal year, with a KPI by quarter."""
    with alpha.scope():
        create_kpi(
            alpha.system, code="sales", name="Sales", measure="sum_amount", period="quarter", filters={}
        )
    deliver_events(alpha.system)
    return period_of(datetime.now(UTC).date(), "year", alpha.operator.days)


def act(tenant: Tenant, name: str, step: Any, **given: Any) -> Any:
    with tenant.scope(name):
        found = step(tenant.actors[name], **given)
    deliver_events(tenant.system)
    return found


def drawn(tenant: Tenant, year: Period, **more: Any) -> int:
    """A whole plan: 60 for sales, 40 for a custom objective, a commitment of each side."""
    pk: int = act(
        tenant, "pam", services.create_plan, partner="p1", year=year.code, title="Our year", filled=False
    ).pk
    quarters = {f"{year.code}-Q{number}": D(100) for number in (1, 2, 3, 4)}
    given = {"plan_id": pk}
    act(
        tenant,
        "pam",
        services.put_objective,
        **given,
        title="Sales",
        weight=60,
        kpi="sales",
        targets=quarters,
    )
    custom = {"title": "References", "weight": 40, "targets": {f"{year.code}-Q4": D(2)}}
    act(tenant, "pam", services.put_objective, **given, **custom | more)
    for side in ("operator", "partner"):
        act(
            tenant,
            "pam",
            services.put_commitment,
            **given,
            side=side,
            title=f"{side} does",
            due_on=year.last_day,
        )
    return pk


def digest(tenant: Tenant, pk: int) -> str:
    with tenant.scope():
        return digest_of(content_of(Plan.objects.get(pk=pk)))


def signed(tenant: Tenant, year: Period) -> int:
    pk = drawn(tenant, year)
    act(tenant, "pam", signing.share_plan, plan_id=pk)
    act(tenant, "pam", signing.ask_to_sign, plan_id=pk)
    for name in ("partner_owner@p1", "pam"):
        act(tenant, name, signing.sign_plan, plan_id=pk, digest=digest(tenant, pk))
    return pk


def test_no_partner_sees_an_outline_or_anything_of_it(alpha: Tenant, year: Period) -> None:
    pk = drawn(alpha, year)
    owner = alpha.actors["partner_owner@p1"]
    with alpha.scope("partner_owner@p1"):
        assert not plans_for(owner).exists()
        assert [model.objects.count() for model in (Plan, Objective, Commitment)] == [0, 0, 0]
        with pytest.raises(NotFound):
            get_plan(owner, pk)
    act(alpha, "pam", signing.share_plan, plan_id=pk)
    with alpha.scope("partner_owner@p1"):
        assert [model.objects.count() for model in (Plan, Objective, Commitment)] == [1, 2, 2]
    with alpha.scope("partner_owner@p2"):
        assert [model.objects.count() for model in (Plan, Objective, Commitment)] == [0, 0, 0]


def test_only_the_operators_people_write_and_only_in_their_book(alpha: Tenant, year: Period) -> None:
    given = {"year": year.code, "title": "x"}
    for name, partner, error in (
        ("pam", "p2", NotFound),
        ("partner_owner@p1", "p1", Forbidden),
        ("executive", "p1", Forbidden),
    ):
        with pytest.raises(error):
            act(alpha, name, services.create_plan, partner=partner, **given)
    act(alpha, "pam", services.create_plan, partner="p1", **given)
    with pytest.raises(Conflict):
        act(alpha, "pam", services.create_plan, partner="p1", **given)


@pytest.mark.parametrize(
    ("more", "code"),
    [({"weight": 41}, "weights"), ({"weight": 39}, "weights")],
)
def test_a_plan_is_whole_before_it_is_signed(alpha: Tenant, year: Period, more: Any, code: str) -> None:
    pk = drawn(alpha, year, **more)
    act(alpha, "pam", signing.share_plan, plan_id=pk)
    with pytest.raises(InputError) as error:
        act(alpha, "pam", signing.ask_to_sign, plan_id=pk)
    assert error.value.code == code


def test_both_sides_need_a_commitment(alpha: Tenant, year: Period) -> None:
    pk = drawn(alpha, year)
    with alpha.scope():
        ours = Commitment.objects.get(side="operator").pk
    act(alpha, "pam", services.drop_commitment, plan_id=pk, commitment_id=ours)
    act(alpha, "pam", signing.share_plan, plan_id=pk)
    with pytest.raises(InputError) as error:
        act(alpha, "pam", signing.ask_to_sign, plan_id=pk)
    assert error.value.code == "one_sided"


def test_two_signatures_put_the_plan_in_force(alpha: Tenant, year: Period) -> None:
    pk = drawn(alpha, year)
    act(alpha, "pam", signing.share_plan, plan_id=pk)
    act(alpha, "pam", signing.ask_to_sign, plan_id=pk)
    with pytest.raises(Conflict) as other:
        act(alpha, "pam", signing.sign_plan, plan_id=pk, digest="0" * 64)
    assert other.value.code == "stale_version"
    act(alpha, "pam", signing.sign_plan, plan_id=pk, digest=digest(alpha, pk))
    with pytest.raises(Conflict):
        act(alpha, "pam", signing.sign_plan, plan_id=pk, digest=digest(alpha, pk))
    with alpha.scope():
        assert Plan.objects.get(pk=pk).state == "in_agreement"
        assert signed_plans([alpha.partners["p1"].pk], year.start) == {}
    act(alpha, "partner_owner@p1", signing.sign_plan, plan_id=pk, digest=digest(alpha, pk))
    with alpha.scope():
        plan, version = Plan.objects.get(pk=pk), PlanVersion.objects.get()
        assert (plan.state, plan.version) == ("signed", 1)
        assert (version.operator_name, version.partner_name) == ("pam", "partner_owner@p1")
        assert version.digest == digest_of(version.content)
        today = datetime.now(UTC).date()
        assert signed_plans([alpha.partners["p1"].pk, alpha.partners["p2"].pk], today) == {
            alpha.partners["p1"].pk: 1
        }
        running = period_of(today, "quarter", alpha.operator.days).code
        goals = set(Goal.objects.filter(state="agreed").values_list("period", flat=True))
        assert running in goals
        assert goals == set(KpiTarget.objects.filter(value=100).values_list("period", flat=True))
        assert set(Task.objects.values_list("side", "title")) == {
            ("operator", "operator does"),
            ("partner", "partner does"),
        }
    with pytest.raises(Conflict):
        act(alpha, "pam", services.change_plan, plan_id=pk, title="Another")


def test_what_is_sent_back_forgets_signatures(alpha: Tenant, year: Period) -> None:
    pk = drawn(alpha, year)
    act(alpha, "pam", signing.share_plan, plan_id=pk)
    act(alpha, "pam", signing.ask_to_sign, plan_id=pk)
    act(alpha, "pam", signing.sign_plan, plan_id=pk, digest=digest(alpha, pk))
    plan = act(alpha, "partner_owner@p1", signing.return_plan, plan_id=pk, reason="Too high.")
    assert (plan.state, plan.operator_signed_at, plan.operator_name) == ("shared", None, "")
    with pytest.raises(Forbidden):
        act(alpha, "partner_owner@p1", services.change_plan, plan_id=pk, title="Mine")


def test_an_amendment_leaves_what_was_signed_as_it_was(alpha: Tenant, year: Period) -> None:
    pk = signed(alpha, year)
    with alpha.scope():
        before = PlanVersion.objects.get().content
        objective = Objective.objects.get(kpi__isnull=False)
    act(alpha, "pam", signing.amend_plan, plan_id=pk, reason="A new product.")
    quarters = {f"{year.code}-Q{number}": D(150) for number in (1, 2, 3, 4)}
    changed = {
        "title": "Sales",
        "weight": 60,
        "kpi": "sales",
        "targets": quarters,
        "objective_id": objective.pk,
    }
    act(alpha, "pam", services.put_objective, plan_id=pk, **changed)
    with alpha.scope():
        assert signed_plans([alpha.partners["p1"].pk], datetime.now(UTC).date())
        assert not KpiTarget.objects.filter(value=150).exists()
    act(alpha, "pam", signing.ask_to_sign, plan_id=pk)
    for name in ("pam", "partner_owner@p1"):
        act(alpha, name, signing.sign_plan, plan_id=pk, digest=digest(alpha, pk))
    with alpha.scope():
        first, second = PlanVersion.objects.order_by("number")
        assert first.content == before
        assert first.digest != second.digest
        assert KpiTarget.objects.filter(value=150).exists()
        assert Task.objects.count() == 2


@pytest.mark.parametrize(
    ("attainment", "points"),
    [(D("0.5"), D(30)), (D(1), D(60)), (D("1.2"), D(72)), (D(3), D(72)), (D(-1), D(0))],
)
def test_an_objective_counts_up_to_the_cap(attainment: Decimal, points: Decimal) -> None:
    assert weighed(60, attainment, D("1.2")) == points


def test_the_score_is_computed_and_entered_with_proof(alpha: Tenant, year: Period) -> None:
    pk = signed(alpha, year)
    with alpha.scope():
        plan = Plan.objects.get(pk=pk)
        kpi, partner = Kpi.objects.get(), alpha.partners["p1"]
        for number, value in ((1, 100), (2, 50)):
            period = f"{year.code}-Q{number}"
            Measurement.objects.create(kpi=kpi, partner=partner, period=period, value=value, lines=1)
        row = Objective.objects.get(kpi=None).targets.get()
        computed = Objective.objects.get(kpi=kpi).targets.first()
        assert computed is not None
        # 60 x 150 / 400
        assert score_of(alpha.operator, plan).score == D("22.5")
    entered = {"plan_id": pk, "actual": D(3), "proof": "Three letters"}
    with pytest.raises(InputError):
        act(alpha, "partner_owner@p1", signing.enter_actual, target_id=computed.pk, **entered)
    with pytest.raises(InputError) as bare:
        act(alpha, "partner_owner@p1", signing.enter_actual, target_id=row.pk, **entered | {"proof": ""})
    assert bare.value.field == "proof"
    act(alpha, "partner_owner@p1", signing.enter_actual, target_id=row.pk, **entered)
    with alpha.scope():
        # and 40 x min(3 / 2, 120 %)
        assert score_of(alpha.operator, plan).score == D("70.5")


def test_a_plan_is_completed_after_its_year_or_ended_early_with_its_score(
    alpha: Tenant, year: Period
) -> None:
    pk = signed(alpha, year)
    with pytest.raises(Forbidden):
        act(alpha, "pam", signing.end_plan, plan_id=pk, reason="They left.")
    with alpha.scope():
        fire_due(alpha.system, now=datetime(2099, 1, 1, tzinfo=UTC))
        plan = Plan.objects.get(pk=pk)
        assert plan.state == "signed"
        plan.closes_at = datetime.now(UTC) - timedelta(days=1)
        plan.save()
        signing.plan_closes(alpha.system, pk, {})
        plan.refresh_from_db()
        assert (plan.state, plan.score) == ("completed", 0)
    with pytest.raises(InvalidTransition):
        act(alpha, "programme_manager", signing.end_plan, plan_id=pk, reason="They left.")


def test_the_template_follows_the_type_of_partner(alpha: Tenant, year: Period) -> None:
    with alpha.scope():
        partner = alpha.partners["p1"]
        partner.roles = ["distributor"]
        partner.save()
    given = {"partner": "p1", "year": year.code, "title": "Our year"}
    pk = act(alpha, "pam", services.create_plan, **given).pk
    with alpha.scope():
        rows = Objective.objects.filter(plan=pk)
        assert sum(each.weight for each in rows) == 100
        assert "Active sub-partners" in {each.title for each in rows}
        assert {each.side for each in Commitment.objects.filter(plan=pk)} == {"operator", "partner"}
        assert (
            date.fromisoformat(content_of(Plan.objects.get(pk=pk))["commitments"]["partner"][0]["due_on"])
            <= year.last_day
        )


def test_a_plan_begins_with_what_takes_most_of_the_roles_and_nothing_late(
    alpha: Tenant, year: Period
) -> None:
    with alpha.scope():
        Partner.objects.filter(code="p1").update(roles=["consultant", "distributor"])
    pk = act(alpha, "pam", services.create_plan, partner="p1", year=year.code, title="Our year").pk
    today = datetime.now(UTC).date()
    with alpha.scope():
        titles = set(Objective.objects.filter(plan=pk).values_list("title", flat=True))
        due = set(Commitment.objects.filter(plan=pk).values_list("due_on", flat=True))
    assert titles == {"Sales of the year", "Active sub-partners", "Regions with an active sub-partner"}
    assert all(today < day <= year.last_day or day == year.last_day for day in due)


def test_the_history_tells_who_signed(alpha: Tenant, year: Period) -> None:
    pk = drawn(alpha, year)
    act(alpha, "pam", signing.share_plan, plan_id=pk)
    act(alpha, "pam", signing.ask_to_sign, plan_id=pk)
    with alpha.scope("pam"):
        digest = digest_of(content_of(Plan.objects.get(pk=pk)))
    act(alpha, "pam", signing.sign_plan, plan_id=pk, digest=digest)
    shown = alpha.client("pam").get(f"/plans/{pk}/").content.decode()
    assert "Signed by the operator" in shown
    assert "signed_by" not in shown
