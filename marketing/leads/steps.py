"""What every step of a lead shares: a new version, the history, who holds it, the clocks."""

from datetime import datetime, timedelta

from django.utils import timezone

from common.workdays import WorkCalendar
from marketing.leads.machine import MACHINE
from marketing.leads.numbers import contact_days, warn_days
from marketing.models import Lead, LeadContact
from tenancy import audit
from tenancy.actors import Actor, system_actor
from workflow.calendar import work_calendar
from workflow.timers import schedule
from workflow.versions import Steps


def system(actor: Actor) -> Actor:
    return system_actor(actor.operator)


def calendar_of(lead: Lead) -> WorkCalendar:
    return work_calendar(lead.operator)


def _stamp(actor: Actor, lead: Lead) -> list[str]:
    if not actor.is_partner:
        return ["updated_at"]
    lead.active_at = timezone.now()
    return ["updated_at", "active_at"]


_STEPS = Steps(MACHINE, _stamp)
advance, touch = _STEPS.advance, _STEPS.touch


def reveal(actor: Actor, lead: Lead) -> None:
    """Its holder sees from now on who it is."""
    LeadContact.objects.filter(lead=lead).update(partner_id=lead.partner_id)
    audit.record(actor, "lead.reveal", lead, changes={"partner": [None, lead.partner_id]})


def take_away(lead: Lead) -> None:
    """Nobody has it: who had it sees neither the lead nor who it is. The history keeps the lines of that time."""
    LeadContact.objects.filter(lead=lead).update(partner_id=None)
    lead.partner = None
    lead.offer_due_at = lead.contact_due_at = lead.active_at = None
    lead.accepted_at = lead.contacted_at = None
    lead.save(
        update_fields=[
            "partner", "offer_due_at", "contact_due_at", "active_at", "accepted_at", "contacted_at",
        ]
    )  # fmt: skip


def start_work(lead: Lead, now: datetime) -> None:
    """The clocks of a lead that was accepted: first contact, and no update for too long. Sets fields, saves nothing."""
    lead.accepted_at = lead.active_at = now
    lead.offer_due_at = lead.manual_since = None
    lead.contact_due_at = calendar_of(lead).due_after(now, contact_days())
    schedule("leads.first_contact", lead, lead.contact_due_at, due=lead.contact_due_at.isoformat())
    watch_activity(lead)


#: What ``start_work`` sets.
WORK_FIELDS = ("accepted_at", "active_at", "offer_due_at", "manual_since", "contact_due_at")


def watch_activity(lead: Lead) -> None:
    """Look again when there was no update for too long."""
    if lead.active_at is not None:
        schedule("leads.quiet", lead, lead.active_at + timedelta(days=warn_days()))
