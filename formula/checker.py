"""Names and types of a tree: what each node is, and every error that can be found without inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formula import nodes
from formula.call_checks import CallChecks
from formula.errors import FormulaErrors
from formula.nodes import Node
from formula.schema import Schema
from formula.types import BOOLEAN, DATE, TEXT, Type


@dataclass(frozen=True, slots=True)
class Checked:
    """A script without errors, the type of each node and of the result, and what it asks for.

    `requests` has pairs of "value", "target" or "previous" and a KPI; `lets` the names the formula defines.
    """

    script: nodes.Script
    types: dict[Node, Type]
    type: Type
    requests: frozenset[tuple[str, str]]
    context: frozenset[str]
    lets: frozenset[str]


def check(script: nodes.Script, schema: Schema, expect: Type | None) -> Checked:
    """Raises FormulaErrors with every error found."""
    checker = _Checker(schema)
    result = checker.script(script, expect)
    if checker.errors or result is None:
        raise FormulaErrors(checker.errors)
    return Checked(
        script,
        checker.types,
        result,
        frozenset(checker.requests),
        frozenset(checker.context),
        frozenset(checker.lets),
    )


class _Checker(CallChecks):
    def script(self, script: nodes.Script, expect: Type | None) -> Type | None:
        components: list[nodes.Component] = []
        labels: set[str] = set()
        for item in script.items:
            if isinstance(item, nodes.Let):
                self.let(item)
                continue
            components.append(item)
            if item.label and item.label in labels:
                self.error("label_taken", item, name=item.label)
            labels.add(item.label)
            self.note(item, self.infer(item.value))
        if not components:
            self.error("no_component", script)
            return None
        result = self.total(components)
        return (
            None if result is None else self.expected(components[-1].value, result, expect, len(components))
        )

    def let(self, item: nodes.Let) -> None:
        type_ = self.infer(item.value)
        if item.name in self.schema.names or item.name in self.lets:
            self.error("let_taken", item, name=item.name)
        self.lets[item.name] = type_

    def total(self, components: Sequence[nodes.Component]) -> Type | None:
        """The one type of all components, which are added up when there are several."""
        first = self.types.get(components[0])
        if len(components) == 1:
            return first
        values = [component.value for component in components]
        for component in components:
            type_ = self.types.get(component)
            if type_ is not None and not type_.is_numeric:
                self.error("components_numeric", component.value, type=type_)
        if self.errors:
            return None
        return self.unified(values, adopt_money=False)

    def expected(self, node: Node, result: Type, expect: Type | None, components: int) -> Type | None:
        if expect is None or result == expect or (result.is_scalar and expect.kind == "number"):
            return expect or result
        value = nodes.bare_number(node)
        if value is not None and components == 1 and not value and expect.is_numeric:
            return expect
        if expect.kind == "percent" and result.kind == "number" and value is None:
            return expect
        if expect.kind == "count" and value is not None and value == value.to_integral_value():
            return expect
        if value is not None and expect.is_money:
            self.error("money_plus_number", node, currency=expect.currency)
        else:
            self.error("result_type", node, expected=expect, type=result)
        return None

    # nodes

    def infer(self, node: Node) -> Type | None:
        """The type of a node, or None when an error in it was reported."""
        return self.note(node, self._infer(node))

    def _infer(self, node: Node) -> Type | None:
        match node:
            case nodes.Number():
                return self.number(node)
            case nodes.Text():
                return TEXT
            case nodes.Boolean():
                return BOOLEAN
            case nodes.Date():
                return DATE
            case nodes.Name():
                return self.name(node)
            case nodes.Unary():
                return self.unary(node)
            case nodes.Binary():
                return self.binary(node)
            case nodes.Call():
                return self.call(node)
        self.error("table_misplaced", node)
        return None

    def unary(self, node: nodes.Unary) -> Type | None:
        type_ = self.infer(node.operand)
        if type_ is None:
            return None
        if node.operator == "not":
            return self.needs(node.operand, type_ == BOOLEAN, "condition_needed", BOOLEAN)
        return self.needs(node.operand, type_.is_numeric, "number_needed", type_)

    def binary(self, node: nodes.Binary) -> Type | None:
        left, right = self.infer(node.left), self.infer(node.right)
        if left is None or right is None:
            return None
        if node.operator in {"and", "or"}:
            for side in (node.left, node.right):
                self.needs(side, self.types[side] == BOOLEAN, "condition_needed", BOOLEAN)
            return BOOLEAN
        if node.operator in {"+", "-"}:
            return self.sum(node, left, right)
        if node.operator in {"*", "/"}:
            return self.product(node, left, right)
        return self.comparison(node, left, right)
