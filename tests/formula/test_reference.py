"""Random formulas against an independent interpreter in exact fractions, written without any of the language's code."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from formula import Inputs, compile_source, money
from tests.formula.kit import PERIOD

# A tree is (operation, source template, parts); templates are filled with the sources of the parts.
Tree = tuple[str, str, tuple[Any, ...]]
Env = dict[str, Fraction | None]
TIERS = ("silver", "gold", "platinum")
DIGITS = 38


class TooLong(Exception):
    """The exact value has more digits than the language keeps."""


def exact(value: Fraction) -> Fraction:
    denominator = value.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    scaled = value
    while scaled.denominator != 1 and denominator == 1:
        scaled *= 10
    if denominator != 1 or len(str(abs(scaled.numerator))) > DIGITS:
        raise TooLong
    return value


def table_value(x: Fraction, starts: Sequence[Fraction]) -> int:
    """The last row whose threshold is not above x, else the first."""
    return max((row for row, start in enumerate(starts) if row == 0 or start <= x), default=0)


def earned(x: Fraction, starts: Sequence[Fraction], rates: Sequence[Fraction]) -> Fraction:
    """Each slice at its rate; below zero everything at the first rate."""
    if x < 0:
        return x * rates[0]
    ends = [*starts[1:], None]
    slices = [
        max(Fraction(), (x if end is None else min(x, end)) - start)
        for start, end in zip(starts, ends, strict=True)
    ]
    return sum((part * rate for part, rate in zip(slices, rates, strict=True)), Fraction())


def rounded(x: Fraction, unit: Fraction, rule: str) -> Fraction:
    steps, rest = divmod(abs(x) / unit, 1)
    up = {"down": False, "half_up": rest >= Fraction(1, 2)}.get(
        rule, rest > Fraction(1, 2) or (rest == Fraction(1, 2) and steps % 2 == 1)
    )
    return (steps + up) * unit * (-1 if x < 0 else 1)


def meaning(tree: Tree, env: Env, tier: str) -> Any:
    operation, _, parts = tree
    if operation == "literal":
        return parts[0]
    if operation == "name":
        return env[parts[0]] or Fraction()
    if operation in {"attainment", "growth"}:
        value, against = (
            env["sales"] or Fraction(),
            env["target" if operation == "attainment" else "previous"],
        )
        if not against or (operation == "growth" and against < 0):
            return Fraction()
        return exact(value / against) - (operation == "growth")
    if operation == "by":
        return meaning(parts[TIERS.index(tier)], env, tier)
    if operation == "if":
        return meaning(parts[1] if meaning(parts[0], env, tier) else parts[2], env, tier)
    if operation in {"band", "marginal"}:
        x, starts, values = meaning(parts[0], env, tier), parts[1], parts[2]
        if operation == "marginal":
            return exact(earned(x, starts, [meaning(value, env, tier) for value in values]))
        return meaning(values[table_value(x, starts)], env, tier)
    return calculated(operation, [meaning(part, env, tier) for part in parts])


def calculated(operation: str, values: list[Any]) -> Any:
    a, b = values[0], values[-1]
    if operation in {"<", "<=", "=", "!=", ">", ">="}:
        return {"<": a < b, "<=": a <= b, "=": a == b, "!=": a != b, ">": a > b, ">=": a >= b}[operation]
    match operation:
        case "+":
            return exact(a + b)
        case "-":
            return exact(a - b)
        case "*":
            return exact(a * b)
        case "/":
            return exact(a / b)
        case "minus":
            return -a
        case "abs":
            return abs(a)
        case "min" | "max":
            return sorted(values)[0 if operation == "min" else -1]
        case "clamp":
            return sorted(values)[1] if values[1] <= values[2] else values[2]
        case "and":
            return a and b
        case "not":
            return not a
    return exact(rounded(a, values[1], operation))


def source_of(tree: Tree) -> str:
    _, template, parts = tree
    return template.format(*(source_of(part) if is_tree(part) else part for part in parts))


def is_tree(part: object) -> bool:
    return isinstance(part, tuple) and len(part) == 3 and isinstance(part[1], str)


def literal(value: int, unit: str) -> Tree:
    text, number = f"{value // 100}.{value % 100:02}", Fraction(value, 100)
    if unit == "percent":
        return "literal", text + "%", (number / 100,)
    return "literal", ("IRR " if unit == "money" else "") + text, (number,)


def clamped(x: Tree, limits: tuple[int, int], unit: str) -> Tree:
    return "clamp", "clamp({0}, {1}, {2})", (x, *(literal(value, unit) for value in sorted(limits)))


LIMITS = st.tuples(st.integers(0, 300_00), st.integers(0, 300_00))
NAMES = {"money": ("sales", "renewals"), "percent": ("share",), "number": ("score",)}
PRODUCTS = {
    "money": (("money", "percent"), ("number", "money")),
    "percent": (("percent", "percent"),),
    "number": (("number", "percent"), ("number", "number")),
}


def leaf(unit: str) -> st.SearchStrategy[Tree]:
    names = [st.just(("name", "{0}", (name,))) for name in NAMES[unit]]
    more = [st.just((name, f"{name}(sales)", ())) for name in ("attainment", "growth") if unit == "percent"]
    return st.one_of(st.integers(0, 300_00).map(lambda value: literal(value, unit)), *names, *more)


def node(operation: str, template: str, *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    return st.tuples(st.just(operation), st.just(template), st.tuples(*parts))


@st.composite
def table(draw: st.DrawFn, function: str, unit: str, depth: int) -> Tree:
    """band of any values, or marginal over an amount with rates."""
    of, values_of = (
        ("money", "percent") if function == "marginal" else (draw(st.sampled_from(sorted(NAMES))), unit)
    )
    x = draw(expression(of, depth - 1))
    thresholds = sorted(draw(st.sets(st.integers(1, 300_00), max_size=3)))
    starts = [literal(value, of) for value in [0, *thresholds]]
    values = [draw(expression(values_of, depth - 1)) for _ in starts]
    rows = ", ".join(
        f"{source_of(start)} -> {source_of(value)}" for start, value in zip(starts, values, strict=True)
    )
    return function, f"{function}({source_of(x)}, [{rows}])", (x, [start[2][0] for start in starts], values)


@cache
def condition(depth: int) -> st.SearchStrategy[Tree]:
    compared = [
        node(sign, "({0} " + sign + " {1})", expression(unit, depth - 1), expression(unit, depth - 1))
        for unit in NAMES
        for sign in ("<", "<=", "=", "!=", ">", ">=")
    ]
    if depth < 1:
        return st.one_of(*compared)
    return st.one_of(
        *compared,
        node("not", "(not {0})", condition(depth - 1)),
        node("and", "({0} and {1})", condition(depth - 1), condition(depth - 1)),
    )


@cache
def expression(unit: str, depth: int) -> st.SearchStrategy[Tree]:
    if depth < 1:
        return leaf(unit)
    same = st.deferred(lambda: expression(unit, depth - 1))
    choices = ", ".join(f'"{tier}" -> {{{place}}}' for place, tier in enumerate(TIERS))
    tables = [table("band", unit, depth)] + ([table("marginal", unit, depth)] if unit == "money" else [])
    products = [
        node("*", "({0} * {1})", expression(left, depth - 1), expression(right, depth - 1))
        for left, right in PRODUCTS[unit]
    ]
    divisor = st.sampled_from((2, 4, 5, 8, 20)).map(lambda value: literal(value * 100, "number"))
    unit_of = st.sampled_from((5, 25, 100, 1000)).map(lambda value: literal(value, unit))
    return st.one_of(
        leaf(unit),
        node("+", "({0} + {1})", same, same),
        node("-", "({0} - {1})", same, same),
        node("/", "({0} / {1})", same, divisor),
        node("minus", "(-{0})", same),
        node("abs", "abs({0})", same),
        node("min", "min({0}, {1})", same, same),
        node("max", "max({0}, {1}, {2})", same, same, same),
        st.tuples(same, LIMITS).map(lambda drawn: clamped(drawn[0], drawn[1], unit)),
        node("if", "if({0}, {1}, {2})", condition(depth - 1), same, same),
        node("by", f"by(tier, [{choices}])", same, same, same),
        *(
            node(rule, "round_to({0}, {1}, " + f'"{rule}")', same, unit_of)
            for rule in ("half_even", "half_up", "down")
        ),
        *products,
        *tables,
    )


AMOUNT = st.one_of(st.none(), st.integers(-300_00, 300_00).map(lambda value: Fraction(value, 100)))


def decimals(**values: Fraction | None) -> dict[str, Decimal]:
    return {
        name: Decimal(v.numerator) / Decimal(v.denominator) for name, v in values.items() if v is not None
    }


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tree=st.sampled_from(sorted(NAMES)).flatmap(lambda unit: expression(unit, 3)),
    env=st.fixed_dictionaries(
        dict.fromkeys(("sales", "renewals", "share", "score"), AMOUNT)
        | {"target": st.sampled_from((None, Fraction(), Fraction(50), Fraction(125)))}
        | {"previous": st.sampled_from((None, Fraction(-5), Fraction(80), Fraction(200)))}
    ),
    tier=st.sampled_from(TIERS),
)
def test_equal_to_the_reference(tree: Tree, env: Env, tier: str) -> None:
    source = source_of(tree)
    assume(len(source) <= 2000 and " 0.00 " not in source.replace("(", " ").replace(")", " "))
    try:
        expected = meaning(tree, env, tier)
    except TooLong:
        assume(False)
    values = decimals(**{name: env[name] for name in ("sales", "renewals", "share", "score")})
    inputs = Inputs(values, decimals(sales=env["target"]), decimals(sales=env["previous"]), {"tier": tier})
    program = compile_source(source, PERIOD)
    assert Fraction(program.run(inputs)) == expected
    trace = program.trace(inputs)
    assert trace.result == program.evaluate(inputs)[0] == trace.components[0].result
    assert trace.as_json()["parts"]


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_division_has_38_digits(a: int, b: int) -> None:
    result = compile_source("sales / target(sales)", PERIOD).run(
        Inputs({"sales": Decimal(a)}, targets={"sales": Decimal(b)})
    )
    assert abs(Fraction(result) - Fraction(a, b)) <= Fraction(a, b) * Fraction(1, 10**37)


def test_the_type_of_an_amount() -> None:
    assert compile_source("sales * share", PERIOD).type == money("IRR")
