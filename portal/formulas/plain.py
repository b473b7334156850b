"""A formula in plain words: what each component pays, read from its tree in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from formula import Program, nodes
from formula.nodes import Node
from formula.types import Type
from portal.formulas.catalogue import CHOICE_LABELS
from portal.formulas.words import Shower


@dataclass(slots=True)
class Plain:
    """One component: its conditions, a sentence, perhaps a table of (step, value) below it, and its limits."""

    label: str
    conditions: list[str] = field(default_factory=list)
    sentence: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)


def plain_words(program: Program, labels: Mapping[str, str], show: Shower) -> list[Plain]:
    """Every component of a formula. ``labels``: name -> words."""
    writer = _Writer(program, labels, show)
    items = [item for item in program.script.items if isinstance(item, nodes.Component)]
    return [writer.component(item) for item in items]


class _Writer:
    def __init__(self, program: Program, labels: Mapping[str, str], show: Shower) -> None:
        self.program, self.labels, self.show = program, labels, show
        self.lets = {item.name: item.value for item in program.script.items if isinstance(item, nodes.Let)}

    def component(self, item: nodes.Component) -> Plain:
        plain = Plain(item.label or self.source(item.value))
        self.describe(item.value, plain)
        return plain

    def describe(self, node: Node, plain: Plain) -> None:
        match node:
            case nodes.Call(name="min", arguments=(inner, limit)) if self.constant(limit):
                plain.limits.append(_("At most %(limit)s.") % {"limit": self.phrase(limit)})
                self.describe(inner, plain)
            case nodes.Call(name="if", arguments=(condition, inner, other)) if self.zero(other):
                plain.conditions.append(_("Only if %(condition)s.") % {"condition": self.phrase(condition)})
                self.describe(inner, plain)
            case nodes.Call(name="marginal", arguments=(subject, nodes.Table(rows=rows))):
                plain.sentence = _("Each slice of %(what)s at the rate of its own step:") % {
                    "what": self.phrase(subject)
                }
                plain.rows = self.steps(subject, rows)
            case nodes.Binary(operator="*", left=left, right=nodes.Call() as right) if self.table(right):
                self.rated(left, right, plain)
            case nodes.Binary(operator="*", left=left, right=right) if self.constant(right):
                plain.sentence = _("%(rate)s of %(what)s.") % {
                    "rate": self.phrase(right),
                    "what": self.phrase(left),
                }
            case nodes.Call(name="band", arguments=(subject, nodes.Table(rows=rows))):
                plain.sentence = _("By the step that %(what)s reaches:") % {"what": self.phrase(subject)}
                plain.rows = self.steps(subject, rows)
            case _:
                plain.sentence = self.phrase(node)

    def rated(self, left: Node, right: nodes.Call, plain: Plain) -> None:
        subject, rows = (
            right.arguments[0],
            [row for row in nodes.children(right.arguments[1]) if isinstance(row, nodes.Row)],
        )
        words = {"what": self.phrase(left), "by": self.phrase(subject)}
        if right.name == "by":
            plain.sentence = _("A rate of %(what)s that depends on %(by)s:") % words
            plain.rows = [cell for row in rows for cell in self.cells(row, subject)]
            return
        same = self.source(left) == self.source(subject)
        other = _("The rate that %(by)s reaches, on all of %(what)s:")
        plain.sentence = (_("The reached rate on all of %(what)s:") if same else other) % words
        plain.rows = self.steps(subject, rows)

    def table(self, node: nodes.Call) -> bool:
        return node.name in ("band", "by") and isinstance(node.arguments[-1], nodes.Table)

    def steps(self, subject: Node, rows: Sequence[nodes.Row]) -> list[tuple[str, str]]:
        edges = [self.threshold(row.key, subject) for row in rows]
        found: list[tuple[str, str]] = []
        for number, row in enumerate(rows):
            words = {"start": edges[number], "end": edges[number + 1] if number + 1 < len(rows) else ""}
            if not words["end"]:
                place = _("from %(start)s") % words
            else:
                place = (_("from %(start)s to below %(end)s") if number else _("below %(end)s")) % words
            found.append((place, self.phrase(row.value)))
        return found

    def threshold(self, key: Node | None, subject: Node) -> str:
        value = nodes.literal_value(key) if key else None
        return (
            self.phrase(key) if key and value is None else self.show(value or Decimal(0), self.type(subject))
        )

    def cells(self, row: nodes.Row, subject: Node) -> list[tuple[str, str]]:
        """A row of a table by texts; one that holds such a table again (role by layer) gives a row for each pair."""
        place = self.choice(row.key, subject) if row.key else _("everybody else")
        inner = row.value
        if isinstance(inner, nodes.Call) and inner.name == "by" and self.table(inner):
            rows = [each for each in nodes.children(inner.arguments[1]) if isinstance(each, nodes.Row)]
            pairs = [cell for each in rows for cell in self.cells(each, inner.arguments[0])]
            return [(f"{place}, {label}", value) for label, value in pairs]
        return [(place, self.phrase(inner))]

    def choice(self, key: Node, subject: Node) -> str:
        """The word for a code of a role, layer, ..."""
        if isinstance(key, nodes.Text) and isinstance(subject, nodes.Name):
            return str(CHOICE_LABELS.get(subject.name, {}).get(key.value, key.value))
        return self.phrase(key)

    def phrase(self, node: Node) -> str:
        match node:
            case nodes.Number(value=value):
                return self.show(value, self.type(node))
            case nodes.Text(value=value):
                return value
            case nodes.Name(name=name):
                return self.phrase(self.lets[name]) if name in self.lets else self.labels.get(name, name)
            case nodes.Infinity():
                return "−∞"
            case nodes.Call(name=name, arguments=(nodes.Name() as only,)) if name in _FUNCTIONS:
                return _(_FUNCTIONS[name]) % {"what": self.phrase(only)}
            case nodes.Binary(operator=operator, left=left, right=right):
                sign = _SIGNS.get(operator)
                words = {"a": self.phrase(left), "b": self.phrase(right)}
                return _(sign) % words if sign else f"{words['a']} {operator} {words['b']}"
            case nodes.Unary(operator="not", operand=operand):
                return _("not %(what)s") % {"what": self.phrase(operand)}
        return self.source(node)

    def type(self, node: Node) -> Type:
        return self.program.types.get(node) or Type("number")

    def source(self, node: Node) -> str:
        return self.program.source[node.start : node.end]

    def constant(self, node: Node) -> bool:
        return nodes.literal_value(node) is not None

    def zero(self, node: Node) -> bool:
        value = nodes.literal_value(node)
        return value is not None and value == Decimal(0)


def gettext_noop(text: str) -> str:
    """Mark for the catalogue; translated where it is used."""
    return text


_FUNCTIONS = {
    "attainment": gettext_noop("the attainment of %(what)s"),
    "growth": gettext_noop("the growth of %(what)s"),
    "target": gettext_noop("the target of %(what)s"),
    "previous": gettext_noop("%(what)s of the period before"),
}
_SIGNS = {
    "*": gettext_noop("%(a)s × %(b)s"),
    "/": gettext_noop("%(a)s ÷ %(b)s"),
    ">=": gettext_noop("%(a)s is at least %(b)s"),
    ">": gettext_noop("%(a)s is above %(b)s"),
    "<=": gettext_noop("%(a)s is at most %(b)s"),
    "<": gettext_noop("%(a)s is below %(b)s"),
    "=": gettext_noop("%(a)s is %(b)s"),
    "!=": gettext_noop("%(a)s is not %(b)s"),
    "and": gettext_noop("%(a)s and %(b)s"),
    "or": gettext_noop("%(a)s or %(b)s"),
}
