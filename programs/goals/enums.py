"""States of goals (workflows.md (f)) and how a target is given."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
