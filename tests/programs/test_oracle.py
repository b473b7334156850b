"""The evaluation equals plain Python that knows nothing of it: on made-up programmes, and on real sales."""

import random
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from performance.models import Measurement
from programs.models import Certificate, Certification, Enrolment, Evidence, Requirement, Tier
from programs.requirements.people import counted
from programs.standing.deciding import Met, Rules, Standing, decide
from tests.kit.world import Tenant, make_partner
from tests.programs.kit import TODAY, ask, join, monthly, night, programme

SEED, PARTNERS, MONTHS = 0, 25, 30


def month(back: int) -> str:
    """The month ``back`` months before that of TODAY."""
    serial = TODAY.year * 12 + TODAY.month - 1 - back
    return f"{serial // 12}-{serial % 12 + 1:02d}"


class Oracle:
    """Numbers by (partner, KPI, month) and people by (partner, certification); asked one question at a time."""

    def __init__(self) -> None:
        self.sold: dict[tuple[str, str, str], Decimal] = {}
        self.people: dict[tuple[str, str], set[int]] = {}

    def window(self, partner: str, kpi: str, first: int, last: int) -> Decimal:
        return sum(
            (self.sold.get((partner, kpi, month(back)), Decimal(0)) for back in range(first, last + 1)),
            Decimal(0),
        )

    def value(self, partner: str, node: dict[str, Any]) -> Decimal | None:
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
        ]
    )


def store(tenant: Tenant, tier: str, node: dict[str, Any], parent: int | None = None) -> None:
    fields = {name: value for name, value in node.items() if name != "parts"}
    made = ask(tenant, tier, parent_id=parent, **fields)
    for part in node.get("parts", ()):
        store(tenant, tier, part, made)


def test_standings_equal_plain_python(inside: Tenant) -> None:
    rng, oracle = random.Random(SEED), Oracle()
    codes = [f"o{number}" for number in range(PARTNERS)]
    inside.partners |= {code: make_partner(code) for code in codes}
    kpis = {code: monthly(code) for code in ("sales", "items")}
    rows = []
    for code in codes:
        for name, kpi in kpis.items():
            for back in range(MONTHS):
                if rng.random() < 0.6:
                    value = Decimal(rng.randint(1, 9000)) / 100
                    oracle.sold[code, name, month(back)] = value
                    rows.append(
                        Measurement(
                            kpi=kpi, partner=inside.partners[code], period=month(back), value=value, weight=1
                        )
                    )
    Measurement.objects.bulk_create(rows)
    member = inside.actors["partner_seller@p1"]
    certification = Certification.objects.create(code="c1", name="C1")
    Certificate.objects.create(
        certification=certification, partner=inside.partners["p1"], member_id=member.membership_id,
        person_name="x", passed_on=date(2026, 1, 1),
    )  # fmt: skip
    oracle.people["p1", "c1"] = {1}
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
    for row in Evidence.objects.filter(requirement__asks__in=["kpi", "growth"]).select_related(
        "partner", "requirement__kpi"
    ):
        node = {
            "asks": row.requirement.asks, "kpi": row.requirement.kpi.code,
            "months": row.requirement.months or 12, "window": row.requirement.window,
        }  # fmt: skip
        assert row.measured == oracle.value(row.partner.code, node)
    assert Tier.objects.count() == 4


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
