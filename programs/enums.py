"""Vocabularies of programmes, training and plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TierState(models.TextChoices):
    """How a partner stands in the tier that it holds (workflows.md (e))."""

    HELD = "held", _("Held")
    QUALIFIED = "qualified", _("Qualified for higher")
    AT_RISK = "at_risk", _("At risk")
    GRACE = "grace", _("In grace")
    EXCEPTION = "exception", _("By exception")


class Promotion(models.TextChoices):
    """When a partner that meets a higher tier gets it."""

    AT_ONCE = "at_once", _("At once")
    PERIOD_START = "period_start", _("At the start of the next period")


class ReviewPeriod(models.TextChoices):
    """How often tiers are reviewed: at the end of each such period of the operator's calendar."""

    QUARTER = "quarter", _("Quarter")
    HALF = "half", _("Half-year")
    YEAR = "year", _("Year")


class Asks(models.TextChoices):
    """What one node of a tier's requirements asks: all or one of the nodes below it, or a number of something."""

    ALL = "all", _("All of these")
    ANY = "any", _("One of these")
    KPI = "kpi", _("KPI")
    GROWTH = "growth", _("Growth of a KPI")
    CERTIFICATES = "certificates", _("Certified people")
    SOURCE = "source", _("Something else")


#: Nodes that stand above others.
GROUPS = frozenset({Asks.ALL, Asks.ANY})


class Window(models.TextChoices):
    """Over which time a KPI is read."""

    ROLLING = "rolling", _("Rolling months")
    FISCAL_YEAR = "fiscal_year", _("Fiscal year")


class ExceptionState(models.TextChoices):
    ASKED = "asked", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    ENDED = "ended", _("Ended")


class BenefitKind(models.TextChoices):
    """What a tier may give."""

    SLA_FACTOR = "sla_factor", _("Ticket time factor")
    LEAD_PRIORITY = "lead_priority", _("Lead priority")
    DISCOUNT_LEVEL = "discount_level", _("Discount level")
    MDF_RATE = "mdf_rate", _("Market development fund rate")
    PROTECTION_DAYS = "protection_days", _("Protection of deals")
    ACCESS = "access", _("Access to courses and collateral")
    DEDICATED_PAM = "dedicated_pam", _("Dedicated account manager")
    EXPERT_DAYS = "expert_days", _("Days with a field expert")
    DIRECTORY = "directory", _("Listing in the directory")
    EVENT_SEATS = "event_seats", _("Seats at events")


class BookingState(models.TextChoices):
    BOOKED = "booked", _("Booked")
    USED = "used", _("Used")
    RELEASED = "released", _("Released")


class CertificateState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    IN_TRAINING = "in_training", _("In training")
    PASSED = "passed", _("Valid")
    EXPIRING = "expiring", _("Expires soon")
    EXPIRED = "expired", _("Expired")
    RENEWED = "renewed", _("Renewed")
    REVOKED = "revoked", _("Revoked")


#: A certificate in one of these counts.
HELD_STATES = (CertificateState.PASSED, CertificateState.EXPIRING)


class CertificateSource(models.TextChoices):
    COURSE = "course", _("Own course")
    HAND = "hand", _("Entered by hand")
    FILE = "file", _("Import")


class EnrolmentState(models.TextChoices):
    """How a person stands in a course."""

    PLANNED = "planned", _("Enrolled")
    IN_TRAINING = "in_training", _("In training")
    COMPLETED = "completed", _("Completed")
    FAILED = "failed", _("Not passed")
    CANCELLED = "cancelled", _("Cancelled")


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("One answer")
    MULTIPLE = "multiple", _("Several answers")


class Effect(models.TextChoices):
    """What a rule of authorisation says."""

    ALLOW = "allow", _("May sell")
    REFUSE = "refuse", _("May not sell")


class WorksheetState(models.TextChoices):
    """A worksheet that waits for its decision, and how it ended."""

    WAITING = "waiting", _("Waits for a decision")
    OPENED = "opened", _("Opened")
    KEPT = "kept", _("Stays closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Criterion(models.TextChoices):
    """What speaks for opening a core product to partners; each is weighted and scored from 0 to 10."""

    SHARE = "share", _("Our market share leaves room to win")
    ATTENTION = "attention", _("It wins the partner's attention for us")
    REACH = "reach", _("Partners reach customers whom we do not")
    ABILITY = "ability", _("Partners can sell and support it")
    OWN_SALES = "own_sales", _("Our own sales are not displaced")
    CONTROL = "control", _("Price and service stay as promised")


class SpecialisationState(models.TextChoices):
    HELD = "held", _("Held")
    ENDING = "ending", _("Something is missing")


class ListingState(models.TextChoices):
    """What a partner wrote for the directory: being written, waiting for the operator, shown, refused, taken out."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waits for approval")
    APPROVED = "approved", _("Listed")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
