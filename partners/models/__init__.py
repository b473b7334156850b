"""Companies of the channel, their sellers, their tree, whose book they are in, and what is kept about them."""

from partners.models.book import HandOver, Meeting, Note, Task
from partners.models.core import BookEntry, Partner, PartnerLink, Rep
from partners.models.onboarding import Checklist, ChecklistStep, Onboarding, OnboardingStep

__all__ = [
    "BookEntry",
    "Checklist",
    "ChecklistStep",
    "HandOver",
    "Meeting",
    "Note",
    "Onboarding",
    "OnboardingStep",
    "Partner",
    "PartnerLink",
    "Rep",
    "Task",
]
