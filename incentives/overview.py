"""Schemes as lists and their pages show them: state, what is accrued, use of the budget, what publishing will do."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import NullIf
from django.utils import timezone

from common.periods import Period
from incentives.accrual.backfill import started_periods
from incentives.accrual.eligibility import is_eligible
from incentives.accrual.readings import profiles
from incentives.enums import SchemeState
from incentives.models import Scheme, SchemeVersion
from incentives.selectors import accruals_for, schemes_for
from partners.selectors import partners_for
from performance.models import Credit
from tenancy.actors import Actor
from tenancy.enums import Permission


def schemes_with_totals(actor: Actor) -> QuerySet[Any]:
    """Visible schemes with ``accrued`` (what the actor may see), and of the newest published version ``starts``,
    ``ends``, ``budget``, ``spent`` (its accruals) and ``used_share`` (spent of budget, 1 is all); the state follows by ``state_of``.
    """
    published = SchemeVersion.objects.filter(scheme=OuterRef("pk"), published_at__isnull=False)
    newest = published.order_by("-number")
    return (
        schemes_for(actor)
        .annotate(
            starts=Subquery(newest.values("starts")[:1]),
            ends=Subquery(newest.values("ends")[:1]),
            budget=Subquery(newest.values("budget")[:1]),
            accrued=Subquery(
                _sum(accruals_for(actor).filter(version__scheme=OuterRef("pk")), "version__scheme")
            ),
            spent=Subquery(newest.annotate(total=Sum("accruals__amount")).values("total")[:1]),
        )
        .annotate(used_share=F("spent") / NullIf(F("budget"), Decimal(0)))
    )


def _sum(rows: QuerySet[Any], by: str) -> QuerySet[Any]:
    totals: QuerySet[Any] = rows.order_by().values(by).annotate(total=Sum("amount")).values("total")
    return totals


def state_of(scheme: Any, today: date) -> str:
    """Of a scheme with ``ends``: draft, published or ended."""
    if not scheme.published:
        return SchemeState.DRAFT
    return SchemeState.ENDED if scheme.ends and scheme.ends < today else SchemeState.PUBLISHED


def today_of(actor: Actor) -> date:
    """The day it is at the operator."""
    return timezone.now().astimezone(actor.operator.zone).date()


@dataclass(frozen=True, slots=True)
class Effect:
    """What publishing a draft does: who can earn, which periods (or how many transactions) are counted at once."""

    eligible: int
    partners: int
    periods: tuple[Period, ...]
    transactions: int | None
    replaces: SchemeVersion | None


def effect_of_publishing(actor: Actor, version: SchemeVersion) -> Effect:
    """For the page that asks before publishing."""
    actor.require(Permission.MANAGE_SCHEMES)
    scheme = version.scheme
    everybody = profiles(partners_for(actor).filter(active=True).values_list("pk", flat=True))
    fitting = sum(is_eligible(version.eligibility, profile) for profile in everybody.values())
    older = scheme.versions.filter(published_at__isnull=False).order_by("-number").first()
    if scheme.scope == "transaction":
        credits = Credit.objects.filter(day__gte=version.starts)
        credits = credits.filter(day__lte=version.ends) if version.ends else credits
        return Effect(fitting, len(everybody), (), credits.count(), older)
    periods = tuple(started_periods(actor.operator, version, scheme))
    return Effect(fitting, len(everybody), periods, None, older)


def accrued_by(actor: Actor, scheme: Scheme, version: SchemeVersion | None = None) -> Decimal:
    """The sum of what the actor may see of a scheme, or of one of its versions."""
    found = accruals_for(actor).filter(version__scheme=scheme)
    found = found.filter(version=version) if version else found
    return found.aggregate(total=Sum("amount"))["total"] or Decimal(0)
