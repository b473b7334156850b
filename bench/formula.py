"""Formulas with trace (total, components, explanation on demand) against the same six components written by hand in Python, in one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from time import process_time

from bench.result import Result
from formula import COUNT, Inputs, NameInfo, Program, Schema, Trace, compile_source, context_names, money

BENEFICIARIES, ROUNDS = 10_000, 7
SOURCE = """
volume: marginal(sales, [0 -> 1%, 100m -> 2%, 500m -> 3%])
strategic: cloud * band(cloud, [0 -> 2%, 50m -> 4%, 200m -> 5%])
growth: if(growth(sales) >= 10%, sales * 1%, 0)
goal: sales * band(attainment(sales), [0% -> 0%, 80% -> 0.5%, 100% -> 1%])
certified: min(certificates * IRR 250k, 2m)
tier: cloud * by(tier, ["gold" -> 1%, "silver" -> 0.5%, else -> 0%])
"""
SCHEMA = Schema(
    "period",
    {
        "sales": NameInfo(money("IRR")),
        "cloud": NameInfo(money("IRR")),
        "certificates": NameInfo(COUNT),
        **context_names(),
    },
    "IRR",
)


def beneficiaries() -> list[Inputs]:
    """Amounts spread over all bands, the same in each run."""
    tiers = ("gold", "silver", "registered")
    return [
        Inputs(
            values={
                "sales": Decimal(number * 104_729 % 800_000_000) + Decimal("0.25"),
                "cloud": Decimal(number * 15_485_863 % 300_000_000),
                "certificates": Decimal(number % 12),
            },
            targets={"sales": Decimal(400_000_000 + number)},
            previous={"sales": Decimal(300_000_000 - number)},
            context={"tier": tiers[number % 3]},
        )
        for number in range(BENEFICIARIES)
    ]


D = Decimal
ZERO, M50, M100, M200, M500 = D(0), D(50_000_000), D(100_000_000), D(200_000_000), D(500_000_000)
P05, P1, P2, P3, P4, P5, P10, P80, P100 = (
    D(text) for text in ("0.005", "0.01", "0.02", "0.03", "0.04", "0.05", "0.1", "0.8", "1")
)
PER_CERTIFICATE, MOST = D(250_000), D(2_000_000)


def volume(sales: Decimal) -> Decimal:
    if sales < M100:
        return sales * P1
    if sales < M500:
        return M100 * P1 + (sales - M100) * P2
    return M100 * P1 + (M500 - M100) * P2 + (sales - M500) * P3


def strategic(cloud: Decimal) -> Decimal:
    if cloud < M50:
        return cloud * P2
    return cloud * (P4 if cloud < M200 else P5)


def goal(sales: Decimal, target: Decimal | None) -> Decimal:
    attainment = sales / target if target else ZERO
    if attainment < P80:
        return ZERO
    return sales * (P05 if attainment < P100 else P1)


def by_hand(inputs: Inputs) -> tuple[Decimal, dict[str, Decimal]]:
    """The total and what each component adds to it."""
    values = inputs.values
    sales, cloud = values.get("sales", ZERO), values.get("cloud", ZERO)
    previous = inputs.previous.get("sales")
    grown = (sales / previous - P100) if previous else ZERO
    tier = inputs.context.get("tier")
    components = {
        "volume": volume(sales),
        "strategic": strategic(cloud),
        "growth": sales * P1 if grown >= P10 else ZERO,
        "goal": goal(sales, inputs.targets.get("sales")),
        "certified": min(values.get("certificates", ZERO) * PER_CERTIFICATE, MOST),
        "tier": cloud * (P1 if tier == "gold" else P05 if tier == "silver" else ZERO),
    }
    return sum(components.values(), ZERO), components


def with_trace(program: Program, everybody: Sequence[Inputs]) -> list[Trace]:
    return [program.trace(inputs) for inputs in everybody]


def hand_written(everybody: Sequence[Inputs]) -> list[tuple[Decimal, dict[str, Decimal]]]:
    with localcontext(prec=38):
        return [by_hand(inputs) for inputs in everybody]


def seconds(work: Callable[[], object]) -> float:
    """Processor time, so that other processes of the machine count less."""
    start = process_time()
    work()
    return process_time() - start


def run() -> dict[str, Result]:
    """Best time with trace by best time by hand; `runs` are the ratios of the single rounds.

    A trace holds total and components, and works out its steps when they are read. `formula_logged` is the ratio when
    every decision of every run is written down at once.
    """
    program, everybody = compile_source(SOURCE, SCHEMA, expect=money("IRR")), beneficiaries()
    traced = [(trace.result, trace.amounts) for trace in with_trace(program, everybody)]
    if traced != hand_written(everybody):
        raise ValueError("formula and hand-written Python disagree")
    times: dict[str, list[float]] = {"formula": [], "formula_logged": [], "by_hand": []}
    for _ in range(ROUNDS):
        times["formula"].append(seconds(lambda: with_trace(program, everybody)))
        times["formula_logged"].append(seconds(lambda: [program.evaluate(each)[0] for each in everybody]))
        times["by_hand"].append(seconds(lambda: hand_written(everybody)))
    by_hand = times.pop("by_hand")
    return {
        name: Result(
            value=round(min(ours) / min(by_hand), 3),
            goal=3,
            unit="ratio",
            better="lower",
            runs=[round(a / b, 3) for a, b in zip(ours, by_hand, strict=True)],
        )
        for name, ours in times.items()
    }


if __name__ == "__main__":
    print(run())
