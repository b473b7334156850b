"""Reads of schemes and accruals, cut to what an actor may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from common.errors import NotFound
from common.periods import Period, parse_period, period_of
from incentives.accrual.eligibility import is_eligible
from incentives.accrual.readings import profiles
from incentives.enums import IN_PIECES, PAYABLE
from incentives.models import Accrual, AccrualLine, Scheme, SchemeVersion
from partners.models import Rep
from performance.models import Kpi
from tenancy.actors import Actor
from tenancy.enums import Permission, Role


def schemes_for(actor: Actor) -> QuerySet[Scheme]:
    """Staff: all schemes. Partners: published ones that they are eligible for or earned from."""
    actor.require(Permission.VIEW_SCHEMES)
    schemes = Scheme.objects.order_by("code")
    if not actor.is_partner:
        return schemes
    earned = Accrual.objects.filter(version__scheme=OuterRef("pk"), partner_id=actor.partner_id)
    fitting = [version.scheme_id for version in _fitting_versions(actor)]
    return schemes.filter(published=True).filter(Q(pk__in=fitting) | Exists(earned))


def _fitting_versions(actor: Actor) -> list[SchemeVersion]:
    profile = profiles([actor.partner_id])[actor.partner_id] if actor.partner_id else None
    published = SchemeVersion.objects.filter(published_at__isnull=False)
    return [version for version in published if profile and is_eligible(version.eligibility, profile)]


def get_scheme(actor: Actor, code: str) -> Scheme:
    """One of ``schemes_for``; raises ``NotFound``."""
    scheme = schemes_for(actor).filter(code=code).first()
    if scheme is None:
        raise NotFound()
    return scheme


def versions_of(actor: Actor, scheme: Scheme) -> QuerySet[SchemeVersion]:
    """The versions of a scheme, newest first; partners see published ones."""
    versions = scheme.versions.select_related("scheme", "created_by", "published_by").order_by("-number")
    return versions.filter(published_at__isnull=False) if actor.is_partner else versions


def newest_version(actor: Actor, scheme: Scheme) -> SchemeVersion:
    """The newest version that the actor may see; raises ``NotFound``."""
    version = versions_of(actor, scheme).first()
    if version is None:
        raise NotFound()
    return version


def accruals_for(actor: Actor) -> QuerySet[Accrual]:
    """Accruals that the actor may see: row-level security cuts to the own company, book or operator; a seller sees
    what the own rep earns."""
    actor.require(Permission.VIEW_ACCRUALS)
    accruals = Accrual.objects.select_related("version__scheme", "partner", "rep")
    if actor.role == Role.PARTNER_SELLER:
        own = Rep.objects.filter(membership_id=actor.membership_id)
        return accruals.filter(rep__in=own)
    return accruals


def payable_accruals_for(actor: Actor) -> QuerySet[Accrual]:
    """Those of ``accruals_for`` that statements pay out: no points, no benefits, no marketing funds."""
    return accruals_for(actor).filter(version__scheme__kind__in=PAYABLE)


def get_accrual(actor: Actor, pk: int) -> Accrual:
    """One of ``accruals_for``; raises ``NotFound``."""
    accrual = accruals_for(actor).filter(pk=pk).first()
    if accrual is None:
        raise NotFound()
    return accrual


def kpis_named(actor: Actor, codes: Iterable[str]) -> list[Kpi]:
    """The KPIs with these codes, in their order by code."""
    actor.require(Permission.VIEW_KPIS)
    return list(Kpi.objects.filter(code__in=list(codes)).order_by("code"))


def current_period(actor: Actor, kind: str, day: date | None = None) -> Period:
    """The operator's running period of this kind."""
    operator = actor.operator
    today = day or timezone.now().astimezone(operator.zone).date()
    return period_of(today, kind, operator.days, operator.fiscal_start_month)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class SchemeCost:
    """What a scheme owes in a set of periods, by tier."""

    scheme: Scheme
    tier: str
    amount: Decimal
    beneficiaries: int


def cost_by_scheme_and_tier(actor: Actor, periods: list[str]) -> list[SchemeCost]:
    """Accrued amounts of these periods by scheme and partner tier."""
    actor.require(Permission.VIEW_ACCRUALS)
    rows = (
        payable_accruals_for(actor)
        .filter(period__in=periods)
        .values("version__scheme_id", "partner__tier")
        .annotate(total=Sum("amount"))
    )
    schemes = Scheme.objects.in_bulk()
    return [
        SchemeCost(schemes[row["version__scheme_id"]], row["partner__tier"], row["total"], 0) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a version's budget is accrued."""

    version: SchemeVersion
    accrued: Decimal

    @property
    def share(self) -> Decimal | None:
        return self.accrued / self.version.budget if self.version.budget else None


def budget_use(actor: Actor) -> list[Used]:
    """Published versions with a budget in money and what they accrued so far."""
    actor.require(Permission.VIEW_ACCRUALS)
    versions = SchemeVersion.objects.filter(published_at__isnull=False, budget__isnull=False)
    versions = versions.exclude(scheme__kind__in=IN_PIECES)
    totals = versions.annotate(accrued=Sum("accruals__amount", default=Decimal(0))).select_related("scheme")
    return [Used(version, version.accrued) for version in totals.order_by("scheme__code", "number")]


def lines_of(actor: Actor, accrual: Accrual) -> QuerySet[AccrualLine]:
    """The transactions behind a transaction scheme's accrual, newest first."""
    lines = AccrualLine.objects.filter(
        version_id=accrual.version_id, period=accrual.period, partner_id=accrual.partner_id
    )
    lines = lines.filter(rep_id=accrual.rep_id) if accrual.rep_id else lines.filter(rep__isnull=True)
    return lines.select_related("credit__product").order_by("-credit__occurred_at", "-pk")


def newest_as_of(actor: Actor) -> datetime | None:
    """Arrival of the newest transaction in the actor's accruals."""
    newest = accruals_for(actor).order_by("-as_of").filter(as_of__isnull=False).first()
    return newest.as_of if newest else None


def begun(actor: Actor, rows: QuerySet[Accrual]) -> QuerySet[Accrual]:
    """The same accruals without empty ones of periods to come, in which only payments wait."""
    operator = actor.operator
    today = timezone.now().astimezone(operator.zone).date()
    codes = rows.order_by().values_list("period", flat=True).distinct()
    ahead = [
        code for code in codes if parse_period(code, operator.days, operator.fiscal_start_month).start > today
    ]
    return rows.exclude(period__in=ahead, amount=0) if ahead else rows


def groups_in_use() -> list[str]:
    """Names under which schemes are settled together."""
    named = Scheme.objects.exclude(settlement_group="").order_by("settlement_group")
    return list(named.values_list("settlement_group", flat=True).distinct())
