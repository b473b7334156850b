"""Vocabularies of incentives."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SchemeKind(models.TextChoices):
    """What a scheme gives. Rebates look at a period, discounts at a quote, all others at each transaction."""

    REBATE = "rebate", _("Rebate")
    SPIFF = "spiff", _("SPIFF")
    DISCOUNT = "discount", _("Discount")
    REFERRAL = "referral", _("Referral fee")
    MDF = "mdf", _("MDF accrual")
    POINTS = "points", _("Points")
    BENEFIT = "benefit", _("Benefit")


#: Kinds whose accruals are paid out by statements.
PAYABLE = (SchemeKind.REBATE, SchemeKind.SPIFF, SchemeKind.REFERRAL)
#: Kinds that are counted in pieces, not in money.
IN_PIECES = (SchemeKind.POINTS, SchemeKind.BENEFIT)


class Payee(models.TextChoices):
    """Who earns."""

    PARTNER = "partner", _("Partner")
    REP = "rep", _("Rep")


class SchemePeriod(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    HALF = "half", _("Half-year")
    YEAR = "year", _("Year")


class Rounding(models.TextChoices):
    HALF_EVEN = "half_even", _("Half to even")
    HALF_UP = "half_up", _("Half up")
    DOWN = "down", _("Down")


class SchemeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ENDED = "ended", _("Ended")


class StackPolicy(models.TextChoices):
    """What a scheme does beside others of its stacking group."""

    ADDITIVE = "additive", _("Additive")
    BEST_OF = "best_of", _("Best of")
    EXCLUSIVE = "exclusive", _("Exclusive")
    NET = "net", _("Net of previous")


class Ceiling(models.TextChoices):
    """What happens when a version's budget is used up."""

    WATCH = "watch", _("Only watched")
    STOP = "stop", _("First come, first served")
    PRO_RATA = "pro_rata", _("Shared pro rata")
    APPROVAL = "approval", _("More only with approval")


class RedemptionState(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    DELIVERED = "delivered", _("Delivered")
