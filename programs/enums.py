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
