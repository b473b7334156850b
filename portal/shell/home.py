"""The start page: panels that packages register, each answering "what do I have to do, how do I stand, what did I earn".

A package has a ``panels`` module that calls ``register_panel`` when it is imported. A panel is a template with a function
that gathers its values for an actor; it returns ``None`` when there is nothing to show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from portal.shell.access import actor_of_request
from tenancy.actors import Actor
from tenancy.enums import Permission

Gather = Callable[[Actor, HttpRequest], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """``place`` is "top" (the full width), "main" or "side"."""

    key: str
    template: str
    gather: Gather
    place: str = "main"
    permission: Permission | None = None
    audience: str = ""
    roles: frozenset[str] = frozenset()
    order: int = 100

    def is_for(self, actor: Actor) -> bool:
        return (
            (not self.audience or (self.audience == "partner") == actor.is_partner)
            and (not self.roles or actor.role in self.roles)
            and (self.permission is None or actor.can(self.permission))
        )


@dataclass(frozen=True, slots=True)
class Filled:
    template: str
    place: str
    values: Mapping[str, Any]


_panels: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    """Add a panel; the same key again replaces it."""
    _panels[panel.key] = panel


def panels_for(request: HttpRequest) -> list[Filled]:
    """The panels of the reader's start page, filled, in order."""
    actor = actor_of_request(request)
    filled = []
    for panel in sorted(_panels.values(), key=lambda panel: panel.order):
        values = panel.gather(actor, request) if panel.is_for(actor) else None
        if values is not None:
            filled.append(Filled(panel.template, panel.place, values))
    return filled
