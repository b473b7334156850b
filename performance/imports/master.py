"""Bringing in master data: rows of a file become sets of ``catalog.services.writing``."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction

from catalog.enums import Layer
from catalog.models import Coded, Family
from catalog.services import FAMILY, Draft, Kind, write
from common.errors import DomainError
from common.text import slug
from tenancy.access import scope_of
from tenancy.actors import Actor

#: Rows per transaction.
CHUNK = 2000
Row = dict[str, Any]
Numbered = tuple[int, Row]
Refusal = tuple[int, list[DomainError]]


@dataclass(slots=True)
class Part:
    """What became of some lines."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        return self.created + self.changed + self.unchanged + len(self.refused)


#: Called with what became of some lines, and the number of the last line that was dealt with.
Report = Callable[[Part, int], None]
Prepare = Callable[[Actor, Sequence[Row]], dict[int, list[DomainError]]]


def nothing_to_prepare(_actor: Actor, _rows: Sequence[Row]) -> dict[int, list[DomainError]]:
    return {}


def bring(
    kind: Kind[Any],
    actor: Actor,
    records: Iterable[Numbered],
    *,
    dry_run: bool,
    report: Report,
    prepare: Prepare = nothing_to_prepare,
) -> None:
    """Write the rows, ``CHUNK`` per transaction; call it outside of any scope.

    A tree is one transaction, because a parent may come last. ``dry_run`` does everything in one and keeps nothing.
    ``prepare`` may change the rows and says which of them (by place) are refused.
    """
    whole = dry_run or bool(kind.parent)
    with scope_of(actor) if whole else nullcontext():
        for chunk in _chunks(records, CHUNK if not kind.parent else None):
            with nullcontext() if whole else scope_of(actor):
                part = _bring_chunk(kind, actor, chunk, prepare)
            report(part, chunk[-1][0])
        if dry_run:
            transaction.set_rollback(True)


def _chunks(records: Iterable[Numbered], size: int | None) -> Iterator[list[Numbered]]:
    source = iter(records)
    while chunk := list(islice(source, size)):
        yield chunk


def _bring_chunk(kind: Kind[Any], actor: Actor, chunk: list[Numbered], prepare: Prepare) -> Part:
    rows = [_with_names(row) for _line, row in chunk]
    bad = prepare(actor, rows)
    drafts = iter(write(actor, kind, [row for place, row in enumerate(rows) if place not in bad]))
    part = Part()
    for place, (line, _row) in enumerate(chunk):
        if place in bad:
            part.refused.append((line, bad[place]))
        else:
            _count(part, line, next(drafts))
    return part


def _count(part: Part, line: int, draft: Draft) -> None:
    if draft.errors:
        part.refused.append((line, draft.errors))
    elif draft.created:
        part.created += 1
    elif draft.changes:
        part.changed += 1
    else:
        part.unchanged += 1


def _with_names(row: Row) -> Row:
    """``name_fa`` and its like as one field of names."""
    names = {key[5:]: row.pop(key) for key in ("name_en", "name_fa", "name_ar") if key in row}
    if names:
        row["names"] = names
    return row


def prepare_products(actor: Actor, rows: Sequence[Row]) -> dict[int, list[DomainError]]:
    """Make the families that products name and nobody knows yet: files of source systems have them in the same line."""
    wanted: dict[str, Row] = {}
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        title, layer = str(row.pop("family_name", "")).strip(), str(row.pop("layer", "")).strip()
        code = str(row.get("family") or slug(title) or layer).strip()
        if code:
            row["family"] = code
            name = title or dict(Layer.choices).get(code, code)
            wanted.setdefault(code, {"code": code, "name": name, "layer": layer or Layer.ENTERPRISE_IT})
            places.setdefault(code, []).append(place)
    known = set(_known(Family, wanted))
    drafts = write(actor, FAMILY, [row for code, row in wanted.items() if code not in known])
    return {place: draft.errors for draft in drafts if draft.errors for place in places.get(draft.code, [])}


def _known(model: type[Coded], codes: Iterable[str]) -> Iterable[str]:
    found: Iterable[str] = model.objects.filter(code__in=list(codes)).values_list("code", flat=True)
    return found
