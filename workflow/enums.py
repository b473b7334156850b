"""Vocabularies that every workflow shares."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Urgency(models.TextChoices):
    """How much a notification asks for. Money and security cannot be switched off."""

    INFO = "info", _("For information")
    ACTION = "action", _("Something to do")
    MONEY = "money", _("Money")
    SECURITY = "security", _("Security")


class MailState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    NONE = "none", _("Not by mail")
    DEAD = "dead", _("Given up")
