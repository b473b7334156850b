"""The functions of the language as the editor page and the reference show them."""

from __future__ import annotations

from dataclasses import dataclass

from formula.types import gettext_noop


@dataclass(frozen=True, slots=True)
class Function:
    """`arguments` is the least and the greatest number of arguments; `result` describes the result's type."""

    name: str
    signature: str
    result: str
    summary: str
    example: str
    arguments: tuple[int, int]
    period_only: bool = False


MANY = 100

REFERENCE: tuple[Function, ...] = (
    Function(
        "band",
        "band(x, [0 -> value, threshold -> value, ...])",
        gettext_noop("type of the values"),
        gettext_noop(
            "The value of the one band that x is in; times x it pays the reached rate on everything."
        ),
        "sales * band(sales, [0 -> 1%, 500m -> 2%])",
        (2, 2),
    ),
    Function(
        "marginal",
        "marginal(x, [0 -> rate, threshold -> rate, ...])",
        gettext_noop("x times the rates"),
        gettext_noop("Each slice of x at the rate of its own band, added up."),
        "marginal(sales, [0 -> 1%, 500m -> 2%])",
        (2, 2),
    ),
    Function(
        "by",
        'by(name, ["text" -> value, ..., else -> value])',
        gettext_noop("type of the values"),
        gettext_noop("The value of the row whose text equals the name, such as a tier or a segment."),
        'sales * by(tier, ["gold" -> 3%, "silver" -> 2%, else -> 1%])',
        (2, 2),
    ),
    Function(
        "attainment",
        "attainment(kpi)",
        gettext_noop("percentage"),
        gettext_noop("The measured value as a percentage of the target; 0 % where there is no target."),
        "band(attainment(sales), [0% -> 0%, 80% -> 1%, 100% -> 2%])",
        (1, 1),
        period_only=True,
    ),
    Function(
        "target",
        "target(kpi)",
        gettext_noop("type of the KPI"),
        gettext_noop("The agreed target of the period; 0 where there is none."),
        "max(sales - target(sales), 0) * 5%",
        (1, 1),
        period_only=True,
    ),
    Function(
        "previous",
        "previous(kpi)",
        gettext_noop("type of the KPI"),
        gettext_noop("The measured value of the period before; 0 where there is none."),
        "max(sales - previous(sales), 0) * 3%",
        (1, 1),
        period_only=True,
    ),
    Function(
        "growth",
        "growth(kpi)",
        gettext_noop("percentage"),
        gettext_noop("The change against the period before; 0 % where that period was not above zero."),
        "if(growth(sales) >= 10%, sales * 1%, 0)",
        (1, 1),
        period_only=True,
    ),
    Function(
        "if",
        "if(condition, then, otherwise)",
        gettext_noop("type of the alternatives"),
        gettext_noop("One of two values; only the chosen one is calculated."),
        'if(tier = "gold" and certificates >= 2, sales * 1%, 0)',
        (3, 3),
    ),
    Function(
        "min",
        "min(a, b, ...)",
        gettext_noop("type of the values"),
        gettext_noop("The smallest of the values: a cap."),
        "min(sales * 5%, 200m)",
        (2, MANY),
    ),
    Function(
        "max",
        "max(a, b, ...)",
        gettext_noop("type of the values"),
        gettext_noop("The largest of the values: a floor."),
        "max(sales - target(sales), 0) * 5%",
        (2, MANY),
    ),
    Function(
        "clamp",
        "clamp(x, lower, upper)",
        gettext_noop("type of x"),
        gettext_noop("The value x, but not below the lower and not above the upper limit."),
        "sales * clamp(attainment(sales) * 2%, 0%, 3%)",
        (3, 3),
    ),
    Function(
        "round_to",
        'round_to(x, unit, "half_even")',
        gettext_noop("type of x"),
        gettext_noop(
            'The multiple of the unit next to x; the rule is "half_even" (if left out), "half_up" or "down".'
        ),
        'round_to(sales * 2%, 1_000, "down")',
        (2, 3),
    ),
    Function(
        "abs",
        "abs(x)",
        gettext_noop("type of x"),
        gettext_noop("The value without its sign."),
        "abs(sales - target(sales)) * 1%",
        (1, 1),
    ),
)

FUNCTIONS = {function.name: function for function in REFERENCE}
