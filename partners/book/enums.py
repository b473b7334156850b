"""Vocabularies of the account manager's workspace."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Who has to do something."""

    OPERATOR = "operator", _("Operator")
    PARTNER = "partner", _("Partner")


class TaskState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Was held")
    CANCELLED = "cancelled", _("Cancelled")
