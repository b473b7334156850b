"""How a lead comes in: read, recognised, scored, and sent on. All of it in one transaction of the office."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from marketing.enums import HELD, LeadSource, LeadState
from marketing.leads.fields import fill
from marketing.leads.identity import find_customer, keep_keys, keys_of, older_lead
from marketing.leads.notices import AGAIN, GIVEN, tell_partner
from marketing.leads.office import lock_routing, locked, require_staff
from marketing.leads.routing import given, route
from marketing.leads.scoring import put_score
from marketing.leads.steps import WORK_FIELDS, advance, reveal, start_work, touch
from marketing.models import Lead, LeadContact, LeadCounter
from partners.enums import PartnerState
from partners.models import Partner
from partners.selectors import partners_for
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor
from workflow.states import note

_NEXT = f"""
insert into {LeadCounter._meta.db_table} as c (operator_id, name, value) values ((select app.op()), 'lead', 1)
on conflict (operator_id, name) do update set value = c.value + 1 returning value
"""


@dataclass(frozen=True, slots=True)
class Captured:
    """The lead, and whether it is an older one of the same customer that this request joined (or the same one sent again)."""

    lead: Lead
    joined: bool = False


def capture_lead(
    actor: Actor,
    *,
    fields: Mapping[str, Any],
    source: str = LeadSource.MANUAL,
    partner: str = "",
    external_id: str = "",
    received_at: datetime | None = None,
) -> Captured:
    """Take in a lead and route it. ``fields`` as in ``marketing.leads.fields``.

    With ``partner`` (a code) it is that partner's at once, without an offer. Raises ``Invalid``, ``InputError``.
    """
    require_staff(actor)
    company = _company(actor, partner) if partner else None
    with office(actor):
        return take_in(
            actor, fields, source, company=company, external_id=external_id, received_at=received_at
        )


def take_in(
    actor: Actor,
    fields: Mapping[str, Any],
    source: str,
    *,
    company: Partner | None = None,
    external_id: str = "",
    received_at: datetime | None = None,
) -> Captured:
    """As ``capture_lead``, for those who are in the office already."""
    lead = Lead(
        source=source,
        external_id=external_id,
        partner=company,
        received_at=received_at or timezone.now(),
    )
    contact = LeadContact()
    fill(lead, contact, fields)
    lock_routing()
    known = _sent_before(lead)
    if known is not None:
        return Captured(known, joined=True)
    _recognise(lead, contact)
    keys = keys_of(contact)
    older = older_lead(lead, keys)
    if older is not None:
        return Captured(_join(actor, locked(older.pk), contact, company), joined=True)
    put_score(lead, contact)
    _store(actor, lead, contact)
    keep_keys(lead, keys)
    if company is None:
        route(actor, lead)
    else:
        give(actor, lead, company)
    return Captured(lead)


def _company(actor: Actor, code: str) -> Partner:
    found = partners_for(actor).filter(code=code).first()
    if found is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), "partner", {"code": code})
    if found.state != PartnerState.ACTIVE:
        raise InputError("not_active", _("This company is not active."), "partner")
    return found


def _sent_before(lead: Lead) -> Lead | None:
    """The same file or call once more makes nothing twice."""
    if not lead.external_id:
        return None
    found: Lead | None = Lead.objects.filter(source=lead.source, external_id=lead.external_id).first()
    return found


def _recognise(lead: Lead, contact: LeadContact) -> None:
    """Which customer it is; what the catalogue knows of it fills the gaps."""
    contact.customer = contact.customer or find_customer(contact)
    if contact.customer is not None:
        lead.segment = lead.segment or contact.customer.segment
        lead.territory = lead.territory or contact.customer.territory


def _store(actor: Actor, lead: Lead, contact: LeadContact) -> None:
    """Nobody has it yet, whoever it is meant for."""
    lead.ref, lead.partner = _next_ref(), None
    lead.save()
    contact.lead = lead
    contact.save()
    note(actor, lead, "", lead.state)
    audit.record(actor, "lead.create", lead, changes={"source": lead.source, "score": lead.score})


def _next_ref() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        return f"L-{cursor.fetchone()[0]:06d}"


def give(actor: Actor, lead: Lead, partner: Partner, *, text: str = "") -> None:
    """It is that partner's at once, with all that it holds."""
    now = timezone.now()
    lead.partner = partner
    start_work(lead, now)
    advance(actor, lead, LeadState.ACCEPTED, text=text, save=["partner", *WORK_FIELDS])
    given(actor, lead, partner, now)
    reveal(actor, lead)
    due = lead.contact_due_at
    tell_partner(GIVEN, lead, partner.pk, due=due.isoformat() if due else "")


def _join(actor: Actor, older: Lead, contact: LeadContact, company: Partner | None) -> Lead:
    """A second request stands in the history of the first. While it is only offered, its words stay inside.

    On behalf of a partner it takes the first one along where nobody has that.
    """
    held = older.state in HELD
    touch(actor, older, "asked_again", text=contact.text, internal=not held)
    if held and older.partner_id is not None:
        tell_partner(AGAIN, older, older.partner_id)
    if company is not None and older.state in (LeadState.NEW, LeadState.MANUAL):
        give(actor, older, company)
    return older
