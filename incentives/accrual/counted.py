"""Which lines of transaction schemes count today: released ones whose customer has not left before."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from incentives.models import AccrualLine, SchemeVersion
from performance.enums import LineKind
from performance.models import Credit
from tenancy.models import Operator


def today_of(operator: Operator) -> date:
    """The day it is at the operator."""
    return timezone.now().astimezone(operator.zone).date()


def counted_lines(versions: Iterable[SchemeVersion], today: date) -> QuerySet[AccrualLine]:
    """The lines of these versions that count on ``today``."""
    listed = list(versions)
    lines: QuerySet[AccrualLine] = AccrualLine.objects.filter(version_id__in=[each.pk for each in listed])
    if any(each.payments for each in listed):
        lines = lines.filter(Q(release_on=None) | Q(release_on__lte=today))
    if any(each.while_customer for each in listed):
        lines = lines.filter(~Exists(_left()))
    return lines


def _left() -> QuerySet[Credit]:
    """That the customer of a line left between the transaction and its release: for the same product where one is named."""
    left: QuerySet[Credit] = Credit.objects.filter(
        Q(product=None) | Q(product=OuterRef("credit__product")),
        kind=LineKind.CHURN,
        sign__gt=0,
        partner=OuterRef("partner"),
        customer=OuterRef("credit__customer"),
        day__gte=OuterRef("base_on"),
        day__lte=OuterRef("release_on"),
    )
    return left


def lost_lines(versions: Iterable[int], churned: Iterable[Credit]) -> QuerySet[AccrualLine]:
    """Lines of these versions that wait, or waited, for a customer who leaves with one of these churn rows."""
    rows = list(churned)
    return AccrualLine.objects.filter(
        version_id__in=list(versions),
        partner_id__in={row.partner_id for row in rows},
        credit__customer_id__in={row.customer_id for row in rows},
        release_on__gte=min(row.day for row in rows),
    )
