"""Vocabularies of the feed and of KPIs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LineKind(models.TextChoices):
    """What happened. Sources may send other kinds too: a kind is an open word, these have a name in every language."""

    SALE = "sale", _("Sale")
    RENEWAL = "renewal", _("Renewal")
    ACTIVATION = "activation", _("Activation")
    RETURN = "return", _("Return")
    CHURN = "churn", _("Churn")
    REFERRAL_WON = "referral_won", _("Referral won")
    DEAL_WON = "deal_won", _("Deal won")
    TRAINING = "training", _("Training completed")
    CERTIFICATE = "certificate", _("Certificate earned")
    JOINED = "joined", _("Partner activated")
    GOAL_REACHED = "goal_reached", _("Goal reached")
    SATISFACTION = "satisfaction", _("Satisfaction response")


#: Kinds of lines by which a customer leaves.
CHURN_KINDS = ("churn", "cancellation", "termination")
#: Attribute of a line that came too late to take anything back: the days since the sale.
LATE_CHURN = "late_churn"


class Measure(models.TextChoices):
    SUM_AMOUNT = "sum_amount", _("Sum of amounts")
    SUM_MARGIN = "sum_margin", _("Sum of margins")
    SUM_QUANTITY = "sum_quantity", _("Sum of quantities")
    COUNT = "count", _("Number of transactions")
    DISTINCT_CUSTOMERS = "distinct_customers", _("Distinct customers")
    NEW_CUSTOMERS = "new_customers", _("New customers")
    CROSS_SELL = "cross_sell", _("Product families per customer")
    AVERAGE_SCORE = "average_score", _("Average score")


class PeriodKind(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    HALF = "half", _("Half-year")
    YEAR = "year", _("Year")
    ROLLING = "rolling", _("Rolling months")


class Beneficiary(models.TextChoices):
    PARTNER = "partner", _("Partner")
    REP = "rep", _("Rep")
    TREE = "tree", _("Partner with its sub-partners")


class DateBase(models.TextChoices):
    INVOICE = "invoice", _("Invoice date")
    COLLECTION = "collection", _("Collection date")


class KpiState(models.TextChoices):
    COUNTING = "counting", _("Being counted")
    READY = "ready", _("Up to date")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Waiting for its columns")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
