"""Checks of function calls and their tables."""

from __future__ import annotations

from decimal import Decimal

from formula import nodes
from formula.functions import FUNCTIONS, Function
from formula.nodes import Node, bare_number, literal_value
from formula.rounding import RULES
from formula.type_checks import TypeChecks
from formula.types import BOOLEAN, NUMBER, PERCENT, TEXT, Type, multiplied

_REQUESTS = {
    "attainment": ("value", "target"),
    "target": ("target",),
    "previous": ("previous",),
    "growth": ("value", "previous"),
}


class CallChecks(TypeChecks):
    def call(self, node: nodes.Call) -> Type | None:
        function = FUNCTIONS.get(node.name)
        if function is None:
            self.unknown_function(node)
            return None
        least, most = function.arguments
        if not least <= len(node.arguments) <= most:
            self.error("argument_count", node, function=node.name, signature=function.signature)
            return None
        if node.name in _REQUESTS:
            return self.kpi(node, function)
        if node.name in {"band", "marginal", "by"}:
            return self.with_table(node, function)
        types = [self.infer(argument) for argument in node.arguments]
        return None if None in types else self.plain(node)

    def unknown_function(self, node: nodes.Call) -> None:
        place = Node(node.start, node.name_end)
        if node.name in self.schema.names or node.name in self.lets:
            self.error("not_a_function", place, name=node.name)
        else:
            self.suggest("unknown_function", place, node.name, list(FUNCTIONS), name=node.name)
        for argument in node.arguments:
            if not isinstance(argument, nodes.Table):
                self.infer(argument)

    def kpi(self, node: nodes.Call, function: Function) -> Type | None:
        argument = node.arguments[0]
        if self.schema.scope != "period":
            self.error("period_only", Node(node.start, node.name_end), function=node.name)
            return None
        info = self.schema.names.get(argument.name) if isinstance(argument, nodes.Name) else None
        if not isinstance(argument, nodes.Name) or (info is None and argument.name in self.lets):
            self.error("kpi_needed", argument, function=node.name)
            return None
        if info is None:
            self.unknown(argument)
            return None
        if info.kind != "kpi":
            self.error("kpi_needed", argument, function=node.name)
            return None
        self.requests.update((kind, argument.name) for kind in _REQUESTS[node.name])
        self.note(argument, info.type)
        return PERCENT if node.name in {"attainment", "growth"} else info.type

    def plain(self, node: nodes.Call) -> Type | None:
        arguments = node.arguments
        if node.name == "if":
            branches = self.unified(arguments[1:])
            return (
                self.needs(arguments[0], self.types[arguments[0]] == BOOLEAN, "condition_needed", BOOLEAN)
                and branches
            )
        numeric = arguments[:2] if node.name == "round_to" else arguments
        for argument in numeric:
            if not self.types[argument].is_numeric:
                self.error("number_needed", argument, type=self.types[argument])
                return None
        if node.name == "round_to" and not self.rounding(node):
            return None
        values = [bare_number(argument) for argument in arguments]
        if node.name == "clamp" and values[1] is not None and values[2] is not None and values[1] > values[2]:
            self.error("limits_order", arguments[1])
            return None
        return self.unified(numeric)

    def rounding(self, node: nodes.Call) -> bool:
        unit = literal_value(node.arguments[1])
        if unit is not None and unit <= 0:
            self.error("unit_positive", node.arguments[1])
            return False
        rule = node.arguments[2] if len(node.arguments) > 2 else None
        if rule is not None and not (isinstance(rule, nodes.Text) and rule.value in RULES):
            self.error("rounding_rule", rule)
            return False
        return True

    # tables

    def with_table(self, node: nodes.Call, function: Function) -> Type | None:
        subject, table = node.arguments
        before = len(self.errors)
        type_ = self.infer(subject)
        if not isinstance(table, nodes.Table):
            self.error("table_needed", table, function=node.name, signature=function.signature)
            return None
        if not table.rows:
            self.error("table_empty", table)
            return None
        values = [self.infer(row.value) for row in table.rows]
        if type_ is None:
            return None
        if node.name == "by":
            self.choices(subject, type_, table)
        else:
            self.thresholds(node.name, type_, table, subject)
        if None in values or len(self.errors) > before:
            return None
        result = self.unified([row.value for row in table.rows])
        if node.name != "marginal" or result is None:
            return result
        return self.slices(table, type_, result)

    def slices(self, table: nodes.Table, subject: Type, rate: Type) -> Type | None:
        result = multiplied(subject, rate)
        if result is None:
            both_money = subject.is_money and rate.is_money
            self.error("money_times_money", table) if both_money else self.mismatch(
                "bad_operands", table, subject, rate, "*"
            )
        return result

    def thresholds(self, function: str, type_: Type, table: nodes.Table, subject: Node) -> None:
        """Bands start at 0 or -inf, rise, and are compared with a number of the same kind."""
        if not type_.is_numeric:
            self.error("number_needed", subject, type=type_)
            return
        before: Decimal | None = None
        for index, row in enumerate(table.rows):
            value = self.threshold(row, type_, index)
            if value is None:
                return
            if index == 0 and value not in {Decimal(0), Decimal("-Infinity")}:
                self.error("first_threshold", row.key or row)
            elif before is not None and value <= before:
                self.error("threshold_order", row.key or row)
            elif index and function == "marginal" and value <= 0:
                self.error("threshold_negative", row.key or row)
            before = value

    def threshold(self, row: nodes.Row, type_: Type, index: int) -> Decimal | None:
        if row.key is None:
            self.error("else_in_bands", row)
            return None
        if isinstance(row.key, nodes.Infinity) and index == 0:
            return Decimal("-Infinity")
        value = literal_value(row.key)
        if value is None:
            self.error("threshold_constant", row.key)
            return None
        bare = bare_number(row.key)
        own = self.infer(row.key)
        if own is None:
            return None
        if bare is None and own != type_ and not (own.is_scalar and type_ == NUMBER):
            self.error("threshold_type", row.key, type=own, expected=type_)
            return None
        if bare and type_ == PERCENT:
            self.forgotten_percent(row.key, bare)
            return None
        return value

    def choices(self, subject: Node, type_: Type, table: nodes.Table) -> None:
        """Rows of `by`: different texts, known ones where the choices are known, and else for the rest."""
        if type_ != TEXT:
            self.error("text_needed", subject, type=type_)
            return
        seen: set[str] = set()
        for row in table.rows:
            if row.key is None:
                if row is not table.rows[-1]:
                    self.error("else_last", row)
            elif not isinstance(row.key, nodes.Text):
                self.error("row_text", row.key)
            else:
                if row.key.value in seen:
                    self.error("row_repeated", row.key, value=row.key.value)
                seen.add(row.key.value)
                self.choice(subject, row.key)
        info = self.schema.names.get(subject.name) if isinstance(subject, nodes.Name) else None
        complete = info is not None and info.choices is not None and seen >= set(info.choices)
        if not complete and all(row.key is not None for row in table.rows):
            self.error("else_missing", table)
