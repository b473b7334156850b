"""Telling people: a notice is part of the change that causes it; who gets it and in which words is decided later.

A domain app declares each kind once, with its texts::

    DECIDED = declare("deals.decided", Urgency.ACTION, _("Deal %(ref)s was decided: %(state)s"))
    notify(DECIDED, deal, to=partner_people(deal.partner_id), path=f"/deals/{deal.ref}/", ref=deal.ref, state=...)

``notify`` works in every audience's scope (the rows are made by the worker), so a partner's step can tell the operator's
people. ``params`` carry what the text names: codes, dates as ISO texts, labels as lazy texts are not possible.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

from tenancy.enums import Permission
from tenancy.outbox import emit
from workflow.enums import Urgency

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TOPIC = "workflow.notice"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice; ``text`` is lazy gettext with ``%(name)s`` places for the params."""

    name: str
    urgency: str
    text: "str | _StrPromise"


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


def declare(name: str, urgency: str, text: "str | _StrPromise") -> Kind:
    """Make a kind of notice known; returns it."""
    _kinds[name] = Kind(name, Urgency(urgency).value, text)
    return _kinds[name]


def kind_named(name: str) -> Kind:
    return _kinds[name]


def text_of(name: str, params: dict[str, Any]) -> str:
    """The notice in the language that is active now."""
    template = str(_kinds[name].text)
    return template % params if params else template


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
    emit(
        TOPIC,
        {
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
        },
    )
