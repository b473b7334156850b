"""Pratt parser: tokens to the tree of `formula.nodes`.

script    := item (";" | new line) item ...
item      := "let" name "=" expression | [label ":"] expression
table row := threshold "->" expression | "else" "->" expression
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TypeVar

from formula import nodes
from formula.errors import FormulaError, FormulaErrors
from formula.lexer import LexError, Token, tokenize
from formula.nodes import Node

MAX_LENGTH, MAX_DEPTH, MAX_NODES = 2000, 32, 500
KEYWORDS = frozenset({"and", "or", "not", "true", "false", "let", "else"})
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_BINDING = {"or": 1, "and": 2, **dict.fromkeys(_COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6}
_NOT, _MINUS = 3, 7
_CLOSING = {"(": ")", "[": "]"}
_CURRENCY = re.compile(r"[A-Z]{3}")
N = TypeVar("N", bound=Node)


class _Stop(Exception):
    def __init__(self, code: str, start: int, end: int, **params: str) -> None:
        self.error = FormulaError(code, params, start, end)
        super().__init__(code)


def parse(source: str) -> nodes.Script:
    """The tree of a source within the limits. Raises FormulaErrors."""
    if len(source) > MAX_LENGTH:
        params = {"length": str(len(source)), "limit": str(MAX_LENGTH)}
        raise FormulaErrors([FormulaError("too_long", params, MAX_LENGTH, len(source))])
    try:
        tokens = tokenize(source)
    except LexError as error:
        raise FormulaErrors([error.error]) from None
    script = _Parser(tokens).script()
    deepest = next((node for node, depth in nodes.walk(script) if depth > MAX_DEPTH), None)
    if deepest is not None:
        raise FormulaErrors([FormulaError("too_deep", {"limit": str(MAX_DEPTH)}, deepest.start, deepest.end)])
    return script


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.depth = 0
        self.count = 0
        self.open: list[Token] = []
        self.errors: list[FormulaError] = []

    # tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def ahead(self, steps: int = 1) -> Token:
        return self.tokens[min(self.index + steps, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.index += 1
        return token

    def at(self, *texts: str) -> bool:
        return self.token.kind == "operator" and self.token.text in texts

    def joined(self, token: Token) -> bool:
        """Whether a token belongs to what is before it: inside brackets line ends have no meaning."""
        return bool(self.open) or not token.first

    def made(self, node: N) -> N:
        self.count += 1
        if self.count > MAX_NODES:
            raise _Stop("too_big", node.start, node.end, limit=str(MAX_NODES))
        return node

    # script

    def script(self) -> nodes.Script:
        items: list[nodes.Let | nodes.Component] = []
        while self.token.kind != "end":
            if self.at(";"):
                self.advance()
                continue
            try:
                items.append(self.item())
            except _Stop as stop:
                self.errors.append(stop.error)
                if stop.error.code == "too_big":
                    break
                self.recover()
        if not items and not self.errors:
            self.errors.append(FormulaError("empty", {}, 0, self.token.end))
        if self.errors:
            raise FormulaErrors(self.errors)
        return nodes.Script(items[0].start, items[-1].end, tuple(items))

    def recover(self) -> None:
        """Go on at the next item, so that its errors are reported too."""
        self.depth = 0
        self.open.clear()
        self.advance()
        while self.token.kind != "end" and not self.at(";") and not self._starts_item():
            self.advance()

    def _starts_item(self) -> bool:
        """Only a line that begins with `let` or a label surely starts an item; others may be inside brackets."""
        after = self.ahead()
        return self.token.first and (
            self.token.text == "let" or (after.kind == "operator" and after.text == ":")
        )

    def item(self) -> nodes.Let | nodes.Component:
        if self.token.kind == "name" and self.token.text == "let":
            return self.let()
        start, label = self.token.start, ""
        colon = self.ahead()
        if self.token.kind in {"name", "quoted", "text"} and colon.kind == "operator" and colon.text == ":":
            label = self.advance().text
            self.advance()
        value = self.expression()
        self.end_of_item()
        return self.made(nodes.Component(start, value.end, label, value))

    def let(self) -> nodes.Let:
        start = self.advance().start
        name = self.token
        equals = self.ahead()
        if name.kind not in {"name", "quoted"} or name.text in KEYWORDS or equals.text != "=":
            raise _Stop("let_name", start, name.end)
        self.advance()
        self.advance()
        value = self.expression()
        self.end_of_item()
        return self.made(nodes.Let(start, value.end, name.text, value))

    def end_of_item(self) -> None:
        token = self.token
        if token.kind == "end" or token.first or self.at(";"):
            return
        if self.at(")", "]"):
            raise _Stop("bracket_unopened", token.start, token.end, text=token.text)
        if self.at("->", ":", ",", "∞"):
            raise _Stop("value_expected_at", token.start, token.end, text=token.text)
        raise _Stop("operator_expected", token.start, token.end, text=token.text)

    # expressions

    def expression(self, binding: int = 0) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Stop("too_deep", self.token.start, self.token.end, limit=str(MAX_DEPTH))
        left = self.prefix()
        while (power := self.infix()) > binding:
            left = self.binary(left, power)
        self.depth -= 1
        return left

    def infix(self) -> int:
        token = self.token
        if token.kind == "operator" or (token.kind == "name" and token.text in {"and", "or"}):
            return _BINDING.get(token.text, 0)
        return 0

    def binary(self, left: Node, power: int) -> Node:
        operator = self.advance()
        right = self.expression(power)
        node = nodes.Binary(left.start, right.end, operator.text, left, right, operator.start)
        if operator.text in _COMPARISONS and self.at(*_COMPARISONS):
            raise _Stop("chained_comparison", self.token.start, self.token.end)
        return self.made(node)

    def prefix(self) -> Node:
        token = self.token
        match token.kind:
            case "number" | "percent" | "date" | "text":
                return self.literal(self.advance())
            case "name" | "quoted":
                return self.word()
            case "end":
                raise _Stop("value_expected", token.start, token.end)
        if self.at("-"):
            self.advance()
            operand = self.expression(_MINUS)
            return self.made(nodes.Unary(token.start, operand.end, "-", operand))
        if self.at("(", "["):
            return self.bracket()
        if self.at(")", "]") and not self.open:
            raise _Stop("bracket_unopened", token.start, token.end, text=token.text)
        raise _Stop("value_expected_at", token.start, token.end, text=token.text)

    def literal(self, token: Token) -> Node:
        if isinstance(token.value, Decimal):
            return self.made(nodes.Number(token.start, token.end, token.value, token.kind))
        if isinstance(token.value, date):
            return self.made(nodes.Date(token.start, token.end, token.value))
        return self.made(nodes.Text(token.start, token.end, token.text))

    def word(self) -> Node:
        token = self.advance()
        if token.kind == "name" and token.text in KEYWORDS:
            return self.keyword(token)
        if self.at("(") and self.joined(self.token):
            return self.call(token)
        number = self.token
        value = number.value if number.kind == "number" and self.joined(number) else None
        if isinstance(value, Decimal) and _CURRENCY.fullmatch(token.text):
            self.advance()
            return self.made(nodes.Number(token.start, number.end, value, "money", token.text))
        return self.made(nodes.Name(token.start, token.end, token.text))

    def keyword(self, token: Token) -> Node:
        if token.text in {"true", "false"}:
            return self.made(nodes.Boolean(token.start, token.end, token.text == "true"))
        if token.text == "not":
            operand = self.expression(_NOT)
            return self.made(nodes.Unary(token.start, operand.end, "not", operand))
        raise _Stop("value_expected_at", token.start, token.end, text=token.text)

    # brackets

    def bracket(self) -> Node:
        if self.at("["):
            return self.table()
        opening = self.enter()
        inner = self.expression()
        self.leave(opening)
        return inner

    def enter(self) -> Token:
        opening = self.advance()
        self.open.append(opening)
        return opening

    def leave(self, opening: Token) -> Token:
        closing = _CLOSING[opening.text]
        if self.token.kind == "end":
            raise _Stop("bracket_open", opening.start, opening.end, text=opening.text)
        if not self.at(closing):
            raise _Stop(
                "separator_expected", self.token.start, self.token.end, closing=closing, text=self.token.text
            )
        self.open.pop()
        return self.advance()

    def call(self, name: Token) -> Node:
        opening = self.enter()
        arguments: list[Node] = []
        while not self.at(")"):
            arguments.append(self.expression())
            if not self.at(","):
                break
            self.advance()
        closing = self.leave(opening)
        return self.made(nodes.Call(name.start, closing.end, name.text, tuple(arguments), name.end))

    def table(self) -> Node:
        opening = self.enter()
        rows: list[nodes.Row] = []
        while not self.at("]"):
            rows.append(self.row())
            if not self.at(","):
                break
            self.advance()
        closing = self.leave(opening)
        return self.made(nodes.Table(opening.start, closing.end, tuple(rows)))

    def row(self) -> nodes.Row:
        start = self.token.start
        key = self.row_key()
        if not self.at("->"):
            raise _Stop("arrow_expected", start, self.token.end)
        self.advance()
        value = self.expression()
        return self.made(nodes.Row(start, value.end, key, value))

    def row_key(self) -> Node | None:
        token, after = self.token, self.ahead()
        if token.kind == "name" and token.text == "else":
            self.advance()
            return None
        if self.at("-") and after.text in {"inf", "∞"}:
            self.advance()
            self.advance()
            return self.made(nodes.Infinity(token.start, after.end))
        return self.expression()
