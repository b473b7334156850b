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
