"""Statements that a connection of the database plans once.

Planning the statements of the feed and of counting takes longer than running them for a few lines. A prepared statement
keeps its plan for the life of its connection; the database itself plans anew after a table changed, was analyzed, or when
another audience's role runs it (row-level security is part of the plan).
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

#: Statements kept per connection; the one that waited longest makes room.
KEPT = 64
_NAMED = re.compile(r"%\((\w+)\)s")
_known: WeakKeyDictionary[Any, OrderedDict[str, None]] = WeakKeyDictionary()


def run_prepared(
    cursor: CursorWrapper,
    statement: str,
    types: Mapping[str, str],
    params: Mapping[str, Any],
    constants: Mapping[str, Any] | None = None,
) -> None:
    """Run ``statement`` (named placeholders, ``%%`` for a percent sign) with a plan kept by the connection.

    ``types`` names the database type of each parameter; ``constants`` are written into the statement and are part of what
    it is. The plan fits any values, so it suits statements whose values do not decide how they are best run.
    """
    call = prepared(cursor, statement, types, constants)
    cursor.execute(call, [params[each] for each in types])


def prepared(
    cursor: CursorWrapper,
    statement: str,
    types: Mapping[str, str],
    constants: Mapping[str, Any] | None = None,
    *,
    before: Callable[[], object] | None = None,
) -> str:
    """The call of ``statement`` (see ``run_prepared``), with a ``%s`` for each of ``types``; several such calls, with a
    semicolon between them, travel together. ``before`` is called if the statement has to be prepared first."""
    text = _written(cursor, statement, tuple(types), constants)
    name = _name(text)
    known = _known.setdefault(connection.connection, OrderedDict())
    if name in known:
        known.move_to_end(name)
    else:
        if before is not None:
            before()
        _make_room(cursor, known)
        declared = f" ({', '.join(types.values())})" if types else ""
        # Without parameters the driver leaves percent signs alone; ``text`` is what the server is to see.
        cursor.execute(f"prepare {name}{declared} as {text}")
        known[name] = None
    return f"execute {name} ({', '.join(['%s'] * len(types))})" if types else f"execute {name}"


def _written(
    cursor: CursorWrapper, statement: str, names: tuple[str, ...], constants: Mapping[str, Any] | None
) -> str:
    """The statement with ``$1`` for the first parameter and so on, and its constants as literals."""
    if not constants:
        return _numbered(statement, names)
    places = {name: f"${number}" for number, name in enumerate(names, 1)}
    used = set(_NAMED.findall(statement)) - places.keys()
    literals = {name: _literal(cursor, constants[name]) for name in used}
    return _fill(statement, places | literals)


@lru_cache(maxsize=256)
def _numbered(statement: str, names: tuple[str, ...]) -> str:
    return _fill(statement, {name: f"${number}" for number, name in enumerate(names, 1)})


def _fill(statement: str, values: Mapping[str, str]) -> str:
    return _NAMED.sub(lambda found: values[found[1]], statement).replace("%%", "%")


def _literal(cursor: CursorWrapper, value: Any) -> str:
    text: bytes | str = cursor.mogrify("%s", [value])
    return text if isinstance(text, str) else text.decode()


@lru_cache(maxsize=256)
def _name(text: str) -> str:
    return f"sharik_{blake2b(text.encode(), digest_size=12).hexdigest()}"


def _make_room(cursor: CursorWrapper, known: OrderedDict[str, None]) -> None:
    while len(known) >= KEPT:
        name, _ = known.popitem(last=False)
        cursor.execute(f"deallocate {name}")
