"""Vocabularies of the document vault."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    LICENCE = "licence", _("Licence")
    REGISTRATION = "registration", _("Company registration")
    TAX = "tax", _("Tax certificate")
    INSURANCE = "insurance", _("Insurance")
    UNDERTAKING = "undertaking", _("Data undertaking")
    STOCK = "stock", _("Stock agreement")
    AUTHORITY = "authority", _("Power of attorney")
    OTHER = "other", _("Other document")


class DocumentState(models.TextChoices):
    SUBMITTED = "submitted", _("Being checked")
    VALID = "valid", _("Valid")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")
    REPLACED = "replaced", _("Replaced")
    WITHDRAWN = "withdrawn", _("Withdrawn")
