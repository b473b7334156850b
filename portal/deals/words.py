"""Words for the fields, events and reasons of a deal."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from deals.models import DealReason
from deals.reasons import KNOWN

FIELD_WORDS: dict[str, Any] = {
    "customer_name": _("Customer"),
    "legal_id": _("Legal id"),
    "country": _("Country"),
    "customer_number": _("Customer number"),
    "domain": _("Web domain"),
    "city": _("City"),
    "territory": _("Territory"),
    "segment": _("Segment"),
    "contact_name": _("Contact"),
    "contact_email": _("Contact's e-mail"),
    "contact_phone": _("Contact's phone"),
    "lines": _("Products"),
    "expected_close": _("Expected close"),
    "description": _("Description"),
    "presales": _("Pre-sales work"),
    "competitor": _("Competitor"),
    "help_wanted": _("Help wanted"),
    "engagement_model": _("Engagement model"),
    "rep": _("Rep"),
    "programme": _("Programme"),
    "evidence": _("Evidence"),
}
#: What the history calls events that change no state.
EVENTS: dict[str, Any] = {
    "change": _("Changed"),
    "progress": _("Update"),
    "offer": _("Offered from the waiting list"),
    "take": _("Offer taken"),
    "pass": _("Offer passed"),
    "lapse": _("Offer lapsed"),
    "leave": _("Left the waiting list"),
    "join": _("Joined the waiting list"),
    "queue_ended": _("The waiting list has ended"),
    "first_approval": _("First of two approvals"),
    "extension_requested": _("Longer protection asked for"),
    "extension_approved": _("Longer protection granted"),
    "extension_rejected": _("Longer protection refused"),
    "extension_withdrawn": _("Request for longer protection taken back"),
    "line_proposed": _("Product added, waits for review"),
    "line_approved": _("Added product approved"),
    "line_refused": _("Added product refused"),
    "conflict_decided": _("Conflict decided"),
    "conflict_dismissed": _("Conflict dismissed"),
    "co_sell": _("Sold together with direct sales"),
    "resubmit": _("Registered again"),
    "duplicate": _("Somebody else holds this customer"),
}


def history_words() -> dict[str, Any]:
    """Every code that the history can hold, in words."""
    known = {code: text for texts in KNOWN.values() for code, text in texts.items()}
    own = {row.code: row.label() for row in DealReason.objects.all()}
    return {**known, **own, **EVENTS}
