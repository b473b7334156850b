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
    PASSED = "passed", _("Valid")
    EXPIRING = "expiring", _("Expires soon")
    EXPIRED = "expired", _("Expired")
    RENEWED = "renewed", _("Renewed")
    REVOKED = "revoked", _("Revoked")


class GoalState(models.TextChoices):
    """Workflows.md (f)."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    COUNTERED = "countered", _("Countered")
    AGREED = "agreed", _("Agreed")
    REVISED = "revised", _("Being revised")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MET = "met", _("Met")
    MISSED = "missed", _("Missed")


class GoalBasis(models.TextChoices):
    ABSOLUTE = "absolute", _("A number")
    GROWTH = "growth", _("Growth against the year before")
