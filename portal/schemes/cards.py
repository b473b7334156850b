"""The component cards of the scheme form: read from what was posted, moved by buttons, drawn with their choices."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.selectors import families_for, segments_for
from formula import Schema
from incentives.builder import CROSS, Card, Problem, Written, cards_from_json, cards_to_json, write_formula
from incentives.enums import IN_PIECES
from incentives.programs import schema_for
from portal.formulas.asked import Asked
from portal.formulas.catalogue import CHOICE_LABELS, Catalogue, Entry, catalogue_for
from tenancy.actors import Actor

MOST_CARDS, MOST_ROWS, MOST_CELLS = 20, 40, 200
KINDS: dict[str, Any] = {
    "table": _("Rate table"),
    "rate": _("One rate"),
    "matrix": _("Rate by tier, role or another property"),
    "grid": _("Rate matrix, such as role by layer"),
    "fixed": _("Fixed amount"),
}
MODES: list[tuple[str, Any, Any]] = [
    ("marginal", _("Marginal"), _("each slice at the rate of its own step")),
    ("all_units", _("All units"), _("the reached rate on everything")),
    (
        "rolling",
        _("Rolling"),
        _("the slices below at their own rates, and the reached rate on everything"),
    ),
    ("total", _("Total"), _("every reached rate on everything, added up")),
]
LOOKS: list[tuple[str, Any]] = [
    ("value", _("The value")),
    ("attainment", _("Attainment of the target")),
    ("growth", _("Growth against the period before")),
]
_FIELDS = [
    "kind",
    "label",
    "source",
    "mode",
    "look",
    "look_source",
    "rate",
    "name",
    "other",
    "amount",
    "when_source",
    "when_look",
    "when_value",
    "cap",
    "name2",
    "per",
]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card with what its fields need. ``problems``: field -> sentence; ``rows`` have index, threshold, rate, error."""

    number: int
    card: Card
    title: Any
    unit: str
    problems: dict[str, str]
    rows: list[dict[str, Any]]
    cells: list[dict[str, Any]]
    columns: list[str]
    grid: list[dict[str, Any]]
    divides: bool
    paid: str
    when_type: str
    when_choices: list[tuple[str, str]]
    first: bool
    last: bool

    @property
    def whole_problem(self) -> str:
        """What is wrong with the card as such."""
        return self.problems.get("", "") or self.problems.get("rows", "")


@dataclass(frozen=True, slots=True)
class Workbench:
    """All cards with the formula that they write."""

    cards: list[Card]
    written: Written
    drawn: list[Drawn] = field(default_factory=list)
    sources: list[Entry] = field(default_factory=list)
    conditions: list[Entry] = field(default_factory=list)
    properties: list[Entry] = field(default_factory=list)
    looks: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def state(self) -> str:
        """What the browser keeps as a draft."""
        return json.dumps(cards_to_json(self.cards), ensure_ascii=False)


def cards_of(data: QueryDict) -> list[Card]:
    """The cards that a form holds, in its order."""
    return [_read(data, number) for number in data.getlist("card")[:MOST_CARDS]]


def _read(data: QueryDict, number: str) -> Card:
    def pairs(first: str, second: str, most: int = MOST_ROWS) -> tuple[tuple[str, str], ...]:
        found = zip(data.getlist(f"c{number}-{first}"), data.getlist(f"c{number}-{second}"), strict=False)
        return tuple(found)[:most]

    values = {name: data.get(f"c{number}-{name}", "") for name in _FIELDS}
    values["look"] = values["look"] or "value"
    values["when_look"] = values["when_look"] or "value"
    return Card(**values, rows=pairs("from", "step"), cells=pairs("cell", "cellrate", MOST_CELLS))


def restored(data: QueryDict) -> list[Card]:
    """The cards of a draft that the browser kept."""
    try:
        return cards_from_json(json.loads(data.get("builder", "[]")))[:MOST_CARDS]
    except (ValueError, TypeError):
        return cards_of(data)


def acted(cards: list[Card], action: str) -> list[Card]:
    """After a button: ``add-table``, ``remove-2``, ``up-1``, ``down-0``, ``row-0``, ``unrow-0-3``; others change nothing."""
    verb, *rest = action.split("-")
    if verb == "add" and rest[0] in KINDS and len(cards) < MOST_CARDS:
        return [*cards, _new_card(rest[0])]
    if not rest or not all(word.isdecimal() for word in rest) or int(rest[0]) >= len(cards):
        return cards
    work = _ACTIONS.get(verb)
    return work(cards, [int(word) for word in rest]) if work else cards


def _new_card(kind: str) -> Card:
    return Card(kind=kind, name="role", name2="layer", other="0") if kind == "grid" else Card(kind=kind)


def _removed(cards: list[Card], at: Sequence[int]) -> list[Card]:
    return [card for number, card in enumerate(cards) if number != at[0]]


def _moved(step: int) -> Callable[[list[Card], Sequence[int]], list[Card]]:
    def move(cards: list[Card], at: Sequence[int]) -> list[Card]:
        target = at[0] + step
        if not 0 <= target < len(cards):
            return cards
        changed = list(cards)
        changed[at[0]], changed[target] = changed[target], changed[at[0]]
        return changed

    return move


def _more_rows(cards: list[Card], at: Sequence[int]) -> list[Card]:
    card = cards[at[0]]
    return _with(cards, at[0], (*card.rows, ("", "")) if len(card.rows) < MOST_ROWS else card.rows)


def _fewer_rows(cards: list[Card], at: Sequence[int]) -> list[Card]:
    rows = cards[at[0]].rows
    return _with(cards, at[0], tuple(row for number, row in enumerate(rows) if number != at[-1]))


def _with(cards: list[Card], number: int, rows: tuple[tuple[str, str], ...]) -> list[Card]:
    return [replace(card, rows=rows) if at == number else card for at, card in enumerate(cards)]


_ACTIONS: dict[str, Callable[[list[Card], Sequence[int]], list[Card]]] = {
    "remove": _removed,
    "up": _moved(-1),
    "down": _moved(1),
    "row": _more_rows,
    "unrow": _fewer_rows,
}


def workbench(actor: Actor, asked: Asked, cards: list[Card], *, touched: bool = True) -> Workbench:
    """The cards with everything to draw them; problems are shown once the form was ``touched``."""
    schema = schema_for(actor.operator, asked.scope, period=asked.period, payee=asked.payee)
    catalogue = catalogue_for(actor, asked.scope, asked.period, asked.payee)
    written = write_formula(cards, schema, asked.kind)
    in_pieces = asked.kind in IN_PIECES
    problems = written.problems if touched else []
    entries = [*catalogue.kpis, *catalogue.context]
    properties = _properties(actor, catalogue, schema)
    return Workbench(
        cards,
        written,
        [_drawn(number, cards, schema, problems, properties, in_pieces) for number in range(len(cards))],
        sources=[entry for entry in entries if _earns(entry, schema, asked.scope)],
        conditions=[entry for entry in entries if entry.name in schema.names],
        properties=properties,
        looks=LOOKS if asked.scope == "period" else LOOKS[:1],
    )


def _earns(entry: Entry, schema: Schema, scope: str) -> bool:
    info = schema.names[entry.name]
    return (info.kind == "kpi" or scope == "transaction") and info.type.kind in ("money", "count", "number")


def _properties(actor: Actor, catalogue: Catalogue, schema: Schema) -> list[Entry]:
    """The context names whose texts are known, so that a rate can be given for each."""
    listed: dict[str, Callable[[Actor], Any]] = {"segment": segments_for, "family": families_for}
    found: list[Entry] = []
    for entry in catalogue.context:
        choices = entry.choices
        if not choices and entry.name in listed:
            choices = [(row.code, row.label()) for row in listed[entry.name](actor).order_by("code")]
        if choices and schema.names[entry.name].type.kind == "text":
            found.append(replace(entry, choices=choices))
    return found


def _drawn(
    number: int,
    cards: list[Card],
    schema: Schema,
    problems: Sequence[Problem],
    properties: list[Entry],
    in_pieces: bool,
) -> Drawn:
    card = cards[number]
    own = {each.field: each.message for each in problems if each.card == number}
    info = schema.names.get(card.source)
    percent = info is None or info.type.is_money
    given = dict(card.cells)
    listed = {entry.name: entry.choices for entry in properties}
    choices = listed.get(card.name, [])
    columns = listed.get(card.name2, []) if card.kind == "grid" else []
    when = schema.names.get(card.when_source)
    return Drawn(
        number,
        card,
        KINDS.get(card.kind, KINDS["fixed"]),
        str(_("pieces")) if in_pieces else "%" if percent else schema.currency,
        own,
        [
            {"number": at, "start": start, "rate": rate, "error": own.get(f"rows.{at}", "")}
            for at, (start, rate) in enumerate(card.rows)
        ],
        [{"code": code, "label": label, "rate": given.get(code, "")} for code, label in choices],
        [label for _code, label in columns],
        [
            {
                "label": label,
                "cells": [
                    {
                        "code": f"{code}{CROSS}{other}",
                        "label": word,
                        "rate": given.get(f"{code}{CROSS}{other}", ""),
                    }
                    for other, word in columns
                ],
            }
            for code, label in choices
        ],
        in_pieces and info is not None and info.type.is_money,
        str(_("pieces")) if in_pieces else schema.currency,
        when.type.kind if when else "",
        [
            (code, str(CHOICE_LABELS.get(card.when_source, {}).get(code, code)))
            for code in (when.choices or () if when else ())
        ],
        number == 0,
        number == len(cards) - 1,
    )
