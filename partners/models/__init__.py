"""Companies of the channel, their sellers, their tree, and whose book they are in."""

from partners.models.core import BookEntry, Partner, PartnerLink, Rep
from partners.models.onboarding import Checklist, ChecklistStep, Onboarding, OnboardingStep

__all__ = [
    "BookEntry",
    "Checklist",
    "ChecklistStep",
    "Onboarding",
    "OnboardingStep",
    "Partner",
    "PartnerLink",
    "Rep",
]
