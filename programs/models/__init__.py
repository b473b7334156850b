"""Programmes with tiers, who is enrolled, certificates of people, and goals."""

from programs.models.authorisations import Authorisation, AuthorisationEnd, Worksheet
from programs.models.courses import Course, CourseEnrolment, CourseVersion, QuizAttempt, QuizKey
from programs.models.coverage import SoldWhere
from programs.models.directory import ContactRequest, DirectoryEntry, DirectoryListing
from programs.models.goals import Goal, GoalOffer
from programs.models.plans import Commitment, Objective, ObjectiveTarget, Plan, PlanVersion
from programs.models.reviews import Review, ReviewAction
from programs.models.specialisations import Specialisation, SpecialisationHeld
from programs.models.tiers import Enrolment, Programme, Tier
from programs.models.training import Certificate, Certification

__all__ = [
    "Authorisation",
    "AuthorisationEnd",
    "Certificate",
    "Certification",
    "Commitment",
    "ContactRequest",
    "Course",
    "CourseEnrolment",
    "CourseVersion",
    "DirectoryEntry",
    "DirectoryListing",
    "Enrolment",
    "Goal",
    "GoalOffer",
    "Objective",
    "ObjectiveTarget",
    "Plan",
    "PlanVersion",
    "Programme",
    "QuizAttempt",
    "QuizKey",
    "Review",
    "ReviewAction",
    "SoldWhere",
    "Specialisation",
    "SpecialisationHeld",
    "Tier",
    "Worksheet",
]
