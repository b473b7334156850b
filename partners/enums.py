"""Vocabularies of partners."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerState(models.TextChoices):
    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")
