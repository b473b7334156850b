"""States of quarterly reviews (workflows.md (f))."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OVERDUE = "overdue", _("Overdue")
    PREPARED = "prepared", _("Prepared")
    HELD = "held", _("Was held")
    ACTIONS_AGREED = "actions_agreed", _("Actions agreed")
    CLOSED = "closed", _("Closed")
