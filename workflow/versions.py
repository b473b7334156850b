"""Things with a version: whoever changes one says which version was read, and each step makes a new one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from tenancy import audit
from tenancy.actors import Actor
from workflow.states import Machine, move, note

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class StaleVersion(Conflict):
    """The thing was changed since the caller read it; carries both versions."""

    default_code = "stale_version"
    default_message = _("This was changed in the meantime. Reload and try again.")

    def __init__(self, given: int, current: Any, message: "str | _StrPromise | None" = None) -> None:
        super().__init__(message=message)
        self.versions = {"given": given, "current": current.version, "state": current.state}

    def as_dict(self) -> dict[str, object]:
        return {**super().as_dict(), "versions": self.versions}


def check_version(given: int | None, current: Any, message: "str | _StrPromise | None" = None) -> None:
    """Raise ``StaleVersion`` if ``given`` is another version than that of ``current``; ``None`` goes with any."""
    if given is not None and given != current.version:
        raise StaleVersion(given, current, message)


def _number_only(actor: Actor, obj: Any) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one kind of object with ``state`` and ``version``, locked by the caller.

    ``stamp(actor, obj)`` sets what else every step leaves behind, and names these fields.
    """

    machine: Machine
    stamp: Callable[[Actor, Any], list[str]] = _number_only

    def advance(
        self,
        actor: Actor,
        obj: Any,
        target: str,
        *,
        reason: str = "",
        text: str = "",
        internal: bool = False,
        save: Iterable[str] = (),
    ) -> None:
        """One way of the table, as a new version of the object."""
        fields = [*self._renew(actor, obj), *save]
        move(actor, obj, target, self.machine, reason=reason, text=text, internal=internal, save=fields)

    def touch(
        self,
        actor: Actor,
        obj: Any,
        event: str,
        save: Iterable[str] = (),
        *,
        text: str = "",
        internal: bool = False,
    ) -> None:
        """A change that leaves the state as it is; ``event`` names it in history and audit trail."""
        obj.save(update_fields=[*self._renew(actor, obj), *save])
        note(actor, obj, obj.state, obj.state, reason=event, text=text, internal=internal)
        audit.record(actor, f"{obj._meta.model_name}.{event}", obj)

    def _renew(self, actor: Actor, obj: Any) -> list[str]:
        obj.version += 1
        return ["version", *self.stamp(actor, obj)]
