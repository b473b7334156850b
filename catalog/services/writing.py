"""Writing master data set-wise: one change of one thing is a set of one, an import is many sets.

``write`` goes through a set in a fixed number of statements: read the values, lock, resolve the codes that rows refer to,
refuse what does not fit, store, keep derived columns true, audit, tell the outbox. A row that cannot be written carries its
errors and leaves the others alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.db import connection
from django.utils.translation import gettext_lazy as _

from catalog.models import Coded
from catalog.services import values
from catalog.services.sets import runs_of
from catalog.services.trail import Entry, record_many
from common.errors import Conflict, DomainError, InputError, Invalid, NotFound
from common.text import search_key
from tenancy import outbox
from tenancy.actors import Actor
from tenancy.audit import difference
from tenancy.enums import Permission

SET_SIZE = 2000
C = TypeVar("C", bound=Coded)


class Mode(StrEnum):
    """``SAVE`` makes what is missing and changes what is there; the others refuse one of the two."""

    SAVE = "save"
    CREATE = "create"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is read. ``refers``: its value is the code of a thing. ``merge``: a dict that adds to the old one."""

    clean: values.Clean
    required: bool = False
    refers: type[Coded] | None = None
    merge: bool = False


@dataclass(slots=True)
class Draft:
    """One row on its way: what was given, what became of it."""

    code: str
    given: dict[str, Any]
    errors: list[DomainError] = field(default_factory=list)
    thing: Any = None
    created: bool = False
    changes: dict[str, list[Any]] = field(default_factory=dict)

    def refuse(self, error: DomainError) -> None:
        self.errors.append(error)

    def value(self, name: str) -> Any:
        """What the field will be."""
        return self.given[name] if name in self.given else getattr(self.thing, name, None)


@dataclass(slots=True)
class Batch:
    """One set of rows with different codes, none of which refers to another."""

    actor: Actor
    kind: "Kind[Any]"
    drafts: list[Draft]

    @property
    def sound(self) -> list[Draft]:
        return [draft for draft in self.drafts if not draft.errors]

    @property
    def written(self) -> list[Draft]:
        return [draft for draft in self.sound if draft.created or draft.changes]


def nothing(_batch: Batch) -> None:
    """No more to check or to keep."""


@dataclass(frozen=True)
class Kind(Generic[C]):
    """One sort of master data. ``steering``: fields whose change moves results that were counted already.

    ``check`` may refuse drafts before anything is stored; ``keep`` makes derived rows and columns true afterwards.
    """

    name: str
    model: type[C]
    permission: Permission
    fields: Mapping[str, Field]
    topic: str = "catalog"
    steering: frozenset[str] = frozenset()
    parent: str = ""
    check: Callable[[Batch], None] = nothing
    keep: Callable[[Batch], None] = nothing
    changed: Callable[[Batch, list[Draft]], dict[str, Any]] | None = None

    @property
    def references(self) -> dict[str, type[Coded]]:
        return {name: each.refers for name, each in self.fields.items() if each.refers is not None}


def write_one(
    actor: Actor, kind: Kind[C], code: str, fields: Mapping[str, Any], mode: Mode = Mode.SAVE
) -> tuple[C, bool]:
    """Write one thing; returns it and whether it is new.

    Raises ``InputError`` (``Invalid`` for several), ``NotFound`` in ``Mode.CHANGE``, ``Conflict`` in ``Mode.CREATE``.
    """
    draft = write(actor, kind, [{**fields, "code": code}], mode)[0]
    for error in draft.errors:
        if len(draft.errors) == 1 or isinstance(error, NotFound | Conflict):
            raise error
    if draft.errors:
        raise Invalid(draft.errors)
    return draft.thing, draft.created


def write(
    actor: Actor,
    kind: Kind[Any],
    rows: Sequence[Mapping[str, Any]],
    mode: Mode = Mode.SAVE,
    progress: Callable[[int], None] | None = None,
) -> list[Draft]:
    """Write many things (see the module); the drafts come back in the order of ``rows``.

    The rows may come in any order: parents are written before what stands below them, and of two rows with one code
    the later one wins. ``progress`` is told after each set how many rows are done. Locks the kind for the transaction.
    """
    actor.require(kind.permission)
    drafts = [_read(kind, row) for row in rows]
    lock(kind)
    done = 0
    for run in runs_of(drafts, kind.parent, SET_SIZE):
        _write_set(Batch(actor, kind, run), mode)
        done += len(run)
        if progress is not None:
            progress(done)
    return drafts


def _read(kind: Kind[Any], row: Mapping[str, Any]) -> Draft:
    draft = Draft("", {})
    for name, value in row.items():
        reader = values.code if name == "code" else _reader(kind, name)
        try:
            draft.given[name] = reader(value)
        except DomainError as error:
            draft.refuse(error.at(name))
    draft.code = draft.given.pop("code", "")
    if not draft.code and not draft.errors:
        draft.refuse(InputError("required", _("This must not be empty."), "code"))
    return draft


def _reader(kind: Kind[Any], name: str) -> values.Clean:
    if name in kind.fields:
        return kind.fields[name].clean
    raise InputError("unknown_field", _("There is no such field."), name)


def lock(kind: Kind[Any]) -> None:
    """Nobody else writes this sort of master data until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, (select app.op())))", [f"master:{kind.name}"]
        )


def _write_set(batch: Batch, mode: Mode) -> None:
    _resolve(batch)
    _find(batch, mode)
    batch.kind.check(batch)
    for draft in batch.sound:
        _apply(batch.kind, draft)
    _store(batch)
    batch.kind.keep(batch)
    _tell(batch)


def _resolve(batch: Batch) -> None:
    """Codes into the things they mean; in refused rows too, so that all that is wrong is said at once."""
    for name, model in batch.kind.references.items():
        drafts = [draft for draft in batch.drafts if name in draft.given]
        wanted = {draft.given[name] for draft in drafts if draft.given[name]}
        known = {thing.code: thing for thing in model.objects.filter(code__in=wanted)} if wanted else {}
        for draft in drafts:
            code = draft.given[name]
            draft.given[name] = known.get(code)
            if code and code not in known:
                draft.refuse(InputError("unknown_code", _("There is no “%(code)s”."), name, {"code": code}))


def _find(batch: Batch, mode: Mode) -> None:
    """What is there already, locked; rows that may not or cannot be written."""
    kind = batch.kind
    codes = [draft.code for draft in batch.sound]
    existing = kind.model.objects.filter(code__in=codes).select_related(*kind.references).order_by("pk")
    locked = {thing.code: thing for thing in existing.select_for_update(of=("self",), no_key=True)}
    for draft in batch.sound:
        draft.thing = locked.get(draft.code)
        if draft.thing is None and mode is Mode.CHANGE:
            draft.refuse(NotFound())
            continue
        if draft.thing is not None and mode is Mode.CREATE:
            draft.refuse(Conflict("code_taken", _("This code is in use already."), "code"))
        for name, each in kind.fields.items():
            missing = draft.thing is None or name in draft.given
            if each.required and missing and draft.given.get(name) in (None, "", []):
                draft.refuse(InputError("required", _("This must not be empty."), name))


def _apply(kind: Kind[Any], draft: Draft) -> None:
    """Put the values on the thing and note what changed."""
    if draft.thing is None:
        draft.thing, draft.created = kind.model(code=draft.code), True
    before, after = {}, {}
    for name, value in draft.given.items():
        old = None if draft.created and name in kind.references else getattr(draft.thing, name)
        if kind.fields[name].merge:
            value = {key: one for key, one in {**(old or {}), **value}.items() if one}
        if not draft.created and old == value:
            continue
        setattr(draft.thing, name, value)
        before[name], after[name] = _written(None if draft.created else old), _written(value)
    draft.changes = difference(before, after)
    if draft.created or draft.changes.keys() & {"name", "names"}:
        thing = draft.thing
        thing.search_key = search_key(" ".join([thing.name, *thing.names.values()]))[:200]


def _written(value: Any) -> Any:
    return value.code if isinstance(value, Coded) else value


def _store(batch: Batch) -> None:
    new = [draft.thing for draft in batch.written if draft.created]
    changed = [draft for draft in batch.written if not draft.created]
    batch.kind.model.objects.bulk_create(new)
    names = {name for draft in changed for name in draft.changes}
    if changed:
        batch.kind.model.objects.bulk_create(
            [draft.thing for draft in changed],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=sorted(names | {"search_key", "updated_at"}),
        )


def _tell(batch: Batch) -> None:
    """Audit, and the outbox: unresolved lines wait for new codes, results may rest on what changed."""
    kind, actor = batch.kind, batch.actor
    record_many(actor, kind.model._meta.label_lower, _entries(batch))
    codes = [draft.code for draft in batch.written if draft.created]
    if codes:
        outbox.emit(f"{kind.topic}.code_added", {"kind": kind.name, "codes": codes})
    moved = [draft for draft in batch.written if not draft.created and draft.changes.keys() & kind.steering]
    if moved:
        fields = sorted({name for draft in moved for name in draft.changes.keys() & kind.steering})
        payload = {"kind": kind.name, "ids": [draft.thing.pk for draft in moved], "fields": fields}
        more = kind.changed(batch, moved) if kind.changed else {}
        outbox.emit(f"{kind.topic}.changed", {**payload, **more, "by": actor.name})


def _entries(batch: Batch) -> Iterator[Entry]:
    for draft in batch.written:
        action = f"{batch.kind.name}.{'create' if draft.created else 'change'}"
        yield action, draft.code, draft.changes


def check_cycles(batch: Batch, message: Any) -> None:
    """Refuse drafts that would stand below themselves, as the moves before them in the set leave the tree."""
    name = batch.kind.parent
    moves = [draft for draft in batch.sound if draft.thing is not None and name in draft.given]
    if not moves:
        return
    above: dict[int, int | None] = dict(batch.kind.model.objects.values_list("pk", f"{name}_id"))
    for draft in moves:
        parent = draft.given[name]
        if parent is not None and draft.thing.pk in _line(above, parent.pk):
            draft.refuse(InputError("parent_cycle", message, name))
        else:
            above[draft.thing.pk] = parent.pk if parent else None


def _line(above: Mapping[int, int | None], start: int) -> Iterable[int]:
    """``start`` and everything above it."""
    here: int | None = start
    while here is not None:
        yield here
        here = above.get(here)
