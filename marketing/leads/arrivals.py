"""Leads that visitors make: the public form, and questions to a partner of the directory. The worker carries them out."""

from typing import Any

from common.errors import DomainError, Invalid
from marketing.enums import LeadSource
from marketing.leads.capture import Captured, take_in
from marketing.leads.public import ASKED
from partners.models import Partner
from programs.directory.public import ASKED as PARTNER_ASKED
from programs.models import DirectoryEntry
from tenancy.actors import Actor
from tenancy.outbox import on


@on(ASKED)
def visitor_asked(actor: Actor, payload: dict[str, Any]) -> None:
    """Somebody told the operator what it needs."""
    arrive(actor, payload, LeadSource.FORM)


@on(PARTNER_ASKED)
def partner_asked(actor: Actor, payload: dict[str, Any]) -> None:
    """Somebody asked a listed partner: the lead is that partner's at once. An entry that is gone meanwhile gets nothing."""
    asked_of_partner(actor, payload)


def asked_of_partner(actor: Actor, payload: dict[str, Any]) -> Captured | None:
    given = dict(payload)
    entry = DirectoryEntry.objects.filter(pk=given.pop("entry")).select_related("partner").first()
    if entry is None:
        return None
    given["person"] = given.pop("name", "")
    return arrive(actor, given, LeadSource.DIRECTORY, company=entry.partner)


def arrive(actor: Actor, given: dict[str, Any], source: str, *, company: Partner | None = None) -> Captured:
    """Take it in. What was right when it was sent and is no more (a territory that has ended) is left out."""
    try:
        return take_in(actor, given, source, company=company)
    except Invalid as error:
        kept = {name: value for name, value in given.items() if name not in _blamed(error.errors)}
        return take_in(actor, kept, source, company=company)


def _blamed(errors: list[DomainError]) -> set[str | None]:
    return {error.field for error in errors}
