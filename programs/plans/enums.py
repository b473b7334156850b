"""States of joint business plans (workflows.md (f))."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanState(models.TextChoices):
    OUTLINE = "outline", _("Outline")
    SHARED = "shared", _("Shared")
    IN_AGREEMENT = "in_agreement", _("In agreement")
    SIGNED = "signed", _("Signed")
    AMENDING = "amending", _("Being amended")
    COMPLETED = "completed", _("Completed")
    ENDED = "ended", _("Ended early")
    DROPPED = "dropped", _("Dropped")
