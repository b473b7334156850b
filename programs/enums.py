"""Vocabularies of programmes, training and plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TierState(models.TextChoices):
    """How a partner stands in the tier that it holds (workflows.md (e))."""

    HELD = "held", _("Held")
    AT_RISK = "at_risk", _("At risk")
    GRACE = "grace", _("In grace")
    EXCEPTION = "exception", _("By exception")


class CertificateState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    IN_TRAINING = "in_training", _("In training")
    PASSED = "passed", _("Valid")
    EXPIRING = "expiring", _("Expires soon")
    EXPIRED = "expired", _("Expired")
    RENEWED = "renewed", _("Renewed")
    REVOKED = "revoked", _("Revoked")


#: A certificate in one of these counts.
HELD_STATES = (CertificateState.PASSED, CertificateState.EXPIRING)


class CertificateSource(models.TextChoices):
    COURSE = "course", _("Own course")
    HAND = "hand", _("Entered by hand")
    FILE = "file", _("Import")


class EnrolmentState(models.TextChoices):
    """How a person stands in a course."""

    PLANNED = "planned", _("Enrolled")
    IN_TRAINING = "in_training", _("In training")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Not passed")
    CANCELLED = "cancelled", _("Cancelled")


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("One answer")
    MULTIPLE = "multiple", _("Several answers")


class Effect(models.TextChoices):
    """What a rule of authorisation says."""

    ALLOW = "allow", _("May sell")
    REFUSE = "refuse", _("May not sell")


class WorksheetState(models.TextChoices):
    """A worksheet that waits for its decision, and how it ended."""

    WAITING = "waiting", _("Waits for a decision")
    OPENED = "opened", _("Opened")
    KEPT = "kept", _("Stays closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Criterion(models.TextChoices):
    """What speaks for opening a core product to partners; each is weighted and scored from 0 to 10."""

    SHARE = "share", _("Our market share leaves room to win")
    ATTENTION = "attention", _("It wins the partner's attention for us")
    REACH = "reach", _("Partners reach customers whom we do not")
    ABILITY = "ability", _("Partners can sell and support it")
    OWN_SALES = "own_sales", _("Our own sales are not displaced")
    CONTROL = "control", _("Price and service stay as promised")


class SpecialisationState(models.TextChoices):
    HELD = "held", _("Held")
    ENDING = "ending", _("Something is missing")


class ListingState(models.TextChoices):
    """What a partner wrote for the directory: being written, waiting for the operator, shown, refused, taken out."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waits for approval")
    APPROVED = "approved", _("Listed")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ContactState(models.TextChoices):
    NEW = "new", _("New")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
