"""Leads' conversations, files and histories on the shared pages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketing.enums import OPEN
from marketing.leads.selectors import lead_by_pk
from marketing.models import Lead
from portal.workflow.about import register_about
from tenancy.actors import Actor
from tenancy.enums import Permission

PURPOSES: dict[str, Any] = {"need": _("What is wanted"), "offer": _("Offer or quote"), "": _("Other")}


def may_write(actor: Actor, lead: Lead) -> bool:
    """Those who work on it or manage it, as long as it is open."""
    needed = Permission.WORK_LEADS if actor.is_partner else Permission.MANAGE_LEADS
    return actor.can(needed) and lead.state in OPEN


register_about(
    "marketing.lead",
    fetch=lead_by_pk,
    may_write=may_write,
    title=lambda lead: str(lead.ref),
    path=lambda lead: reverse("leads:lead", args=[lead.ref]),
    purposes=PURPOSES,
    tells=Permission.WORK_LEADS,
)
