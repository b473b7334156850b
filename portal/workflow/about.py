"""What people say and keep about an object: the parts of its page, and the registry that finds the object again.

A domain's portal package registers its objects once, in a module ``about`` (found by itself) or beside its views::

    register_about(
        "deals.deal",
        fetch=selectors.get_deal_by_pk,                # (actor, pk) -> obj, raises NotFound or Forbidden
        may_write=lambda actor, deal: actor.can(Permission.REGISTER_DEALS),
        title=lambda deal: deal.ref,
        path=lambda deal: f"/deals/{deal.ref}/",
        purposes={"proof": _("Proof of pre-sales work"), "": _("Other")},
    )

and its view puts ``**about(actor, deal, states=DealState, reasons=REASONS)`` into the context of a template with::

    {% include "components/conversation.html" %}
    {% include "components/attachments.html" %}
    {% include "components/history.html" %}

Files of types that nobody registered cannot be downloaded: nobody would have said who may see the object.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import reverse

from common.errors import NotFound
from portal.shell.states import state_kind
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.conversation import attachments_of, messages_about
from workflow.filetypes import ACCEPTED
from workflow.models import Attachment, Message, Transition
from workflow.states import history

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

Fetch = Callable[[Actor, int], Any]
May = Callable[[Actor, Any], bool]
#: What a file can be for -> its words; the same for all objects of a type, or asked of each.
Purposes = Mapping[str, "Text"] | Callable[[Any], Mapping[str, "Text"]]


@dataclass(frozen=True, slots=True)
class Registered:
    """How the shared pages deal with objects of one type.

    ``title`` and ``path`` name the object and its page; with both, the other side is told of a new comment: the account
    managers, or the partner's people who hold ``tells``.
    ``may_attach`` is ``may_write`` where it is not given.
    """

    label: str
    fetch: Fetch
    may_write: May
    may_attach: May
    title: Callable[[Any], str] | None = None
    path: Callable[[Any], str] | None = None
    purposes: "Purposes" = field(default_factory=dict)
    tells: Permission = Permission.MANAGE_COMPANY

    def purposes_of(self, obj: Any) -> Mapping[str, "Text"]:
        """What a file of this object can be for -> its words."""
        return self.purposes(obj) if callable(self.purposes) else self.purposes

    def page_of(self, obj: Any) -> str:
        """Where to come back to."""
        return self.path(obj) if self.path else "/"

    def title_of(self, obj: Any) -> str:
        return self.title(obj) if self.title else str(obj)


_registry: dict[str, Registered] = {}


def register_about(
    label: str,
    *,
    fetch: Fetch,
    may_write: May,
    may_attach: May | None = None,
    title: Callable[[Any], str] | None = None,
    path: Callable[[Any], str] | None = None,
    purposes: "Purposes | None" = None,
    tells: Permission = Permission.MANAGE_COMPANY,
) -> None:
    """Make objects of ``label`` (``"deals.deal"``) known to the shared pages; the same again replaces it."""
    _registry[label] = Registered(
        label, fetch, may_write, may_attach or may_write, title, path, purposes or {}, tells
    )


def registered(label: str) -> Registered:
    """What was registered for ``label``; raises ``NotFound``."""
    if label not in _registry:
        raise NotFound()
    return _registry[label]


def find(actor: Actor, label: str, pk: int) -> tuple[Registered, Any]:
    """The object as ``actor`` sees it; raises ``NotFound`` (or what its domain raises)."""
    known = registered(label)
    return known, known.fetch(actor, pk)


@dataclass(frozen=True, slots=True)
class Step:
    """A line of an object's history, in words."""

    label: str
    kind: str
    actor: str
    at: Any
    reason: str
    text: str
    internal: bool


@dataclass(frozen=True, slots=True)
class File:
    """An attachment with the words of its purpose."""

    row: Attachment
    purpose: str
    url: str


@dataclass(frozen=True, slots=True)
class About:
    """What the three components draw."""

    messages: list[Message]
    files: list[File]
    steps: list[Step]
    message_url: str = ""
    file_url: str = ""
    may_note: bool = False
    purposes: list[tuple[str, "Text"]] = field(default_factory=list)
    #: Endings for the file picker.
    accepted: str = ",".join(ACCEPTED)


def about(
    actor: Actor,
    obj: models.Model,
    *,
    states: type[models.TextChoices] | None = None,
    reasons: type[models.TextChoices] | Mapping[str, Any] | None = None,
) -> dict[str, About]:
    """``{"about": ...}`` for the context of the object's page: what ``actor`` may see, and write where it may.

    ``states`` and ``reasons`` put words to the codes of the history.
    """
    known = registered(obj._meta.label_lower)
    here = {"label": known.label, "pk": obj.pk}
    writes, attaches = known.may_write(actor, obj), known.may_attach(actor, obj)
    purposes = known.purposes_of(obj)
    return {
        "about": About(
            messages=list(messages_about(obj)),
            files=[_file(row, purposes) for row in attachments_of(obj)],
            steps=[_step(line, states, _words_of(reasons)) for line in history(obj)],
            message_url=reverse("workflow:message", kwargs=here) if writes else "",
            file_url=reverse("workflow:attach", kwargs=here) if attaches else "",
            may_note=actor.is_staff,
            purposes=list(purposes.items()),
        )
    }


def _file(row: Attachment, purposes: Mapping[str, "Text"]) -> File:
    purpose = str(purposes.get(row.purpose, row.purpose)) if row.purpose else ""
    return File(row, purpose, reverse("workflow:file", args=[row.pk]))


def _step(line: Transition, states: Any, reasons: Mapping[str, Any]) -> Step:
    label = str(states(line.target).label) if states and line.target in states.values else line.target
    reason = str(reasons.get(line.reason, line.reason))
    return Step(label, state_kind(line.target), line.actor, line.at, reason, line.text, line.internal)


def _words_of(reasons: Any) -> Mapping[str, Any]:
    if reasons is None:
        return {}
    return reasons if isinstance(reasons, Mapping) else dict(reasons.choices)
