"""Words for the fields, events and reasons of a lead."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketing.leads.machine import REASONS

FIELD_WORDS: dict[str, Any] = {
    "need": _("Need"),
    "timing": _("When"),
    "layer": _("Technology layer"),
    "product": _("Product"),
    "segment": _("Segment"),
    "territory": _("Territory"),
    "size": _("Size"),
    "engagement_model": _("Engagement model"),
    "person": _("Name"),
    "company": _("Company"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "domain": _("Web domain"),
    "legal_id": _("Legal id"),
    "country": _("Country"),
    "street": _("Street"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "text": _("Message"),
    "language": _("Language"),
    "customer": _("Customer number"),
    "partner": _("Partner"),
}
#: What the history calls events that change no state, and why a lead moved by itself.
EVENTS: dict[str, Any] = {
    "progress": _("Update"),
    "asked_again": _("The customer has asked again"),
    "timed_out": _("The offer was not answered in time"),
    "no_candidate": _("No partner fits"),
    "offers_used": _("Offered as often as it may be"),
    "asked_another": _("It was asked of one partner only"),
    "by_hand": _("Recalled by hand"),
    "no_update": _("Recalled: no update for too long"),
}


def history_words() -> dict[str, Any]:
    """Every code that the history can hold, in words."""
    known = {code: text for texts in REASONS.values() for code, text in texts.items()}
    return {**known, **EVENTS}
