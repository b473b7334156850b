"""Values, errors and explanations of formulas in the reader's language, digits and units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext, pgettext

from formula import FormulaError, FormulaRuntimeError, NextThreshold, Schema, Trace, explain, message
from formula.types import Type
from formula.values import Value
from portal.shell.formats import Formats


@dataclass(frozen=True, slots=True)
class Shower:
    """Writes a value of a formula; pass the object itself as ``show`` to ``formula.explain``."""

    formats: Formats

    def __call__(self, value: Value, type_: Type) -> str:
        if isinstance(value, bool):
            return pgettext("condition", "yes") if value else pgettext("condition", "no")
        if isinstance(value, Decimal):
            if type_.kind == "percent":
                return self.formats.percent(value, 4)
            return self.formats.money(value) if type_.is_money else self.formats.number(value)
        return self.formats.day(value) if isinstance(value, date) else str(value)


def error_text(error: FormulaError | FormulaRuntimeError) -> str:
    """The sentence of an error in the active language."""
    return message(error, gettext)


@dataclass(frozen=True, slots=True)
class PartWords:
    """A component (or a ``let``) with its result and the sentences of how it came about."""

    label: str
    kind: str
    result: str
    sentences: list[str]


def trace_words(trace: Trace, formats: Formats) -> list[PartWords]:
    """Every part of a trace, explained."""
    show = Shower(formats)
    return [
        PartWords(
            part.label or part.text,
            part.kind,
            show(part.result, part.type),
            [sentence for step in part.steps for sentence in explain(step, gettext, show)],
        )
        for part in trace.parts
    ]


def threshold_words(
    ahead: Iterable[NextThreshold], schema: Schema, labels: Mapping[str, str], formats: Formats
) -> list[str]:
    """One sentence for each threshold that lies ahead: how far, and what it brings. ``labels``: name -> words."""
    show = Shower(formats)
    return [
        gettext("%(distance)s more of %(name)s (%(needed)s in all) brings %(gain)s more.")
        % {
            "distance": show(each.distance, schema.names[each.name].type),
            "name": labels.get(each.name, each.name),
            "needed": show(each.needed, schema.names[each.name].type),
            "gain": formats.money(each.gain),
        }
        for each in ahead
    ]
