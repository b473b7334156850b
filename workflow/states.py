"""States and the ways between them: a table per kind of object, one function that walks along it.

A service fetches its object with a lock, calls ``move`` and saves the rest; a way that the table does not have is refused
with ``invalid_transition`` and the states that can follow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from tenancy import audit
from tenancy.actors import Actor
from workflow.models import Transition
from workflow.notices import moved

_INSERT = f"""
insert into {Transition._meta.db_table}
  (operator_id, object_type, object_id, partner_id, source, target, membership_id, actor, reason, text, internal)
values ((select app.op()), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """``ways``: state -> the states that may follow. ``reasons``: targets that need a reason (code or text).

    ``labels`` turns a state into words for messages (a ``TextChoices``).
    """

    ways: Mapping[str, tuple[str, ...]]
    labels: type[models.TextChoices]
    reasons: frozenset[str] = field(default_factory=frozenset)

    def following(self, state: str) -> tuple[str, ...]:
        """States that may follow ``state``; none for a final one."""
        return self.ways.get(state, ())

    def check(self, state: str, target: str) -> None:
        """Raise ``InvalidTransition`` unless ``target`` may follow ``state``."""
        if target not in self.following(state):
            raise InvalidTransition(self, state, target)


class InvalidTransition(Conflict):
    """The object is in a state from which this does not lead anywhere. ``allowed`` lists where one can go."""

    default_code = "invalid_transition"

    def __init__(self, machine: Machine, state: str, target: str) -> None:
        self.allowed = machine.following(state)
        words = {
            "state": machine.labels(state).label,
            "target": machine.labels(target).label,
            "allowed": ", ".join(str(machine.labels(each).label) for each in self.allowed) or "–",
        }
        text = _("“%(state)s” cannot become “%(target)s”. Possible now: %(allowed)s.")
        super().__init__(self.default_code, text, None, words)

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "allowed": list(self.allowed)}


def move(
    actor: Actor,
    obj: Any,
    target: str,
    machine: Machine,
    *,
    reason: str = "",
    text: str = "",
    internal: bool = False,
    save: Iterable[str] = (),
) -> None:
    """Bring ``obj`` (locked by the caller, with ``state`` and perhaps ``partner_id``) to ``target``.

    Writes the state and the fields in ``save``, the transition with its reason, and the audit entry.
    """
    source = obj.state
    machine.check(source, target)
    if target in machine.reasons and not (reason or text.strip()):
        raise InputError("reason_required", _("Give a reason."), "reason")
    obj.state = target
    obj.save(update_fields=["state", *save])
    note(actor, obj, source, target, reason=reason, text=text, internal=internal)
    audit.record(actor, f"{obj._meta.model_name}.{target}", obj, changes={"state": [source, target]})
    moved(obj, target)


def note(
    actor: Actor,
    obj: Any,
    source: str,
    target: str,
    *,
    reason: str = "",
    text: str = "",
    internal: bool = False,
) -> None:
    """Write one line of the object's history. Also for births (``source`` empty) and events that change no state."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                obj._meta.label_lower,
                obj.pk,
                partner_of(obj),
                source,
                target,
                actor.membership_id,
                actor.name,
                reason,
                text,
                internal,
            ],
        )


def partner_of(obj: Any) -> int | None:
    """Whose object it is: its ``partner_id``; a partner itself is its own."""
    if obj._meta.label_lower == "partners.partner":
        return int(obj.pk)
    found: int | None = getattr(obj, "partner_id", None)
    return found


def history(obj: Any) -> models.QuerySet[Transition]:
    """The transitions of ``obj`` that the open scope may see, oldest first."""
    found: models.QuerySet[Transition] = Transition.objects.filter(
        object_type=obj._meta.label_lower, object_id=obj.pk
    )
    return found
