"""What a partner makes of its lead: contacted, qualified, lost, disqualified, converted; and how staff end what is no lead."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from marketing.enums import HELD, LeadState
from marketing.leads.machine import DISQUALIFY, LOSE, check_reason
from marketing.leads.office import open_lead
from marketing.leads.steps import advance, touch
from marketing.models import Lead
from tenancy import outbox
from tenancy.actors import Actor
from tenancy.enums import Permission

WORK = Permission.WORK_LEADS
CONVERTED = "leads.converted"


def mark_contacted(actor: Actor, *, ref: str, text: str = "", version: int | None = None) -> Lead:
    """The customer was reached."""
    with open_lead(actor, ref, WORK, version=version) as lead:
        lead.contacted_at = timezone.now()
        advance(actor, lead, LeadState.CONTACTED, text=text, save=["contacted_at"])
    return lead


def qualify_lead(actor: Actor, *, ref: str, text: str = "", version: int | None = None) -> Lead:
    """There is a real wish and somebody who decides; it is recalled no more."""
    with open_lead(actor, ref, WORK, version=version) as lead:
        advance(actor, lead, LeadState.QUALIFIED, text=text)
    return lead


def lose_lead(actor: Actor, *, ref: str, reason: str, text: str = "", version: int | None = None) -> Lead:
    """The customer chose somebody else, or nothing."""
    return _close(actor, ref, WORK, LeadState.LOST, check_reason(LOSE, reason), text, version)


def disqualify_lead(
    actor: Actor, *, ref: str, reason: str, text: str = "", version: int | None = None
) -> Lead:
    """It is no lead: said by its partner once it holds it, by staff before anybody has it."""
    permission = WORK if actor.is_partner else Permission.MANAGE_LEADS
    return _close(
        actor, ref, permission, LeadState.DISQUALIFIED, check_reason(DISQUALIFY, reason), text, version
    )


def _close(
    actor: Actor, ref: str, permission: Permission, state: str, reason: str, text: str, version: int | None
) -> Lead:
    with open_lead(actor, ref, permission, version=version) as lead:
        lead.reason, lead.closed_at = reason, timezone.now()
        lead.manual_since = None
        save = ["reason", "closed_at", "manual_since"]
        advance(actor, lead, state, reason=reason, text=text, save=save)
    return lead


def note_progress(actor: Actor, *, ref: str, text: str, version: int | None = None) -> Lead:
    """An update about a lead that is worked on: a line of its history, and a sign that it is alive."""
    text = text.strip()[:2000]
    if not text:
        raise InputError("required", _("Write something."), "text")
    with open_lead(actor, ref, WORK, version=version) as lead:
        if lead.state not in HELD:
            raise Conflict("not_held", _("Only a lead that was accepted has updates."))
        touch(actor, lead, "progress", text=text)
    return lead


def mark_converted(actor: Actor, *, ref: str, deal: str) -> Lead:
    """The lead became the deal with this number. For ``deals``, in the transaction that makes the draft.

    Only a qualified lead can (``InvalidTransition``). Emits ``leads.converted``.
    """
    permission = WORK if actor.is_partner else Permission.MANAGE_LEADS
    with open_lead(actor, ref, permission) as lead:
        lead.deal, lead.closed_at = deal, timezone.now()
        advance(actor, lead, LeadState.CONVERTED, text=deal, save=["deal", "closed_at"])
        outbox.emit(
            CONVERTED, {"lead_id": lead.pk, "ref": lead.ref, "deal": deal, "partner_id": lead.partner_id}
        )
    return lead
