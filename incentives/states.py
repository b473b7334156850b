"""Vocabularies of money: the states of approvals, simulations, runs, statements, lines, holds, disputes and payments."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApprovalState(models.TextChoices):
    SUBMITTED = "submitted", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SimulationState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


#: A simulation in one of these still goes on.
GOING_ON = (SimulationState.WAITING, SimulationState.RUNNING)


class RunState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSING = "closing", _("Closing")
    GRACE = "grace", _("Waiting for late data")
    FROZEN = "frozen", _("Frozen")
    VERIFIED = "verified", _("Verified")
    STOPPED = "stopped", _("Stopped by differences")
    STATEMENTS = "statements", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    PAID_OUT = "paid_out", _("Paid out")
    CLOSED = "closed", _("Closed")


class StatementState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    APPROVED = "approved", _("Approved")
    PAID = "paid", _("Paid")
    SUPERSEDED = "superseded", _("Superseded")


class LineKind(models.TextChoices):
    EARNED = "earned", _("Earned")
    LATE = "late", _("Late earnings")
    CLAWBACK = "clawback", _("Clawback")
    ADJUSTMENT = "adjustment", _("Adjustment")
    OPENING = "opening", _("Opening balance")
    HOLD = "hold", _("Held back")
    RELEASE = "release", _("Released")
    TAX = "tax", _("Tax")
    WITHHOLDING = "withholding", _("Withholding")


class LineState(models.TextChoices):
    IN_STATEMENT = "in_statement", _("In statement")
    ON_HOLD = "on_hold", _("On hold")
    DISPUTED = "disputed", _("Disputed")
    APPROVED = "approved", _("Approved")
    EXPORTED = "exported", _("Sent to the bank")
    PAID = "paid", _("Paid")
    REFUSED = "refused", _("Refused by the bank")
    CANCELLED = "cancelled", _("Cancelled")


class AdjustmentState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    SETTLED = "settled", _("Settled")


class HoldState(models.TextChoices):
    ACTIVE = "active", _("Active")
    RELEASED = "released", _("Released")
    CANCELLED = "cancelled", _("Cancelled")


class HoldReason(models.TextChoices):
    """Why money waits. All but the last two come from rules."""

    SELF_REFERRAL = "self_referral", _("The customer is the partner itself")
    SHARED_LEGAL_ID = "shared_legal_id", _("The customer shares the partner's legal id")
    SHARED_CONTACT = (
        "shared_contact",
        _("The customer shares a phone number or mail address with the partner or a seller"),
    )
    SHARED_ADDRESS = "shared_address", _("The customer has the partner's address")
    CUSTOMER_ACCOUNT = "customer_account", _("The customer pays from the partner's bank account")
    SHARED_ACCOUNT = "shared_account", _("Two partners use one bank account")
    DUPLICATE_CUSTOMER = "duplicate_customer", _("The customer exists twice")
    UNUSUAL_VOLUME = "unusual_volume", _("Unusual volume")
    SALE_THEN_RETURN = "sale_then_return", _("Sold at the end of the period, then returned")
    ACCOUNT_CHANGED = "account_changed", _("The bank account was changed shortly before payment")
    BANK_DATA_MISSING = "bank_data_missing", _("Bank data are missing")
    IDENTITY_CHECK = "identity_check", _("Identity is being checked")
    OTHER = "other", _("Other reason")


class CorrectionReason(models.TextChoices):
    """Why what was settled changed afterwards, or why somebody adjusts it."""

    RETURN = "return", _("Return")
    CHURN = "churn", _("The customer left early")
    REVISION = "revision", _("The source changed the transaction")
    LATE = "late", _("Arrived late")
    IDENTITY = "identity", _("Failed identity check")
    NON_PAYMENT = "non_payment", _("Non-payment")
    FRAUD = "fraud", _("Fraud")
    ATTRIBUTION = "attribution", _("Wrong attribution")
    TERMS = "terms", _("Terms broken")
    DUPLICATE = "duplicate", _("Duplicate")
    DISPUTE = "dispute", _("Outcome of a dispute")
    WRITE_OFF = "write_off", _("Written off")
    GOODWILL = "goodwill", _("Goodwill")
    OTHER = "other", _("Other reason")


class DisputeState(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    INFORMATION_REQUIRED = "information_required", _("Information required")
    UPHELD = "upheld", _("Upheld")
    UPHELD_IN_PART = "upheld_in_part", _("Upheld in part")
    DENIED = "denied", _("Denied")
    CLOSED = "closed", _("Closed")


class AccountKind(models.TextChoices):
    PAYABLE = "payable", _("Owed to partners")
    EXPENSE = "expense", _("Programme expense")
    BUDGET = "budget", _("Budget")
    TAX = "tax", _("Tax")
    PAID = "paid", _("Paid")
    CLEARING = "clearing", _("Clearing")


class BankAccountState(models.TextChoices):
    SUBMITTED = "submitted", _("Waiting for confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("No longer used")
    REFUSED = "refused", _("Refused")


class BatchState(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    APPROVED = "approved", _("Approved")
    EXPORTED = "exported", _("Sent to the bank")
    ANSWERED = "answered", _("Answered by the bank")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class BatchFormat(models.TextChoices):
    PAIN001 = "pain001", "pain.001"
    CSV = "csv", "CSV"


class PaymentState(models.TextChoices):
    PAYABLE = "payable", _("To be paid")
    IN_BATCH = "in_batch", _("In a batch")
    EXPORTED = "exported", _("Sent to the bank")
    PAID = "paid", _("Paid")
    REFUSED = "refused", _("Refused by the bank")
