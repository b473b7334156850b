"""Companies of the channel, their sellers, their tree, and whose book they are in."""

from partners.models.contracts import Contract, ContractAcceptance, ContractVersion
from partners.models.core import BookEntry, Partner, PartnerLink, Rep
from partners.models.documents import PartnerDocument
from partners.models.onboarding import Checklist, ChecklistStep, Onboarding, OnboardingStep

__all__ = [
    "BookEntry",
    "Checklist",
    "ChecklistStep",
    "Contract",
    "ContractAcceptance",
    "ContractVersion",
    "Onboarding",
    "OnboardingStep",
    "Partner",
    "PartnerDocument",
    "PartnerLink",
    "Rep",
]
