"""Checks of names, operators and alternatives; the base of the checker."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from formula import nodes
from formula.errors import FormulaError, Param
from formula.functions import FUNCTIONS
from formula.nodes import Node, bare_number
from formula.rounding import CONTEXT
from formula.schema import Schema, nearest
from formula.types import BOOLEAN, COUNT, DATE, NUMBER, PERCENT, TEXT, Type, added, divided, mixed, multiplied
from formula.types import money as money_type


class TypeChecks:
    """Collects errors; every method answers a type, or None when it (or one below) has reported an error."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.errors: list[FormulaError] = []
        self.types: dict[Node, Type] = {}
        self.requests: set[tuple[str, str]] = set()
        self.context: set[str] = set()
        self.lets: dict[str, Type | None] = {}

    def error(self, code: str, node: Node, **params: Param) -> None:
        self.errors.append(FormulaError(code, params, node.start, node.end))

    def note(self, node: Node, type_: Type | None) -> Type | None:
        if type_ is not None:
            self.types[node] = type_
        return type_

    def needs(self, node: Node, satisfied: bool, code: str, result: Type) -> Type | None:
        if satisfied:
            return result
        self.error(code, node, type=self.types[node])
        return None

    def infer(self, node: Node) -> Type | None:
        raise TypeError(f"{type(self).__name__} does not walk the tree")

    # names and literals

    def number(self, node: nodes.Number) -> Type | None:
        if node.unit == "percent":
            return PERCENT
        if node.unit == "number":
            return NUMBER
        if node.currency != self.schema.currency:
            self.error("unknown_currency", node, currency=self.schema.currency, name=node.currency)
            return None
        return money_type(node.currency)

    def name(self, node: nodes.Name) -> Type | None:
        if node.name in self.lets:
            return self.lets[node.name]
        info = self.schema.names.get(node.name)
        if info is None:
            self.unknown(node)
            return None
        if info.kind == "kpi":
            self.requests.add(("value", node.name))
        else:
            self.context.add(node.name)
        return info.type

    def unknown(self, node: nodes.Name) -> None:
        if node.name in FUNCTIONS:
            self.error(
                "function_needs_brackets", node, name=node.name, signature=FUNCTIONS[node.name].signature
            )
            return
        code = "unknown_name" if self.schema.scope == "period" else "unknown_field"
        self.suggest(code, node, node.name, [*self.schema.names, *self.lets], name=node.name)

    def suggest(self, code: str, node: Node, wrong: str, known: Sequence[str], **params: Param) -> None:
        near = nearest(wrong, known)
        if near is not None:
            params["suggestion"] = near
        self.error(code, node, **params)

    # operators

    def sum(self, node: nodes.Binary, left: Type, right: Type) -> Type | None:
        if left.kind == "date" and node.operator == "-" and right == DATE:
            return COUNT
        if left.kind == "date" and (right == COUNT or self.whole(node.right)):
            return DATE
        return self.joined(node, [node.left, node.right], [left, right], node.operator)

    def whole(self, node: Node) -> bool:
        value = bare_number(node)
        return value is not None and value == value.to_integral_value()

    def joined(self, at: Node, parts: Sequence[Node], types: Sequence[Type], operator: str) -> Type | None:
        """The type of a sum of two: stricter than alternatives, a plain amount is not money."""
        left, right = types
        result = added(left, right)
        for part, other in ((parts[0], right), (parts[1], left)):
            value = bare_number(part)
            if value is None or (left == right == NUMBER):
                continue
            if not value and other.is_numeric:
                self.types[part] = other
                return other
            if other == PERCENT:
                self.forgotten_percent(part, value)
                return None
            if other == COUNT and self.whole(part):
                return COUNT
        if result is None:
            self.mismatch("bad_operands", at, left, right, operator)
        return result

    def mismatch(self, code: str, at: Node, left: Type, right: Type, operator: str = "") -> None:
        if left.is_money and right.is_money:
            self.error("currency_mismatch", at, left=left, right=right)
        elif operator in {"+", "-"} and {left.kind, right.kind} <= {"money", "number", "count"}:
            currency = left.currency or right.currency
            self.error("money_plus_number", at, currency=currency)
        elif operator:
            self.error(code, at, left=left, right=right, operator=operator)
        else:
            self.error(code, at, left=left, right=right)

    def forgotten_percent(self, node: Node, value: Decimal) -> None:
        small, large = (f"{amount.normalize(CONTEXT):f}%" for amount in (value, value.scaleb(2, CONTEXT)))
        self.error("percent_needed", node, small=small, large=large)

    def product(self, node: nodes.Binary, left: Type, right: Type) -> Type | None:
        result = (multiplied if node.operator == "*" else divided)(left, right)
        if result is not None:
            return result
        if node.operator == "*" and left.is_money and right.is_money:
            self.error("money_times_money", node)
        else:
            self.mismatch("bad_operands", node, left, right, node.operator)
        return None

    def comparison(self, node: nodes.Binary, left: Type, right: Type) -> Type | None:
        if self.unified([node.left, node.right], code="not_comparable", at=node) is None:
            return None
        if node.operator not in {"=", "!="} and left in {TEXT, BOOLEAN}:
            self.error("no_order", node, type=left)
            return None
        if left == TEXT:
            self.choice(node.left, node.right)
            self.choice(node.right, node.left)
        return BOOLEAN

    def choice(self, subject: Node, literal: Node) -> None:
        """A text compared with a name of known choices must be one of them."""
        if not (isinstance(subject, nodes.Name) and isinstance(literal, nodes.Text)):
            return
        info = self.schema.names.get(subject.name)
        if info is not None and info.choices is not None and literal.value not in info.choices:
            self.suggest(
                "unknown_choice", literal, literal.value, info.choices, name=subject.name, value=literal.value
            )

    # alternatives

    def unified(
        self,
        parts: Sequence[Node],
        *,
        code: str = "types_differ",
        at: Node | None = None,
        adopt_money: bool = True,
    ) -> Type | None:
        """One type for parts whose types are known; literals without unit take the type of the others."""
        fixed = [part for part in parts if bare_number(part) is None]
        if not fixed:
            return NUMBER
        base = self.types[fixed[0]]
        for part in fixed[1:]:
            both = mixed(base, self.types[part])
            if both is None:
                self.mismatch(code, at or part, base, self.types[part])
                return None
            base = both
        for part in parts:
            value = bare_number(part)
            if value is None:
                continue
            adopted = self.adopted(part, value, base, adopt_money, code, at or part)
            if adopted is None:
                return None
            base = adopted
        self.types.update((part, base) for part in parts if bare_number(part) is not None)
        return base

    def adopted(
        self, part: Node, value: Decimal, base: Type, adopt_money: bool, code: str, at: Node
    ) -> Type | None:
        if not base.is_numeric:
            self.mismatch(code, at, base, NUMBER)
        elif not value or base == NUMBER or (base.is_money and adopt_money):
            return base
        elif base == COUNT:
            return COUNT if self.whole(part) else NUMBER
        elif base.is_money:
            self.error("money_plus_number", part, currency=base.currency)
        else:
            self.forgotten_percent(part, value)
        return None
