"""Component cards of the scheme form to formula source. A card is stored as it was typed, so that nothing is lost."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.errors import InputError
from common.numbers import parse_local_decimal
from formula import MODES, NUMBER, FormulaErrors, Schema, Type, compile_source, message, money, table_source
from incentives.enums import IN_PIECES, SchemeKind

KINDS = ("table", "rate", "matrix", "grid", "fixed")
#: Between the two texts of a grid's cell.
CROSS = "|"
LOOKS = ("value", "attainment", "growth")
_PLAIN = re.compile(r"[^\W\d]\w*")
_WORDS = {"and", "or", "not", "true", "false", "let", "else"}
_UNQUOTABLE = re.compile(r'["`\n\r\\]')


@dataclass(frozen=True, slots=True)
class Card:
    """One component as the form holds it; numbers are texts in the writer's digits.

    ``source`` earns: a KPI, or a field of a transaction. ``rows`` are (threshold, rate), ``cells`` (text of ``name``, rate)
    with ``other`` for everybody else; those of a grid are (text of ``name`` | text of ``name2``, rate). ``per``: for how much
    money the pieces of points are given. ``look`` and ``look_source`` tell what thresholds look at; empty is ``source``
    itself. ``when_*`` is the condition, ``cap`` the most that the component pays. Rates are percent for money, an
    amount for each where ``source`` counts.
    """

    kind: str = "table"
    label: str = ""
    source: str = ""
    mode: str = ""
    rows: tuple[tuple[str, str], ...] = (("0", ""),)
    look: str = "value"
    look_source: str = ""
    rate: str = ""
    name: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    other: str = ""
    amount: str = ""
    when_source: str = ""
    when_look: str = "value"
    when_value: str = ""
    cap: str = ""
    name2: str = ""
    per: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a card; ``field`` is one of its fields (``rows.2`` for a row), empty for all of it."""

    card: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """The formula of all cards. ``source`` is empty while there are problems with what was typed."""

    source: str = ""
    problems: list[Problem] = field(default_factory=list)


def cards_to_json(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """The shape of ``SchemeVersion.builder["cards"]``."""
    return [asdict(card) for card in cards]


def cards_from_json(data: object) -> list[Card]:
    """The inverse; what is not a card is left out."""
    known = set(Card.__dataclass_fields__)
    items = data if isinstance(data, list) else []
    return [_card({k: v for k, v in item.items() if k in known}) for item in items if isinstance(item, dict)]


def _card(values: Mapping[str, Any]) -> Card:
    pairs = {
        name: tuple((str(a), str(b)) for a, b in values[name]) for name in ("rows", "cells") if name in values
    }
    return Card(**{name: str(value) for name, value in values.items() if name not in pairs} | pairs)  # type: ignore[arg-type]


def write_formula(cards: Sequence[Card], schema: Schema, kind: str = SchemeKind.REBATE) -> Written:
    """The formula that the cards say, one component per line, and what is wrong with them at its place.

    Of points and benefits (``kind``) rates and amounts are pieces, not money.
    """
    problems: list[Problem] = []
    in_pieces = kind in IN_PIECES
    lines = [_Writer(number, card, schema, problems, in_pieces).line() for number, card in enumerate(cards)]
    if problems or not lines:
        return Written("", problems)
    source = "\n".join(lines)
    try:
        compile_source(source, schema, expect=NUMBER if in_pieces else money(schema.currency))
    except FormulaErrors as errors:
        found = [Problem(source[: error.start].count("\n"), "", message(error, _)) for error in errors.errors]
        return Written(source, found)
    return Written(source)


def name_source(code: str) -> str:
    """How a formula writes a name: as it is, or in backquotes."""
    return code if _PLAIN.fullmatch(code) and code not in _WORDS else f"`{code}`"


class _Writer:
    """Writes one card; what cannot be read is noted and written as 0."""

    def __init__(
        self, number: int, card: Card, schema: Schema, problems: list[Problem], in_pieces: bool = False
    ) -> None:
        self.number, self.card, self.schema, self.problems = number, card, schema, problems
        self.currency, self.in_pieces = schema.currency, in_pieces

    def line(self) -> str:
        label = _UNQUOTABLE.sub(" ", self.card.label).strip()
        if not label:
            self.note("label", _("Give the component a name."))
        bodies = {"table": self.table, "rate": self.flat, "matrix": self.matrix, "grid": self.grid}
        body = bodies.get(self.card.kind, self.fixed)()
        if self.card.when_source or self.needs_condition():
            body = f"if({self.condition()}, {body}, {self.written(Decimal(0))})"
        if self.card.cap:
            body = f"min({body}, {self.written(self.number_in('cap', self.card.cap))})"
        return f'"{label}": {body}'

    def needs_condition(self) -> bool:
        """A fixed amount of a period would be paid for nothing; for each transaction that counts it needs no more."""
        return self.card.kind == "fixed" and self.schema.scope == "period" and not self.in_pieces

    def table(self) -> str:
        if self.card.mode not in MODES:
            self.note("mode", _("Say how the rates apply."))
        rows = self.rows()
        x, subject = self.earning(), self.subject()
        if subject == x:
            mode = self.card.mode if self.card.mode in MODES else "marginal"
            if self.in_pieces:
                rows = [(start / self.per(), rate) for start, rate in rows]
                return table_source(mode, x, rows, "", per_unit=True).replace("  ", " ")
            return table_source(mode, x, rows, self.currency, per_unit=not self.pays_percent())
        if self.card.mode in MODES and self.card.mode != "all_units":
            self.note("mode", _("Steps that look at something else pay the reached rate on everything."))
        mark = "%" if self.card.look != "value" else ""
        written = ", ".join(f"{_plain(start)}{mark} -> {self.written_rate(rate)}" for start, rate in rows)
        return f"{x} * band({subject}, [{written}])"

    def rows(self) -> list[tuple[Decimal, Decimal]]:
        found: list[tuple[Decimal, Decimal]] = []
        for index, (start, rate) in enumerate(self.card.rows):
            place = f"rows.{index}"
            found.append((self.number_in(place, start), self.rate_in(place, rate)))
            if index == 0 and found[0][0] != 0:
                self.note(place, _("The first step starts at 0."))
            if index and found[index][0] <= found[index - 1][0]:
                self.note(place, _("Each step starts higher than the one before."))
        if not found:
            self.note("rows", _("Add at least one step."))
        return found or [(Decimal(0), Decimal(0))]

    def subject(self) -> str:
        source = name_source(self.card.look_source) if self.card.look_source else self.earning()
        return source if self.card.look == "value" else f"{self.card.look}({source})"

    def flat(self) -> str:
        return f"{self.earning()} * {self.written_rate(self.rate_in('rate', self.card.rate))}"

    def matrix(self) -> str:
        info = self.schema.names.get(self.card.name)
        if info is None or info.type.kind != "text":
            self.note("name", _("Choose what the rate depends on."))
        rows = [
            f'"{_UNQUOTABLE.sub(" ", text)}" -> {self.written_rate(self.rate_in(f"cells.{index}", rate))}'
            for index, (text, rate) in enumerate(self.card.cells)
            if text and rate
        ]
        other = self.written_rate(self.rate_in("other", self.card.other))
        return f"{self.earning()} * by({name_source(self.card.name)}, [{', '.join([*rows, f'else -> {other}'])}])"

    def grid(self) -> str:
        """A rate for each pair of two properties, such as role and layer."""
        for place, name in (("name", self.card.name), ("name2", self.card.name2)):
            info = self.schema.names.get(name)
            if info is None or info.type.kind != "text":
                self.note(place, _("Choose what the rate depends on."))
        if self.card.name == self.card.name2:
            self.note("name2", _("Choose two different properties."))
        other = self.written_rate(self.rate_in("other", self.card.other))
        table: dict[str, list[str]] = {}
        for index, (cell, rate) in enumerate(self.card.cells):
            first, _cross, second = cell.partition(CROSS)
            if first and second and rate:
                written = self.written_rate(self.rate_in(f"cells.{index}", rate))
                table.setdefault(first, []).append(f"{_quoted(second)} -> {written}")
        inner = name_source(self.card.name2)
        rows = [
            f"{_quoted(first)} -> by({inner}, [{', '.join([*cells, f'else -> {other}'])}])"
            for first, cells in table.items()
        ]
        outer = ", ".join([*rows, f"else -> {other}"])
        return f"{self.earning()} * by({name_source(self.card.name)}, [{outer}])"

    def fixed(self) -> str:
        return self.written(self.number_in("amount", self.card.amount))

    def written(self, value: Decimal) -> str:
        """An amount of what the scheme pays."""
        return _plain(value) if self.in_pieces else f"{self.currency} {_plain(value)}"

    def condition(self) -> str:
        info = self.schema.names.get(self.card.when_source)
        if info is None:
            self.note("when_source", _("Choose what the condition looks at."))
            return "true"
        name = name_source(self.card.when_source)
        if info.type.kind == "boolean":
            return name
        if info.type.kind == "text":
            return f'{name} = "{_UNQUOTABLE.sub(" ", self.card.when_value)}"'
        value = _plain(self.number_in("when_value", self.card.when_value))
        if self.card.when_look in ("attainment", "growth"):
            return f"{self.card.when_look}({name}) >= {value}%"
        return f"{name} >= {value}{'%' if info.type.kind == 'percent' else ''}"

    def earning(self) -> str:
        if self.type() is None:
            self.note("source", _("Choose what earns."))
        name = name_source(self.card.source)
        return f"({name} / {self.currency} {_plain(self.per())})" if self.divides() else name

    def divides(self) -> bool:
        """Whether pieces are given for money, so that the money has to be counted in units first."""
        known = self.type()
        return self.in_pieces and known is not None and known.is_money

    def per(self) -> Decimal:
        """For how much money one rate of pieces is given; 1 where the source is no money."""
        if not self.divides():
            return Decimal(1)
        value = self.number_in("per", self.card.per)
        if value <= 0:
            self.note("per", _("Say for how much money the points are given."))
        return value if value > 0 else Decimal(2)

    def type(self) -> Type | None:
        info = self.schema.names.get(self.card.source)
        return info.type if info and info.type.is_numeric else None

    def pays_percent(self) -> bool:
        known = self.type()
        return not self.in_pieces and (known is None or known.is_money)

    def rate_in(self, place: str, text: str) -> Decimal:
        """The rate as a factor: 0.03 for 3 %, or the amount for each."""
        value = self.number_in(place, text)
        return value.scaleb(-2) if self.pays_percent() else value

    def written_rate(self, rate: Decimal) -> str:
        return f"{_plain(rate.scaleb(2))}%" if self.pays_percent() else self.written(rate)

    def number_in(self, place: str, text: str) -> Decimal:
        try:
            value = parse_local_decimal(text.strip().removesuffix("%").removesuffix("٪").strip(), 6, 20)
        except InputError as error:
            self.note(place, _("A number is missing here.") if not text.strip() else error.message)
            return Decimal(0)
        if value < 0:
            self.note(place, _("A number below 0 is not possible here."))
        return abs(value)

    def note(self, place: str, text: str) -> None:
        if not any(each.card == self.number and each.field == place for each in self.problems):
            self.problems.append(Problem(self.number, place, text))


def _quoted(text: str) -> str:
    return f'"{_UNQUOTABLE.sub(" ", text)}"'


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
