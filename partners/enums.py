"""Vocabularies of partners."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerState(models.TextChoices):
    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


class ApplicationState(models.TextChoices):
    """A company on its way to become a partner (workflows.md, part c)."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    SCREENING = "screening", _("In screening")
    INFORMATION_REQUIRED = "information_required", _("Information required")
    SCORED = "scored", _("Scored")
    INTERVIEW = "interview", _("Interview")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class FlagKind(models.TextChoices):
    """What the screening can find."""

    LEGAL_ID = "legal_id", _("Same legal id as a partner")
    PHONE = "phone", _("Same phone as a partner")
    OWNER = "owner", _("Its contact works for a partner")
    DOMAIN = "domain", _("Same web domain as a partner")
    NAME = "name", _("Name like a partner's")
    OPEN_APPLICATION = "open_application", _("Another application is open")
    EARLIER_REJECTION = "earlier_rejection", _("Rejected before")
    TOO_EARLY = "too_early", _("Applies again before the day that was named")
    BLOCKED = "blocked", _("On the block list")
    DISPOSABLE_MAIL = "disposable_mail", _("Disposable mail address")
    FREE_MAIL = "free_mail", _("Mail address of a free service")
    COUNTRY = "country", _("Countries do not match")


class FlagLevel(models.TextChoices):
    """How much a flag weighs: a high one needs a second person."""

    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Axis(models.TextChoices):
    """The two sides of a score."""

    TECHNICAL = "technical", _("Technical")
    COMMERCIAL = "commercial", _("Commercial")


class BlockKind(models.TextChoices):
    LEGAL_ID = "legal_id", _("Legal id")
    NAME = "name", _("Company name")
    DOMAIN = "domain", _("Web domain")
    PHONE = "phone", _("Phone")


class Offering(models.TextChoices):
    """What an operator can offer a partner."""

    SUPPORT = "support", _("Support")
    MARKET_ACCESS = "market_access", _("Market access")
    MONEY = "money", _("Money")
    CONTINUITY = "continuity", _("Continuity")
    SKILLS = "skills", _("Skills")


class ProspectStage(models.TextChoices):
    """How far the talks with a prospect are."""

    NEW = "new", _("New")
    CONTACTED = "contacted", _("Contacted")
    TALKING = "talking", _("Talking")
    INVITED = "invited", _("Invited")
    CONVERTED = "converted", _("Converted")
    DROPPED = "dropped", _("Dropped")
