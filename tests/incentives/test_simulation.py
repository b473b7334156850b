"""Simulations: equal to plain Python, compared with what is published, chunk by chunk, and nothing accrued."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError
from incentives.models import Accrual, AccrualLine, SchemeVersion, SimulatedAmount, Simulation
from incentives.programs import FormulaInvalid
from incentives.services import SchemeData, VersionData, create_scheme
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
    assert said["budget"] == {
        "amount": "500",
        "share": "1.582",
        "over": "291",
        "unpaid": "0",
        "at_ceiling": "watch",
        "reached_in": "2013-Q2",
    }
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


RATES = {1: ("10%", "additive"), 2: ("15%", "additive"), 3: ("20%", "net"), 4: ("25%", "net")}


def in_group(tenant: Tenant, kind: str, formula: str, order: tuple[int, ...]) -> dict[int, SchemeVersion]:
    """Published schemes of one group: D1 and D2 are additive (D2 does not count), D3 and D4 are net of previous ones."""
    found = {}
    for at, key in enumerate(order, 1):
        rate, policy = RATES[key]
        draft = create_scheme(
            tenant.system,
            scheme=SchemeData(code=f"d{key}", name=f"D{key}", kind=kind),
            version=VersionData(
                formula=formula.format(rate),
                starts=date(2013, 1, 1),
                stack_group="g",
                stack_policy=policy,
                stack_priority=at * 10,
                stack_counts=key != 2,
            ),
        )
        # Publishing lets nobody join a group in the past, which is where a simulation looks.
        SchemeVersion.objects.filter(pk=draft.pk).update(published_at=timezone.now())
        found[key] = SchemeVersion.objects.select_related("scheme").get(pk=draft.pk)
    return found


@pytest.mark.parametrize(("kind", "formula"), [("rebate", "all: sales * {}"), ("spiff", "amount * {}")])
@pytest.mark.parametrize(
    ("order", "draft", "today"),
    [((1, 2, 3, 4), "180", "180"), ((4, 3, 2, 1), "200", "250"), ((2, 4, 1, 3), "200", "250")],
)
def test_a_draft_stands_beside_the_others_of_its_group(
    inside: Tenant, kind: str, formula: str, order: tuple[int, ...], draft: str, today: str
) -> None:
    """D4 in the orders that give 610, 650 and 630 today; the draft takes 20 % in the place of its 25 %."""
    measured(inside, kpi(), "1000")
    credit(inside, "a", "1000")
    version = in_group(inside, kind, formula, order)[4]
    trial = replace(trial_of(version), formula=formula.format("20%"))
    job = simulate(inside, trial, scheme=version.scheme)
    expected = Decimal(draft) if order[0] != 1 else Decimal(1000 - 100 - 180) * Decimal("0.2")
    assert paid(job) == {"p1 2013-Q1": (expected, Decimal(today))}
    alone = Decimal(1000) * Decimal("0.2")
    assert Decimal(job.summary["stacked"]) == alone - expected


@pytest.mark.parametrize("kind", ["rebate", "spiff"])
def test_an_exclusive_sibling_leaves_nothing_and_a_new_scheme_joins(inside: Tenant, kind: str) -> None:
    measured(inside, kpi(), "1000")
    credit(inside, "a", "1000")
    credit(inside, "a-back", "-400", sign=-1, quantity=-1, reverses="a")
    formula = "all: sales * {}" if kind == "rebate" else "amount * {}"
    in_group(inside, kind, formula, (1,))
    trial = Trial(formula.format("50%"), kind=kind, stack_group="g", stack_policy="net", stack_priority=20)
    # A tenth is taken off first; what came back takes the same way back.
    left = Decimal(450) if kind == "rebate" else Decimal(450 - 180)
    assert paid(simulate(inside, trial)) == {"p1 2013-Q1": (left, Decimal(0))}
    first = replace(trial, stack_priority=5)
    assert paid(simulate(inside, first))["p1 2013-Q1"][0] == (500 if kind == "rebate" else 300)
    other = replace(trial, stack_group="h")
    assert paid(simulate(inside, other))["p1 2013-Q1"][0] == (500 if kind == "rebate" else 300)


def test_a_shared_budget_gives_everybody_the_same_part(inside: Tenant) -> None:
    sales = kpi()
    for partner, value in (("p1", "5000"), ("p2", "2500")):
        measured(inside, sales, value, partner=partner)
    scheme = published(inside, "all: sales * 1%", budget=Decimal(30), at_ceiling="pro_rata").scheme
    trial = Trial("all: sales * 1%", budget=Decimal(60), at_ceiling="pro_rata")
    job = simulate(inside, trial, scheme=scheme)
    assert paid(job) == {
        "p1 2013-Q1": (Decimal(40), Decimal(20)),
        "p2 2013-Q1": (Decimal(20), Decimal(10)),
    }
    said = job.summary["budget"]
    assert (said["share"], said["over"], said["unpaid"], said["reached_in"]) == (
        "1.25",
        "15",
        "15",
        "2013-Q1",
    )
    assert (job.summary["total"], job.summary["before"]) == ("60", "30")


def test_a_rebate_budget_stops_at_who_sold_last(inside: Tenant) -> None:
    sales = kpi()
    for partner, day in (("p1", 9), ("p2", 4)):
        measured(inside, sales, "1000", partner=partner)
        measured(inside, sales, "500", "2013-Q2", partner=partner)
        credit(
            inside,
            partner,
            "1",
            partner=inside.partners[partner],
            occurred_at=datetime(2013, 1, day, tzinfo=UTC),
        )
    job = simulate(
        inside,
        Trial("all: sales * 10%", budget=Decimal(230), at_ceiling="stop"),
        *("2013-Q2", "2013-Q1"),
    )
    assert paid(job) == {
        "p1 2013-Q1": (Decimal(100), Decimal(0)),
        "p2 2013-Q1": (Decimal(100), Decimal(0)),
        "p1 2013-Q2": (Decimal(30), Decimal(0)),
        "p2 2013-Q2": (Decimal(0), Decimal(0)),
    }
    assert (job.summary["budget"]["unpaid"], job.summary["budget"]["reached_in"]) == ("70", "2013-Q2")
    less = simulate(inside, Trial("all: sales * 10%", budget=Decimal(130), at_ceiling="stop"))
    assert paid(less)["p2 2013-Q1"][0] == 100
    assert paid(less)["p1 2013-Q1"][0] == 30


def test_a_transaction_budget_goes_to_what_happened_first(inside: Tenant) -> None:
    """In chunks of one partner: c3 of p2 happened between those of p1; what c1 gives back, the last one uses."""
    days = {"c1": ("p1", 1, "100"), "c3": ("p2", 2, "100"), "c2": ("p1", 3, "100"), "c4": ("p2", 5, "100")}
    for ref, (partner, day, amount) in days.items():
        credit(
            inside,
            ref,
            amount,
            partner=inside.partners[partner],
            occurred_at=datetime(2013, 2, day, tzinfo=UTC),
        )
    trial = Trial("amount * 10%", kind="spiff", budget=Decimal(25), at_ceiling="stop")
    job = simulate(inside, trial)
    assert paid(job) == {"p1 2013-Q1": (Decimal(15), Decimal(0)), "p2 2013-Q1": (Decimal(10), Decimal(0))}
    back = {"sign": -1, "quantity": -1, "reverses": "c1"}
    credit(inside, "c5", "-100", occurred_at=datetime(2013, 2, 4, tzinfo=UTC), **back)
    job = simulate(inside, trial)
    assert paid(job) == {"p1 2013-Q1": (Decimal(5), Decimal(0)), "p2 2013-Q1": (Decimal(20), Decimal(0))}
    assert not SimulatedAmount.objects.exclude(claims={}).exists()


def test_payments_over_time_count_whole(inside: Tenant) -> None:
    credit(inside, "a", "1000")
    trial = Trial("amount * 10%", kind="referral", payments=[[0, "60"], [180, "40"]], while_customer=True)
    assert paid(simulate(inside, trial)) == {"p1 2013-Q1": (Decimal(100), Decimal(0))}
    with pytest.raises(InputError):
        simulate(inside, replace(trial, payments=[[0, "60"]]))


def test_points_are_whole_and_discounts_are_refused(inside: Tenant) -> None:
    credit(inside, "a", "1055")
    points = Trial("amount / USD 100 + 0", kind="points")
    assert paid(simulate(inside, points)) == {"p1 2013-Q1": (Decimal(11), Decimal(0))}
    with pytest.raises(FormulaInvalid):
        simulate(inside, replace(points, formula="amount * 1%"))
    with pytest.raises(InputError, match="quote"):
        simulate(inside, Trial("amount * 10%", kind="discount"))
