"""Announcements follow publishing, and partners that become eligible later."""

from typing import Any

from incentives.announcements.services import announce, tell_newcomers, tell_partners
from incentives.models import SchemeVersion
from partners.models import Partner
from tenancy.actors import Actor
from tenancy.outbox import on


def _version(payload: dict[str, Any]) -> SchemeVersion:
    found: SchemeVersion = SchemeVersion.objects.select_related("scheme").get(pk=payload["version_id"])
    return found


@on("scheme.published")
def version_published(actor: Actor, payload: dict[str, Any]) -> None:
    """Everybody who may earn is told."""
    announce(_version(payload))


@on("scheme.announced")
def partners_to_tell(actor: Actor, payload: dict[str, Any]) -> None:
    tell_partners(_version(payload), payload["partner_ids"])


@on("partners.changed")
def partners_changed(actor: Actor, payload: dict[str, Any]) -> None:
    """A tier, role or territory may open a scheme."""
    tell_newcomers(actor, payload["partner_ids"])


@on("partners.code_added")
def partners_added(actor: Actor, payload: dict[str, Any]) -> None:
    """A new partner hears of what is there."""
    if payload["kind"] == "partner":
        tell_newcomers(
            actor, list(Partner.objects.filter(code__in=payload["codes"]).values_list("pk", flat=True))
        )
