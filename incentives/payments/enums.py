"""Vocabularies of paying out."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Block(models.TextChoices):
    """Why a payment cannot go to the bank now; empty means that it can."""

    NO_ACCOUNT = "no_account", _("No confirmed bank account")
    ON_HOLD = "on_hold", _("On hold")
    NOT_DUE = "not_due", _("Not due yet")


class Effect(models.TextChoices):
    """What one line of a bank's response did."""

    PAID = "paid", _("Paid")
    REFUSED = "refused", _("Refused")
    ACCEPTED = "accepted", _("Being processed")
    SAME = "same", _("Known already")
    UNKNOWN = "unknown", _("Unknown reference")
    CONTRADICTS = "contradicts", _("Contradicts what was known")
    WRONG_AMOUNT = "wrong_amount", _("Another amount")
    NOT_UNDERSTOOD = "not_understood", _("Status not understood")


#: Effects that somebody must look at: nothing was changed by these lines.
ISSUES = frozenset({Effect.UNKNOWN, Effect.CONTRADICTS, Effect.WRONG_AMOUNT, Effect.NOT_UNDERSTOOD})
