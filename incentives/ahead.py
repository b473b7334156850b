"""The stored thresholds ahead of an accrual, with the types that their numbers are written in."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from formula import Program, Type, parse_type
from formula.nodes import Call, Component, Let, Table, literal_value, walk
from incentives.models import Accrual
from incentives.programs import program_of


@dataclass(frozen=True, slots=True)
class Ahead:
    """One threshold that would pay more. ``name`` is what has to rise from ``value`` by ``distance`` to ``needed`` (in
    ``unit``); the rates (in ``rate_unit``) are ``None`` where reaching it meets a condition. ``gain`` is money.
    """

    kind: str
    component: str
    name: str
    unit: Type
    value: Decimal
    needed: Decimal
    distance: Decimal
    rate_now: Decimal | None
    rate_then: Decimal | None
    rate_unit: Type | None
    gain: Decimal

    @property
    def share(self) -> Decimal:
        """How much of the way is done, 0 to 1."""
        return self.value / self.needed if self.needed > 0 else Decimal(0)


def ahead_of(accrual: Accrual, currency: str) -> list[Ahead]:
    """The thresholds ahead, the nearest one (by the share of the way that is done) first."""
    if not accrual.next:
        return []
    version = accrual.version
    program = program_of(version, version.scheme, currency)
    found = [_read(stored, program, version.names) for stored in accrual.next]
    return sorted(found, key=lambda ahead: (-ahead.share, -ahead.gain))


def _read(stored: Mapping[str, Any], program: Program, names: Mapping[str, Any]) -> Ahead:
    then = None if stored["rate_then"] is None else Decimal(stored["rate_then"])
    return Ahead(
        kind=stored["kind"],
        component=stored["component"],
        name=stored["name"],
        unit=parse_type(names[stored["name"]][0]),
        value=Decimal(stored["value"]),
        needed=Decimal(stored["needed"]),
        distance=Decimal(stored["distance"]),
        rate_now=None if stored["rate_now"] is None else Decimal(stored["rate_now"]),
        rate_then=then,
        rate_unit=None if then is None else _rate_unit(program, stored, then),
        gain=Decimal(stored["gain"]),
    )


def _rate_unit(program: Program, stored: Mapping[str, Any], then: Decimal) -> Type | None:
    """The type of the table's values: of the table in that component that has the rate which is ahead."""
    for item in program.script.items:
        label = item.name if isinstance(item, Let) else item.label
        if not isinstance(item, Component | Let) or label != stored["component"]:
            continue
        for node, _depth in walk(item):
            if (
                isinstance(node, Call)
                and node.name == stored["kind"]
                and isinstance(node.arguments[1], Table)
            ):
                rows = node.arguments[1].rows
                if any(literal_value(row.value) == then for row in rows):
                    return program.types[rows[0].value]
    return None
