from marketing.models.leads import Lead, LeadContact, LeadCounter, LeadKey, LeadOffer
from marketing.models.routing import LeadRouting, LeadSettings, PinnedCustomer

__all__ = [
    "Lead",
    "LeadContact",
    "LeadCounter",
    "LeadKey",
    "LeadOffer",
    "LeadRouting",
    "LeadSettings",
    "PinnedCustomer",
]
