"""Reads of KPIs, targets and measurements. The database narrows partners to their tree and PAMs to their book."""

from decimal import Decimal
from typing import TypeVar

from django.db.models import Q, QuerySet

from common.errors import NotFound
from partners.models import Rep
from performance.models import Kpi, KpiTarget, Measurement
from performance.values import final_value
from tenancy.actors import Actor
from tenancy.enums import Permission, Role

M = TypeVar("M", Measurement, KpiTarget)


def kpis_for(actor: Actor) -> QuerySet[Kpi]:
    """By code; partners see active ones."""
    actor.require(Permission.VIEW_KPIS)
    kpis = Kpi.objects.order_by("code")
    return kpis.filter(active=True) if actor.is_partner else kpis


def get_kpi(actor: Actor, code: str) -> Kpi:
    """One of ``kpis_for``; raises ``NotFound``."""
    kpi = kpis_for(actor).filter(code=code).first()
    if kpi is None:
        raise NotFound()
    return kpi


def measurements_for(
    actor: Actor, *, kpi: str | None = None, period: str | None = None, partner: str | None = None
) -> QuerySet[Measurement]:
    """What the actor may see, with KPI, partner and rep, ordered by KPI, period, partner and rep.

    A seller sees no colleague: of KPIs per rep, only what the own login sold. ``kpi``, ``period`` and ``partner`` are
    codes; an unknown one finds nothing.
    """
    actor.require(Permission.VIEW_MEASUREMENTS)
    found = Measurement.objects.select_related("kpi", "partner", "rep")
    given = {"kpi__code": kpi, "period": period, "partner__code": partner}
    found = found.filter(**{name: value for name, value in given.items() if value})
    return _own(actor, found).order_by("kpi__code", "period", "partner__code", "rep__code")


def targets_for(actor: Actor, *, kpi: str | None = None) -> QuerySet[KpiTarget]:
    """Targets of single beneficiaries, with KPI, partner and rep."""
    actor.require(Permission.VIEW_MEASUREMENTS)
    found = KpiTarget.objects.select_related("kpi", "partner", "rep")
    if kpi:
        found = found.filter(kpi__code=kpi)
    return _own(actor, found).order_by("kpi__code", "-period", "partner__code", "rep__code")


def _own(actor: Actor, found: QuerySet[M]) -> QuerySet[M]:
    if actor.role != Role.PARTNER_SELLER:
        return found
    return found.filter(Q(rep=None) | Q(rep__in=Rep.objects.filter(membership_id=actor.membership_id)))


def value_of(measurement: Measurement) -> Decimal:
    """The value that people and formulas see; ``measurement.kpi`` should be loaded."""
    return final_value(measurement.kpi.measure, measurement.value, measurement.weight)
