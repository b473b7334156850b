"""The evaluation equals plain Python that knows nothing of it: on made-up programmes, and on real sales."""

import random
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from performance.models import Measurement
from programs.models import (
    Certificate,
    Certification,
    Enrolment,
    Evidence,
    Goal,
    Plan,
    Requirement,
    Specialisation,
    SpecialisationHeld,
    Tier,
)
from programs.requirements.sources import known, source_of
from programs.standing.deciding import Met, Rules, Standing, decide
from programs.training.seats import counted
from tenancy.models import Membership
from tests.kit.world import Tenant, make_partner
from tests.programs.kit import TODAY, ask, join, monthly, night, programme

SEED, PARTNERS, MONTHS = 1, 25, 30
#: What programmes count themselves.
OWN = {"certificates_held", "specialisations_held", "signed_plans", "goals_met"}


def month(back: int) -> str:
    """The month ``back`` months before that of TODAY."""
    serial = TODAY.year * 12 + TODAY.month - 1 - back
    return f"{serial // 12}-{serial % 12 + 1:02d}"


class Oracle:
    """What was written down of every partner; asked one question at a time.

    Numbers by (partner, KPI, month), people by (partner, certification), goals as (period, met), plans as (year, state,
    versions), specialisations as the day since when.
    """

    def __init__(self) -> None:
        self.sold: dict[tuple[str, str, str], Decimal] = {}
        self.people: dict[tuple[str, str], set[int]] = {}
        self.goals: dict[str, list[tuple[str, bool]]] = {}
        self.plans: dict[str, list[tuple[str, str, int]]] = {}
        self.special: dict[str, list[date]] = {}

    def window(self, partner: str, kpi: str, first: int, last: int) -> Decimal:
        return sum(
            (self.sold.get((partner, kpi, month(back)), Decimal(0)) for back in range(first, last + 1)),
            Decimal(0),
        )

    def count(self, partner: str, source: str) -> int:
        this_year = str(TODAY.year)
        if source == "goals_met":
            return sum(met for period, met in self.goals.get(partner, []) if period.startswith(this_year))
        if source == "signed_plans":
            over = ("ended", "dropped")
            return int(any(y == this_year and s not in over and n for y, s, n in self.plans.get(partner, [])))
        if source == "specialisations_held":
            return sum(since <= TODAY for since in self.special.get(partner, []))
        per_person: dict[int, int] = {}
        for (code, _certification), people in self.people.items():
            for person in people if code == partner else ():
                per_person[person] = per_person.get(person, 0) + 1
        return sum(min(number, 2) for number in per_person.values())

    def value(self, partner: str, node: dict[str, Any]) -> Decimal | None:
        if node["asks"] == "source":
            return Decimal(self.count(partner, node["source"]))
        kpi, months = node.get("kpi", ""), node.get("months", 12)
        if node["asks"] == "growth":
            newer = self.window(partner, kpi, 0, months - 1)
            older = self.window(partner, kpi, 12, 11 + months)
            return None if not older else ((newer - older) * 100 / older).quantize(Decimal("1e-6"))
        if node.get("window") == "fiscal_year":
            running = self.window(partner, kpi, 0, TODAY.month - 1)
            return max(running, self.window(partner, kpi, TODAY.month, TODAY.month + 11))
        return self.window(partner, kpi, 0, months - 1)

    def met(self, partner: str, node: dict[str, Any]) -> bool:
        if "parts" in node:
            answers = [self.met(partner, part) for part in node["parts"]]
            return not answers or (all(answers) if node["asks"] == "all" else any(answers))
        if node["asks"] == "certificates":
            return len(self.people.get((partner, node["certification"]), ())) >= int(node["threshold"])
        value = self.value(partner, node)
        return value is not None and value >= Decimal(node["threshold"])


def made_up(rng: random.Random, level: int, depth: int = 0) -> dict[str, Any]:
    if depth < 2 and rng.random() < 0.35:
        return {
            "asks": rng.choice(["all", "any"]),
            "parts": [made_up(rng, level, depth + 1) for _ in range(rng.randint(1, 3))],
        }
    kpi = {"kpi": rng.choice(["sales", "items"])}
    return rng.choice(
        [
            {"asks": "kpi", **kpi, "months": rng.choice([3, 12]), "threshold": rng.randint(5, 150) * level},
            {"asks": "kpi", **kpi, "window": "fiscal_year", "threshold": rng.randint(50, 150) * level},
            {"asks": "growth", **kpi, "months": rng.choice([3, 12]), "threshold": rng.randint(0, 60)},
            {"asks": "certificates", "certification": "c1", "threshold": rng.randint(1, 3)},
            {"asks": "source", "source": "certificates_held", "threshold": rng.randint(1, 5)},
            {"asks": "source", "source": "specialisations_held", "threshold": rng.randint(1, 2)},
            {"asks": "source", "source": "signed_plans", "threshold": 1},
            {"asks": "source", "source": "goals_met", "threshold": rng.randint(1, 3)},
        ]
    )


def store(tenant: Tenant, tier: str, node: dict[str, Any], parent: int | None = None) -> None:
    fields = {name: value for name, value in node.items() if name != "parts"}
    made = ask(tenant, tier, parent_id=parent, **fields)
    for part in node.get("parts", ()):
        store(tenant, tier, part, made)


def sell(rng: random.Random, oracle: Oracle, tenant: Tenant) -> None:
    kpis = {code: monthly(code) for code in ("sales", "items")}
    rows = []
    for code, partner in tenant.partners.items():
        for name, kpi in kpis.items():
            for back in range(MONTHS if code in oracle.goals else 0):
                if rng.random() < 0.6:
                    value = Decimal(rng.randint(1, 9000)) / 100
                    oracle.sold[code, name, month(back)] = value
                    rows.append(
                        Measurement(kpi=kpi, partner=partner, period=month(back), value=value, weight=1)
                    )
    Measurement.objects.bulk_create(rows)


def certify(rng: random.Random, oracle: Oracle, tenant: Tenant) -> None:
    """Up to three people in each company; some certificates are over or revoked, or of people who left."""
    kinds = [Certification.objects.create(code=f"c{n}", name=f"C{n}") for n in (1, 2, 3)]
    rows = []
    for number, code in enumerate(oracle.goals):
        partner = tenant.partners[code]
        for person in range(rng.randint(0, 3)):
            member = Membership.objects.create(
                person_id=10_000 + 10 * number + person, partner=partner, role="partner_technician",
                name="x", email="", active=rng.random() < 0.9,
            )  # fmt: skip
            for kind in kinds:
                state = rng.choice(["passed", "passed", "expiring", "revoked"])
                until = rng.choice([None, date(2026, 5, 15), date(2026, 5, 14)])
                if rng.random() < 0.7:
                    if member.active and state != "revoked" and (until is None or until >= TODAY):
                        oracle.people.setdefault((code, kind.code), set()).add(member.pk)
                    rows.append(
                        Certificate(
                            certification=kind, partner=partner, member=member, person_name="x",
                            passed_on=date(2026, 1, 1), state=state, counts_until=until,
                        )
                    )  # fmt: skip
    Certificate.objects.bulk_create(rows)


def promise(rng: random.Random, oracle: Oracle, tenant: Tenant) -> None:
    """Goals, plans and specialisations."""
    kpis = [monthly(f"g{n}") for n in range(3)]
    kinds = [Specialisation.objects.create(code=f"s{n}", name=f"S{n}", needs={"c1": 1}) for n in range(3)]
    periods = ["2025-Q4", "2026-Q1", "2026-Q2", "2026-02", "2025-H2", "2026"]
    for code in oracle.goals:
        partner = tenant.partners[code]
        for kpi in kpis:
            period, state = rng.choice(periods), rng.choice(["met", "met", "missed", "agreed"])
            oracle.goals[code].append((period, state == "met"))
            Goal.objects.create(
                partner=partner, kpi=kpi, period=period, state=state, whole=1, target=1, by_name="x"
            )
        year, how = rng.choice(["2025", "2026"]), rng.choice(["signed", "amending", "ended"])
        signatures = rng.choice([0, 1])
        oracle.plans[code] = [(year, how, signatures)]
        Plan.objects.create(partner=partner, year=year, title="x", state=how, version=signatures)
        for kind in kinds:
            if rng.random() < 0.4:
                since = rng.choice([date(2026, 1, 1), date(2026, 5, 16)])
                oracle.special.setdefault(code, []).append(since)
                SpecialisationHeld.objects.create(
                    specialisation=kind, partner=partner, since=since, checked_on=since
                )


def test_standings_equal_plain_python(inside: Tenant) -> None:
    rng, oracle = random.Random(SEED), Oracle()
    codes = [f"o{number}" for number in range(PARTNERS)]
    inside.partners |= {code: make_partner(code) for code in codes}
    oracle.goals = {code: [] for code in ("p1", *codes)}
    sell(rng, oracle, inside)
    certify(rng, oracle, inside)
    promise(rng, oracle, inside)
    tiers = ["t1", "t2", "t3", "t4"]
    programme(inside, *tiers)
    asked = {code: [made_up(rng, level) for _ in range(2)] for level, code in enumerate(tiers, 1)}
    for code, nodes in asked.items():
        for node in nodes:
            store(inside, code, node)
    join(inside, "p1", *codes)
    night(inside)
    expected = {}
    for code in ("p1", *codes):
        meets = [tier for tier in tiers if all(oracle.met(code, node) for node in asked[tier])]
        expected[code] = (meets[-1], "held") if meets else ("t1", "at_risk")
    found = Enrolment.objects.select_related("partner", "tier")
    assert {row.partner.code: (row.tier.code, row.state) for row in found} == expected
    assert len(set(expected.values())) > 3
    leaves = Requirement.objects.exclude(asks__in=["all", "any"])
    assert Evidence.objects.count() == leaves.count() * (PARTNERS + 1)
    seen: dict[str, set[Decimal | None]] = {}
    for row in Evidence.objects.filter(requirement__asks__in=["kpi", "growth", "source"]).select_related(
        "partner", "requirement__kpi"
    ):
        asked_for = row.requirement
        node = {
            "asks": asked_for.asks, "kpi": asked_for.kpi.code if asked_for.kpi else "",
            "months": asked_for.months or 12, "window": asked_for.window, "source": asked_for.source,
        }  # fmt: skip
        seen.setdefault(asked_for.source, set()).add(row.measured)
        assert row.measured == oracle.value(row.partner.code, node)
    assert Tier.objects.count() == 4
    assert set(seen) >= OWN
    assert all(len(values) > 1 for values in seen.values())


def test_a_source_reads_any_number_of_partners_in_one_query(inside: Tenant) -> None:
    ids = [partner.pk for partner in inside.partners.values()]
    assert {source.code for source in known()} >= OWN
    for code in sorted(OWN):
        source, reads = source_of(code), {"certificates_held": 2, "specialisations_held": 1}
        assert source is not None
        with CaptureQueriesContext(connection) as caught:
            assert source.values(ids, TODAY) == {}
        # The fiscal year or the operator's number of requirements per person is the second one.
        assert len(caught) <= reads.get(code, 2), code


PEOPLE = st.frozensets(st.integers(1, 5), max_size=5)


def fair(fitting: list[frozenset[int]], wanted: list[int], limit: int) -> list[int]:
    """The best first requirement, then the best second, ...: every way to seat people, tried one by one."""
    best: list[int] = []

    def go(index: int, used: dict[int, int], seated: list[int]) -> None:
        nonlocal best
        if index == len(fitting):
            best = max(best, seated)
            return
        free = [person for person in fitting[index] if used.get(person, 0) < limit]
        for size in range(min(wanted[index], len(free)) + 1):
            for chosen in combinations(sorted(free), size):
                go(index + 1, used | {person: used.get(person, 0) + 1 for person in chosen}, [*seated, size])

    go(0, {}, [])
    return best


@settings(max_examples=60)
@given(st.lists(st.tuples(PEOPLE, st.integers(1, 3)), min_size=3, max_size=4))
def test_one_person_counts_in_two_requirements_and_nobody_is_wasted(
    asked: list[tuple[frozenset[int], int]],
) -> None:
    held: dict[int | None, frozenset[int]] = {number: people for number, (people, _) in enumerate(asked)}
    found = counted(held, [(number, wanted) for number, (_, wanted) in enumerate(asked)], 2)
    best = fair([people for people, _ in asked], [wanted for _, wanted in asked], 2)
    for number, (people, wanted) in enumerate(asked):
        assert found[number] == (len(people) if best[number] >= wanted else best[number])


RULES = Rules("at_once", date(2026, 7, 1), 90)


@settings(max_examples=60)
@given(
    st.integers(1, 4),
    st.sampled_from(["held", "qualified", "at_risk", "grace", "exception"]),
    st.frozensets(st.integers(1, 4)),
    st.frozensets(st.integers(1, 4)),
    st.booleans(),
)
def test_nobody_falls_without_a_person(
    rank: int, state: str, met: frozenset[int], demanding: frozenset[int], waits: bool
) -> None:
    rules = Rules("period_start" if waits else "at_once", RULES.next_review, 90)
    now = Standing(rank, state, date(2026, 6, 1))
    then = decide(now, Met(met, demanding), rules, TODAY)
    assert then.rank >= rank
    if then.rank > rank:
        assert then.rank in met & demanding
        assert not waits
    if state == "exception":
        assert then == now
    assert decide(then, Met(met, demanding), rules, TODAY) == then
