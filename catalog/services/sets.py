"""Cutting rows into sets: every code once in a set, and parents in an earlier set than what stands below them."""

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, InputError


class Row(Protocol):
    code: str
    given: dict[str, Any]
    errors: list[DomainError]

    def refuse(self, error: DomainError) -> None: ...


R = TypeVar("R", bound=Row)


def runs_of(rows: list[R], parent: str, size: int) -> Iterator[list[R]]:
    """Sets of at most ``size`` rows; ``parent`` is the field that names another row, empty where there is none."""
    depths = _depths(rows, parent) if parent else {}
    ordered = sorted(rows, key=lambda row: depths.get(row.code, 0)) if depths else rows
    run: list[R] = []
    codes: set[str] = set()
    depth = 0
    for row in ordered:
        here = depths.get(row.code, 0)
        if run and (row.code in codes or here != depth or len(run) >= size):
            yield run
            run, codes = [], set()
        depth = here
        run.append(row)
        codes.add(row.code)
    if run:
        yield run


def _depths(rows: list[R], parent: str) -> dict[str, int]:
    """How deep each code stands below the topmost row of the same rows; rows in a circle are refused.

    A row that names itself is left to those who know the things that are there already.
    """
    above = {row.code: str(row.given.get(parent) or "") for row in rows}
    depths: dict[str, int] = {}
    for start in above:
        line: list[str] = []
        here = start
        while here in above and here not in depths and here not in line:
            line.append(here)
            here = above[here]
        if here in line:
            circle, line = set(line[line.index(here) :]), line[: line.index(here)]
            if len(circle) > 1:
                _refuse([row for row in rows if row.code in circle], parent)
            depths.update(dict.fromkeys(circle, 0))
        depth = depths[here] + 1 if here in depths else 0
        for code in reversed(line):
            depths[code], depth = depth, depth + 1
    return depths


def _refuse(rows: list[R], parent: str) -> None:
    for row in rows:
        row.refuse(InputError("parent_cycle", _("These lines stand below each other in a circle."), parent))
