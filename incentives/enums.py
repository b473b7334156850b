"""Vocabularies of incentives."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SchemeKind(models.TextChoices):
    """What a scheme pays for. Rebates look at a period; SPIFFs at each transaction."""

    REBATE = "rebate", _("Rebate")
    SPIFF = "spiff", _("SPIFF")


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
