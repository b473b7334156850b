"""Companies of the channel, their sellers, their tree, whose book they are in and what is kept there, and those who want to become
partners."""

from partners.models.applications import (
    Application,
    ApplicationFlag,
    ApplicationReview,
    ApplicationScore,
    BlockEntry,
    Criterion,
    ValueProposition,
)
from partners.models.book import HandOver, Meeting, Note, Task
from partners.models.contracts import Contract, ContractAcceptance, ContractVersion
from partners.models.core import BookEntry, Partner, PartnerLink, Rep
from partners.models.documents import PartnerDocument
from partners.models.onboarding import Checklist, ChecklistStep, Onboarding, OnboardingStep
from partners.models.scouting import Prospect, ProspectScore

__all__ = [
    "Application",
    "ApplicationFlag",
    "ApplicationReview",
    "ApplicationScore",
    "BlockEntry",
    "BookEntry",
    "Checklist",
    "ChecklistStep",
    "Contract",
    "ContractAcceptance",
    "ContractVersion",
    "Criterion",
    "HandOver",
    "Meeting",
    "Note",
    "Onboarding",
    "OnboardingStep",
    "Partner",
    "PartnerDocument",
    "PartnerLink",
    "Prospect",
    "ProspectScore",
    "Rep",
    "Task",
    "ValueProposition",
]
