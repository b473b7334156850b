"""Telling people: a notice is part of the change that causes it; who gets it and in which words is decided later.

A domain app declares each kind once, with its texts::

    DECIDED = declare("deals.decided", Urgency.ACTION, _("Deal %(ref)s was decided: %(state)s"))
    notify(DECIDED, deal, to=partner_people(deal.partner_id), path=f"/deals/{deal.ref}/", ref=deal.ref, state=...)

``notify`` works in every audience's scope (the rows are made by the worker), so a partner's step can tell the operator's
people. ``params`` carry what the text names: codes, names, numbers, ``date`` and ``datetime`` values (written in the reader's
calendar), ``{"amount", "currency"}``, ``{"period": code}`` and ``names_of(thing)`` for a
name in the reader's language (with ``"count"``, a number as text, behind it), and lists of all these. A state or other choice is given by its value, and its words by ``declare``::

    DECIDED = declare("deals.decided", Urgency.ACTION, _("Deal %(ref)s: %(state)s"), state=DealState)

A notice that asks for something says in which states of the object it is still to be done; once the object moves to another one,
whoever moved it, the notice is done for everybody::

    DECIDE = declare("deals.submitted", Urgency.ACTION, _("Deal %(ref)s waits"), asks=(DealState.SUBMITTED,))

Where no state tells, ``done(deal, [DECIDE])`` does.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from tenancy.base import Named
from tenancy.enums import Permission
from tenancy.outbox import emit
from workflow.enums import Urgency

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Write = Callable[[Any], str]
TOPIC = "workflow.notice"
DONE_TOPIC = "workflow.done"
AGAIN_TOPIC = "workflow.again"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice; ``text`` is lazy gettext with ``%(name)s`` places for the params.

    ``choices``: param -> the ``TextChoices`` that its value is of. ``asks``: the states of its object in which it is open.
    """

    name: str
    urgency: str
    text: "str | _StrPromise"
    choices: Mapping[str, type[models.TextChoices]] = field(default_factory=dict, compare=False)
    asks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class To:
    """Who is told: members by id, and active members by partner, permission or book.

    ``partner_id`` with ``permission``: that company's people who hold it; ``book_of``: the PAMs of a partner, and where it has
    none everybody of the operator's staff with ``permission``; ``permission`` alone: the operator's staff who hold it.
    """

    members: tuple[int, ...] = ()
    partner_id: int | None = None
    book_of: int | None = None
    permission: Permission | None = None


_kinds: dict[str, Kind] = {}


def declare(
    name: str,
    urgency: str,
    text: "str | _StrPromise",
    *,
    asks: Iterable[str] = (),
    **choices: type[models.TextChoices],
) -> Kind:
    """Make a kind of notice known; returns it. ``choices``: params that are values of a ``TextChoices``."""
    _kinds[name] = Kind(name, Urgency(urgency).value, text, choices, frozenset(asks))
    return _kinds[name]


def over_in(state: str) -> list[str]:
    """Names of the kinds whose task is done once their object is in ``state``."""
    return [kind.name for kind in _kinds.values() if kind.asks and state not in kind.asks]


def kind_named(name: str) -> Kind:
    return _kinds[name]


def text_of(name: str, params: Mapping[str, Any], write: Write = str) -> str:
    """The notice in the language that is active now; ``write`` turns a param into text.

    Rows outlive the code that made them: a kind that is gone, or one that asks for other params today, has a plain text.
    """
    kind = _kinds.get(name)
    if kind is None:
        return str(_("Something has changed here."))
    words = {key: write(_worded(kind, key, value)) for key, value in params.items()}
    template = str(kind.text)
    try:
        return template % words if words else template
    except (KeyError, TypeError, ValueError):
        return re.sub(r"%\(\w+\)s", "…", template)


def _worded(kind: Kind, key: str, value: Any) -> Any:
    choices = kind.choices.get(key)
    return choices(value).label if choices is not None and value in choices.values else value


def members(ids: Iterable[int | None]) -> To:
    return To(members=tuple(pk for pk in ids if pk is not None))


def partner_people(partner_id: int, permission: Permission = Permission.VIEW_PARTNERS) -> To:
    return To(partner_id=partner_id, permission=permission)


def pams_of(partner_id: int, permission: Permission = Permission.MANAGE_PARTNERS) -> To:
    """The partner's PAMs; where it is in nobody's book, the staff with ``permission``."""
    return To(book_of=partner_id, permission=permission)


def staff(permission: Permission) -> To:
    return To(permission=permission)


def notify(kind: Kind, obj: models.Model, *, to: To, path: str = "", key: str = "", **params: Any) -> None:
    """Tell people about ``obj``. ``key`` tells repeated notices of one kind about one object apart."""
    emit(TOPIC, notice(kind, obj, to=to, path=path, key=key, **params))


def notice(
    kind: Kind, obj: models.Model, *, to: To, path: str = "", key: str = "", **params: Any
) -> dict[str, Any]:
    """What ``notify`` emits, for those who tell many at once (``emit_many``)."""
    return {
        "kind": kind.name,
        "object_type": obj._meta.label_lower,
        "object_id": obj.pk,
        "to": {
            "members": list(to.members),
            "partner_id": to.partner_id,
            "book_of": to.book_of,
            "permission": to.permission,
        },
        "path": path,
        "key": key,
        "params": params,
    }


def names_of(thing: Named) -> dict[str, Any]:
    """A param that is written as the name of ``thing`` in the language of whoever reads it."""
    return {"name": thing.name, "names": thing.names}


def done(obj: models.Model, kinds: Iterable[Kind], *, key: str = "", partner_id: int | None = None) -> None:
    """What ``kinds`` asked for about ``obj`` is done: nobody needs to be told any more, by bell or by mail.

    ``key``: only the notices with that key; ``partner_id``: only those of that company's people.
    """
    names = [kind.name for kind in kinds]
    emit(DONE_TOPIC, {**_about(obj), "kinds": names, "key": key, "partner_id": partner_id})


def moved(obj: models.Model, state: str) -> None:
    """``obj`` is in ``state`` now: close what was asked for in its earlier states. ``workflow.states.move`` calls it."""
    emit(DONE_TOPIC, {**_about(obj), "state": state})


def _about(obj: models.Model) -> dict[str, Any]:
    return {"object_type": obj._meta.label_lower, "object_id": obj.pk}
