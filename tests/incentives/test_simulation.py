"""Simulations: equal to plain Python, compared with what is published, chunk by chunk, and nothing accrued."""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from common.errors import Conflict, Forbidden, InputError
from incentives.models import Accrual, AccrualLine, SimulatedAmount, Simulation
from incentives.programs import FormulaInvalid
from incentives.simulation import running
from incentives.simulation.rules import Trial, trial_of
from incentives.simulation.running import run_simulation, run_step
from incentives.simulation.selectors import changes_of, get_simulation
from incentives.simulation.services import cancel_simulation, last_periods, start_simulation
from incentives.simulation.summary import distribution, round_width
from partners.models import Rep
from performance.models import Measurement
from tests.incentives.test_accruals import credit, kpi, measured, published
from tests.kit.world import Tenant, make_partner

ALL = "all: sales * band(sales, [0 -> 1%, 10k -> 2%])"


def simulate(tenant: Tenant, trial: Trial, *periods: str, **more: Any) -> Simulation:
    actor = tenant.actors["programme_manager"]
    job = start_simulation(actor, trial=trial, periods=periods or ("2013-Q1",), **more)
    run_simulation(tenant.system, job.pk)
    return get_simulation(actor, job.pk)


def paid(job: Simulation) -> dict[str, tuple[Decimal, Decimal]]:
    rows = SimulatedAmount.objects.filter(simulation=job).select_related("partner", "rep")
    return {f"{(row.rep or row.partner).code} {row.period}": (row.amount, row.before) for row in rows}


def test_a_draft_against_the_published_version(inside: Tenant) -> None:
    sales = kpi()
    for partner, value in (("p1", "15000"), ("p2", "9000"), ("p1sub", "100.005")):
        measured(inside, sales, value, partner=partner)
    measured(inside, sales, "20000", "2013-Q2")
    scheme = published(inside, "all: sales * 1.5%").scheme
    before = Accrual.objects.count()
    job = simulate(inside, Trial(ALL, budget=Decimal(500)), "2013-Q2", "2013-Q1", scheme=scheme)
    assert paid(job) == {
        "p1 2013-Q1": (Decimal(300), Decimal(225)),
        "p2 2013-Q1": (Decimal(90), Decimal(135)),
        "p1sub 2013-Q1": (Decimal(1), Decimal("1.5")),
        "p1 2013-Q2": (Decimal(400), Decimal(300)),
        "p2 2013-Q2": (Decimal(0), Decimal(0)),
        "p1sub 2013-Q2": (Decimal(0), Decimal(0)),
    }
    said = job.summary
    assert (job.state, job.periods, job.done) == ("done", ["2013-Q1", "2013-Q2"], job.total)
    assert (said["total"], said["before"], said["earning"]) == ("791", "661.5", 3)
    assert said["winners"] == {"count": 1, "amount": "175"}
    assert said["losers"] == {"count": 2, "amount": "-45.5"}
    assert said["budget"] == {"amount": "500", "share": "1.582", "over": "291", "reached_in": "2013-Q2"}
    assert Accrual.objects.count() == before
    changes = {
        row["partner__code"]: row["change"] for row in changes_of(inside.actors["programme_manager"], job)
    }
    assert changes["p1"] == Decimal(175)


def test_eligibility_cap_tiers_and_errors(inside: Tenant) -> None:
    sales = kpi()
    make_partner("gold", tier="gold", roles=["reseller"])
    inside.partners["gold"] = make_partner("gold2", tier="gold", roles=["reseller"])
    for code in ("p1", "gold"):
        measured(inside, sales, "1000", partner=code)
    job = simulate(inside, Trial("all: sales * 10%", eligibility={"tiers": ["gold"]}, cap=Decimal(60)))
    assert paid(job) == {"gold2 2013-Q1": (Decimal(60), Decimal(0))}
    assert (job.summary["capped"], job.summary["cut"]) == (1, "40")
    assert [group["key"] for group in job.summary["by_tier"]] == ["gold"]
    assert [group["key"] for group in job.summary["by_role"]] == ["reseller"]
    broken = simulate(inside, Trial("all: sales / (sales - sales) * USD 1"))
    assert broken.summary["failed"] == 2


def test_spiffs_sum_transactions_of_each_rep(inside: Tenant) -> None:
    reps = [Rep.objects.create(code=f"r{n}", name=f"Rep {n}", partner=inside.partners["p1"]) for n in (1, 2)]
    oracle: dict[str, Decimal] = defaultdict(Decimal)
    for number, amount in enumerate(("100.333", "0.335", "2000", "-100.333", "7")):
        rep = reps[number % 2]
        credit(inside, f"c{number}", amount, rep=rep, sign=-1 if amount.startswith("-") else 1)
        oracle[f"{rep.code} 2013-02"] += Decimal(amount) * Decimal("0.0125")
    credit(inside, "none", "500")
    credit(
        inside,
        "later",
        "900",
        rep=reps[0],
        day=date(2013, 3, 1),
        occurred_at=datetime(2013, 3, 1, tzinfo=UTC),
    )
    trial = Trial(
        "amount * 1.25%", kind="spiff", payee="rep", period="month", eligibility={"kinds": ["sale"]}
    )
    job = simulate(inside, trial, "2013-02")
    rows = SimulatedAmount.objects.filter(simulation=job).select_related("rep")
    assert {f"{row.rep.code} {row.period}": row.exact for row in rows if row.rep} == dict(oracle)
    assert not AccrualLine.objects.exists()


def test_a_run_that_was_cut_off_goes_on_where_it_was(inside: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK", 2)
    sales = kpi()
    for number in range(5):
        partner = make_partner(f"n{number}")
        Measurement.objects.create(kpi=sales, period="2013-Q1", partner=partner, value=Decimal(100 * number))
    actor = inside.actors["programme_manager"]
    job = start_simulation(actor, trial=Trial("all: sales * 1%"), periods=["2013-Q1", "2012-Q4"])
    for _begin_empty_period_first_two in range(3):
        assert run_step(inside.system, job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("running", 2, 5)
    run_simulation(inside.system, job.pk)
    job.refresh_from_db()
    assert (job.state, job.summary["total"]) == ("done", "10")
    assert SimulatedAmount.objects.filter(simulation=job).count() == 5
    assert not run_step(inside.system, job.pk)


def test_a_cancelled_one_stops(inside: Tenant) -> None:
    kpi()
    actor = inside.actors["programme_manager"]
    job = start_simulation(actor, trial=Trial("all: sales * 1%"), periods=["2013-Q1"])
    run_step(inside.system, job.pk)
    cancel_simulation(actor, simulation_id=job.pk)
    run_simulation(inside.system, job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    with pytest.raises(Conflict):
        cancel_simulation(actor, simulation_id=job.pk)


@pytest.mark.parametrize("periods", [[], ["2013-01"], ["2190-Q1"], ["2013"], ["nonsense"]])
def test_periods_have_to_be_past_ones_of_the_kind(inside: Tenant, periods: list[str]) -> None:
    kpi()
    with pytest.raises(InputError):
        start_simulation(inside.actors["programme_manager"], trial=Trial("all: sales * 1%"), periods=periods)


def test_who_may(inside: Tenant) -> None:
    version = published(inside, "all: sales * 1%") if kpi() else None
    assert version is not None
    for name in ("channel_finance", "pam", "partner_owner@p1"):
        with pytest.raises(Forbidden):
            start_simulation(inside.actors[name], trial=trial_of(version), periods=["2013-Q1"])
    job = simulate(inside, trial_of(version), scheme=version.scheme, version=version)
    assert get_simulation(inside.actors["channel_finance"], job.pk)
    with pytest.raises(Forbidden):
        get_simulation(inside.actors["executive"], job.pk)
    with pytest.raises(FormulaInvalid):
        simulate(inside, Trial("salse * 1%"))


def test_steps_of_a_distribution_are_round() -> None:
    widths = [round_width(Decimal(text)) for text in ("0", "0.03", "1", "1.2", "37", "0.7", "501")]
    assert widths == [Decimal(text) for text in ("1", "0.05", "1", "2", "50", "1", "1000")]
    found = distribution([Decimal(n) for n in (-5, 0, 10, 20, 80)])
    assert found["quartiles"] == ["-5", "0", "10", "20", "80"]
    assert sum(bar["count"] for bar in found["bars"]) == 5
    assert distribution([])["bars"] == []


def test_last_periods_are_complete(inside: Tenant) -> None:
    codes = [period.code for period in last_periods(inside.actors["programme_manager"], "quarter", 3)]
    assert len(codes) == 3
    assert codes == sorted(codes)
