"""Vocabularies of marketing."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LeadState(models.TextChoices):
    """Where a lead is (workflows.md, part b). That an offer was declined or timed out is a state of the offer."""

    NEW = "new", pgettext_lazy("lead", "New")
    ROUTED = "routed", pgettext_lazy("lead", "Being routed")
    MANUAL = "manual", pgettext_lazy("lead", "To be placed by hand")
    OFFERED = "offered", pgettext_lazy("lead", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("lead", "Accepted")
    CONTACTED = "contacted", pgettext_lazy("lead", "Contacted")
    QUALIFIED = "qualified", pgettext_lazy("lead", "Qualified")
    CONVERTED = "converted", pgettext_lazy("lead", "Became a deal")
    LOST = "lost", pgettext_lazy("lead", "Lost")
    DISQUALIFIED = "disqualified", pgettext_lazy("lead", "Disqualified")


#: Nobody has it yet.
UNPLACED = (LeadState.NEW, LeadState.ROUTED, LeadState.MANUAL)
#: A partner works on it and sees who it is.
HELD = (LeadState.ACCEPTED, LeadState.CONTACTED, LeadState.QUALIFIED)
#: Not at an end: what a second request of the same customer joins, and what a deal may collide with.
OPEN = (*UNPLACED, LeadState.OFFERED, *HELD)


class LeadSource(models.TextChoices):
    """By which way a lead came."""

    FORM = "form", _("Public form")
    DIRECTORY = "directory", _("Directory")
    MANUAL = "manual", pgettext_lazy("lead", "By hand")
    FILE = "file", _("File")
    API = "api", _("API")


class OfferState(models.TextChoices):
    OFFERED = "offered", pgettext_lazy("offer of a lead", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("offer of a lead", "Accepted")
    DECLINED = "declined", pgettext_lazy("offer of a lead", "Declined")
    TIMED_OUT = "timed_out", pgettext_lazy("offer of a lead", "Not answered in time")
    RECALLED = "recalled", pgettext_lazy("offer of a lead", "Recalled")


class Need(models.TextChoices):
    """What somebody wants, chosen from a list: a partner reads it before accepting, so it cannot be free text."""

    START = "start", _("A new service")
    MORE = "more", _("More of a present service")
    REPLACE = "replace", _("Another provider than today")
    PROJECT = "project", _("A project with several services")
    ADVICE = "advice", _("Advice first")
    OTHER = "other", _("Something else")


class Timing(models.TextChoices):
    """When somebody wants to have it."""

    NOW = "now", _("Within a month")
    QUARTER = "quarter", _("Within three months")
    YEAR = "year", _("Within a year")
    OPEN = "open", _("Not decided")


class SizeBand(models.TextChoices):
    """How many people work there."""

    MICRO = "micro", _("Up to 9 people")
    SMALL = "small", _("10 to 49 people")
    MEDIUM = "medium", _("50 to 249 people")
    LARGE = "large", _("250 people and more")


class Rule(models.TextChoices):
    """What decided whom a lead was offered to."""

    EXISTING = "existing", _("The customer's partner so far")
    PINNED = "pinned", _("Customer pinned to a partner")
    WEIGHT = "weight", _("Highest weight")
    DEFAULT = "default", _("The default partner")
    HAND = "hand", _("Chosen by hand")
    NONE = "none", _("No partner fits")


class Exclusion(models.TextChoices):
    """Why a partner was not considered."""

    NOT_ACTIVE = "not_active", _("Not active")
    NOBODY = "nobody", _("Nobody there works on leads")
    ASKED = "asked", _("Was asked already")
    NOT_AUTHORISED = "not_authorised", _("May not sell this here")
    PAUSED = "paused", _("Takes no leads at present")
    FULL = "full", _("Has as many open leads as possible")
