"""Programmes with tiers, what they ask and give, who is enrolled and may sell, certificates, goals and plans."""

from programs.models.authorisations import Authorisation, AuthorisationEnd, Worksheet
from programs.models.benefits import Benefit, ExpertBalance, ExpertBooking
from programs.models.courses import Course, CourseEnrolment, CourseFile, CourseVersion, QuizAttempt, QuizKey
from programs.models.coverage import SoldWhere
from programs.models.directory import DirectoryEntry, DirectoryListing
from programs.models.goals import Goal, GoalOffer
from programs.models.plans import Commitment, Objective, ObjectiveTarget, Plan, PlanVersion
from programs.models.plantemplates import PlanTemplate
from programs.models.requirements import Evidence, Requirement, RequirementValue
from programs.models.reviews import Review, ReviewAction
from programs.models.specialisations import Specialisation, SpecialisationHeld
from programs.models.standing import TierChange, TierException
from programs.models.tiers import Enrolment, Programme, Tier
from programs.models.training import Certificate, Certification

__all__ = [
    "Authorisation",
    "AuthorisationEnd",
    "Benefit",
    "Certificate",
    "Certification",
    "Commitment",
    "Course",
    "CourseEnrolment",
    "CourseFile",
    "CourseVersion",
    "DirectoryEntry",
    "DirectoryListing",
    "Enrolment",
    "Evidence",
    "ExpertBalance",
    "ExpertBooking",
    "Goal",
    "GoalOffer",
    "Objective",
    "ObjectiveTarget",
    "Plan",
    "PlanTemplate",
    "PlanVersion",
    "Programme",
    "QuizAttempt",
    "QuizKey",
    "Requirement",
    "RequirementValue",
    "Review",
    "ReviewAction",
    "SoldWhere",
    "Specialisation",
    "SpecialisationHeld",
    "Tier",
    "TierChange",
    "TierException",
    "Worksheet",
]
