"""Steps of a trace as sentences. The caller brings its language and its way of writing values."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from formula.trace import Slice, Step
from formula.types import Type, gettext_noop
from formula.values import Value

Show = Callable[[Value, Type], str]

SENTENCES: dict[str, str] = {
    "add": gettext_noop("{a} + {b} = {result}"),
    "subtract": gettext_noop("{a} − {b} = {result}"),
    "multiply": gettext_noop("{a} × {b} = {result}"),
    "multiply.earlier": gettext_noop(
        "{a} × {b} = {result}; of this, {earlier} is what earlier sales earn at the new rate"
    ),
    "divide": gettext_noop("{a} ÷ {b} = {result}"),
    "compare.true": gettext_noop("{text} holds: {a} against {b}"),
    "compare.false": gettext_noop("{text} does not hold: {a} against {b}"),
    "band.first": gettext_noop("{a} lies in the first band, below {upper}: {result}"),
    "band.middle": gettext_noop("{a} lies in band {row}, from {lower} to below {upper}: {result}"),
    "band.last": gettext_noop("{a} lies in the last band, from {lower}: {result}"),
    "band.only": gettext_noop("There is one band: {result}"),
    "marginal": gettext_noop("Slice by slice, {a} earns {result}"),
    "slice": gettext_noop("{amount} in band {row} at {rate} earns {result}"),
    "by": gettext_noop("For {a} row {row} applies: {result}"),
    "attainment": gettext_noop("{a} of a target of {b} is {result}"),
    "attainment.no_target": gettext_noop("There is no target, so the attainment counts as {result}"),
    "target": gettext_noop("The target is {result}"),
    "target.no_target": gettext_noop("There is no target; it counts as {result}"),
    "growth": gettext_noop("From {b} in the period before to {a} is a growth of {result}"),
    "growth.no_previous": gettext_noop(
        "The period before has no value above zero, so growth counts as {result}"
    ),
    "previous": gettext_noop("The period before had {result}"),
    "previous.no_previous": gettext_noop("The period before has no value; it counts as {result}"),
    "if.1": gettext_noop("The condition holds: {result}"),
    "if.2": gettext_noop("The condition does not hold: {result}"),
    "min": gettext_noop("The smallest of the values is {result}"),
    "max": gettext_noop("The largest of the values is {result}"),
    "clamp.0": gettext_noop("{a} is within its limits"),
    "clamp.1": gettext_noop("{a} is raised to the lower limit {result}"),
    "clamp.2": gettext_noop("{a} is cut to the upper limit {result}"),
    "round_to": gettext_noop("{a} rounded to a multiple of {b} is {result}"),
}


def show_plain(value: Value, type_: Type) -> str:
    """A value as the formula would write it: 5%, IRR 1500000."""
    if isinstance(value, Decimal):
        if type_.kind == "percent":
            return f"{value.scaleb(2).normalize():f}%"
        return f"{type_.currency} {value:f}".strip()
    return str(value)


def explain(step: Step, translate: Callable[[str], str] = str, show: Show = show_plain) -> list[str]:
    """One sentence for the step, and one for each slice of marginal."""
    words = {name: show(value, type_) for name, value, type_ in _values(step) if value is not None}
    words |= {"text": step.text, "row": str((step.row or 0) + 1)}
    sentences = [translate(SENTENCES[_key(step)]).format(**words)]
    return sentences + [_slice(step, each, translate, show) for each in step.slices]


def _values(step: Step) -> list[tuple[str, Value | None, Type]]:
    own = [*zip("ab", step.operands, step.types, strict=False)]
    subject = step.types[0] if step.types else step.type
    return [
        *own,
        ("result", step.result, step.type),
        ("lower", step.lower, subject),
        ("upper", step.upper, subject),
        ("earlier", step.earlier, step.type),
    ]


def _key(step: Step) -> str:
    if step.kind == "compare":
        return "compare.true" if step.result else "compare.false"
    if step.kind == "band":
        places = {
            (True, False): "first",
            (False, False): "middle",
            (False, True): "last",
            (True, True): "only",
        }
        return f"band.{places[step.lower is None, step.upper is None]}"
    if step.kind in {"if", "clamp"}:
        return f"{step.kind}.{step.binding}"
    if step.earlier is not None:
        return "multiply.earlier"
    return f"{step.kind}.{step.note}" if step.note else step.kind


def _slice(step: Step, each: Slice, translate: Callable[[str], str], show: Show) -> str:
    amount, rate = show(each.amount, step.types[0]), show(each.rate, step.types[1])
    return translate(SENTENCES["slice"]).format(
        amount=amount, rate=rate, result=show(each.result, step.type), row=str(each.row + 1)
    )
