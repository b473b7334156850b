"""Vocabularies of deal registration."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DealState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    INFORMATION_REQUIRED = "information_required", _("Information required")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    DUPLICATE = "duplicate", _("Duplicate")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    EXPIRED = "expired", _("Expired")


#: Somebody has to decide.
PENDING = (DealState.SUBMITTED, DealState.UNDER_REVIEW, DealState.INFORMATION_REQUIRED)
#: Compared with whenever a deal is submitted.
STANDING = (*PENDING, DealState.APPROVED)


class DealSource(models.TextChoices):
    """By which way a registration came."""

    PORTAL = "portal", _("Portal")
    API = "api", _("API")
    FILE = "file", _("File")
    MAIL = "mail", _("Mail")
    LEAD = "lead", _("Lead")


class LineState(models.TextChoices):
    """``PROPOSED``: added to an approved deal and not yet reviewed."""

    ACTIVE = "active", _("Active")
    PROPOSED = "proposed", _("Waits for review")
    REFUSED = "refused", _("Refused")


class Outcome(models.TextChoices):
    """What the conflict check says."""

    CLEAR = "clear", _("No conflict")
    WARN = "warn", _("Possible conflict")
    BLOCK = "block", _("Conflict")


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    DECIDED = "decided", pgettext_lazy("conflict", "Decided")
    DISMISSED = "dismissed", _("Dismissed")


class Decision(models.TextChoices):
    """How a conflict ends for the deal that it stopped."""

    GO_ON = "go_on", _("This deal goes on")
    OTHER = "other", _("The other one stays")
    LEAD = "lead", _("The lead's holder goes on")
    CO_SELL = "co_sell", _("Sell together with the direct seller")
    REFUSE = "refuse", _("Refused: direct sales")


class Leads(models.TextChoices):
    """Who leads a kind of sale, by a rule of engagement."""

    PARTNER = "partner", _("Partner")
    DIRECT = "direct", _("Direct sales")
    CO_SELL = "co_sell", _("Together")


class WaitingState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    OFFERED = "offered", _("Offered")
    TAKEN = "taken", _("Taken")
    PASSED = "passed", _("Passed")
    LAPSED = "lapsed", _("Lapsed")
    REMOVED = "removed", _("Removed")


class ExtensionState(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ReasonKind(models.TextChoices):
    """What a reason of the operator's list explains."""

    REJECT = "reject", _("Rejection")
    INFORMATION = "information", _("Information required")
    LOSE = "lose", _("Lost deal")
    END = "end", _("Protection ended early")
    OVERRIDE = "override", _("Against the rule")
    LATE_WIN = "late_win", _("Won after expiry")


class Precheck(models.TextChoices):
    """The only three answers of the check before a registration."""

    FREE = "free", _("Free")
    PROTECTED = "protected", _("Protected")
    DIRECT = "direct", _("Direct-sales account")


class MatchedBy(models.TextChoices):
    """How a transaction found its won deal."""

    REFERENCE = "reference", _("Reference")
    CUSTOMER = "customer", _("Customer and product")
    HAND = "hand", _("By hand")


class QuoteState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    EXPIRED = "expired", _("Expired")


class MailResult(models.TextChoices):
    """What became of a mail."""

    DRAFT = "draft", _("Draft made")
    UNKNOWN_SENDER = "unknown_sender", _("Unknown sender")
    NOT_ALLOWED = "not_allowed", _("The sender may not register deals")
    SEVERAL_COMPANIES = "several", _("The sender belongs to several companies")
    AUTOMATIC = "automatic", _("Automatic mail")
