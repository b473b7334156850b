"""An accrual in words: components with their steps, tables with the row that was hit, cap, rounding, inputs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from formula import Trace, Type
from formula.compiler import threshold
from formula.explainer import explain
from formula.nodes import Call, Row, Table, Text, literal_value, walk
from formula.trace import Part, Step, Used
from formula.values import Value
from portal.homes.words import isolated, plain_value, show_value
from portal.shell.formats import Formats

_TABLES = {"band", "marginal", "by"}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a rate table, written out; ``amount`` and ``earned`` where a slice lies in it."""

    label: str
    rate: str
    hit: bool
    amount: str = ""
    earned: str = ""


@dataclass(frozen=True, slots=True)
class RateTable:
    """``sliced`` tells that each slice earns at its own rate."""

    subject: str
    rows: list[TableRow]
    sliced: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A component (or an intermediate value) with its sentences and tables."""

    label: str
    text: str
    result: str
    is_component: bool
    sentences: list[str] = field(default_factory=list)
    tables: list[RateTable] = field(default_factory=list)


class Writer:
    """Writes a trace for one reader. ``names``: KPI code -> name."""

    def __init__(self, trace: Trace, formats: Formats, names: Mapping[str, str]) -> None:
        self.trace, self.formats, self.names = trace, formats, names
        nodes = (node for item in trace.program.script.items for node, _depth in walk(item))
        self.calls = {(node.start, node.end): node for node in nodes if isinstance(node, Call)}

    def pieces(self) -> list[Piece]:
        """One per component and ``let``, in the formula's order."""
        return [self._piece(part) for part in self.trace.parts]

    def _piece(self, part: Part) -> Piece:
        return Piece(
            label=part.label,
            text=part.text,
            result=plain_value(self.formats, part.result, part.type),
            is_component=part.kind == "component",
            sentences=[sentence for step in part.steps for sentence in self._sentences(step)],
            tables=[
                self._table(step, self.calls[step.start, step.end])
                for step in part.steps
                if step.kind in _TABLES and (step.start, step.end) in self.calls
            ],
        )

    def _sentences(self, step: Step) -> list[str]:
        """Slices have their place in the table."""
        plain = replace(step, text=isolated(step.text), slices=())
        return explain(plain, translate=_, show=self._show)

    def _show(self, value: Value, unit: Type) -> str:
        return show_value(self.formats, value, unit)

    def _table(self, step: Step, call: Call) -> RateTable:
        rows = call.arguments[1].rows if isinstance(call.arguments[1], Table) else ()
        subject = self.trace.program.source[call.arguments[0].start : call.arguments[0].end]
        slices = {each.row: each for each in step.slices}
        written = []
        for index, row in enumerate(rows):
            part = slices.get(index)
            written.append(
                TableRow(
                    label=self._label(step, rows, index),
                    rate=self._rate(row),
                    hit=index == step.row,
                    amount=plain_value(self.formats, part.amount, step.types[0]) if part else "",
                    earned=plain_value(self.formats, part.result, step.type) if part else "",
                )
            )
        return RateTable(self.names.get(subject, context_label(subject)), written, bool(slices))

    def _label(self, step: Step, rows: tuple[Row, ...], index: int) -> str:
        row = rows[index]
        if step.kind == "by":
            return row.key.value if isinstance(row.key, Text) else _("everybody else")
        unit = step.types[0]
        words = {
            "lower": self._limit(rows, index, unit) if index else "",
            "upper": self._limit(rows, index + 1, unit) if index + 1 < len(rows) else "",
        }
        if not words["lower"]:
            return _("below %(upper)s") % words if words["upper"] else _("any value")
        return (
            _("from %(lower)s to below %(upper)s") % words if words["upper"] else _("from %(lower)s") % words
        )

    def _limit(self, rows: tuple[Row, ...], index: int, unit: Type) -> str:
        return show_value(self.formats, threshold(rows[index]), unit)

    def _rate(self, row: Row) -> str:
        value = literal_value(row.value)
        if value is None:
            return isolated(self.trace.program.source[row.value.start : row.value.end])
        return plain_value(self.formats, value, self.trace.program.types[row.value])


@dataclass(frozen=True, slots=True)
class Input:
    """One number that went in. ``url`` leads to its transactions on the same page."""

    code: str
    name: str
    kind: str
    value: str
    url: str
    chosen: bool


_KINDS = {"value": 0, "target": 1, "previous": 2, "context": 3}


def inputs_of(
    trace: Trace, formats: Formats, names: Mapping[str, str], links: Mapping[str, str], chosen: str
) -> list[Input]:
    """KPI by KPI: value, target, previous; then what is known about the partner. ``links``: KPI code -> address."""
    used = sorted(trace.used, key=lambda each: (_KINDS[each.kind] == 3, each.name, _KINDS[each.kind]))
    return list(_inputs(used, formats, names, links, chosen))


def _inputs(
    used: Sequence[Used], formats: Formats, names: Mapping[str, str], links: Mapping[str, str], chosen: str
) -> Iterator[Input]:
    kinds = {"value": _("so far"), "target": _("target"), "previous": _("period before"), "context": ""}
    for each in used:
        shown = "–" if each.value is None else plain_value(formats, each.value, each.type)
        is_value = each.kind == "value"
        yield Input(
            code=each.name,
            name=names.get(each.name, context_label(each.name)),
            kind=kinds[each.kind],
            value=shown,
            url=links.get(each.name, "") if is_value else "",
            chosen=is_value and each.name == chosen,
        )


def context_label(name: str) -> str:
    """What a context name of the language means."""
    words = {
        "tier": _("Tier"),
        "role": _("Partner role"),
        "partner_type": _("Partner type"),
        "layer": _("Technology layer"),
        "territory": _("Territory"),
        "months_active": _("Months since joining"),
        "new_partner": _("New partner"),
    }
    return words.get(name, name)
