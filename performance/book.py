"""What sales say about the health of partners: attainment of the headline KPI, and its trend."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from partners.book.registry import Ids, Part, Reading, Said, register_part
from performance.enums import Measure
from performance.headline import (
    headline_kpi,
    last_periods,
    targets_by_partner,
    values_by_partner,
    visible_kpis,
)
from performance.models import Kpi
from tenancy.actors import Actor
from workflow.notices import names_of
from workflow.settings import define

attainment_weight = define("book.weight_attainment", 30, _("Weight: attainment"), most=100)
trend_weight = define("book.weight_trend", 15, _("Weight: trend of sales"), most=100)
#: A target is not judged before this share of its period is over.
EARLY = Decimal("0.1")
ONE, ZERO = Decimal(1), Decimal(0)


def attainment(actor: Actor, partner_ids: Ids, today: date) -> dict[int, Reading]:
    """The share of the target against the share of the period that is over."""
    kpi = headline_kpi(visible_kpis(actor))
    if kpi is None:
        return {}
    (running,) = last_periods(actor, kpi, today, 1)
    passed = max(Decimal((today - running.start).days) / running.days, EARLY)
    values, targets = values_by_partner(actor, kpi, [running]), targets_by_partner(actor, kpi, running)
    found = {}
    for pk in partner_ids:
        target = targets.get(pk, kpi.target)
        if not target:
            continue
        share = values.get(pk, [ZERO])[0] / target
        said = {"share": {"share": share}, "passed": {"share": passed}, "kpi": names_of(kpi)}
        why = Said(_("%(kpi)s: %(share)s of the target, %(passed)s of the period is over"), said)
        found[pk] = Reading(min(share / passed, ONE), why)
    return found


def trend(actor: Actor, partner_ids: Ids, today: date) -> dict[int, Reading]:
    """The last whole period against the one before."""
    kpi = headline_kpi(visible_kpis(actor))
    if kpi is None:
        return {}
    periods = last_periods(actor, kpi, today, 3)[:2]
    values = values_by_partner(actor, kpi, periods)
    found = {}
    for pk in partner_ids:
        before, last = values.get(pk, [ZERO, ZERO])
        if before <= 0:
            continue
        said = {
            "last": _amount(actor, kpi, last), "before": _amount(actor, kpi, before),
            "period": {"period": periods[1].code}, "earlier": {"period": periods[0].code},
        }  # fmt: skip
        why = Said(_("%(last)s in %(period)s after %(before)s in %(earlier)s"), said)
        found[pk] = Reading(min(max(last / before, ZERO), ONE), why)
    return found


def _amount(actor: Actor, kpi: Kpi, value: Decimal) -> object:
    if kpi.measure == Measure.SUM_AMOUNT:
        return {"amount": str(value), "currency": actor.operator.currency}
    return str(value)


register_part(Part("attainment", _("Attainment"), attainment_weight, attainment))
register_part(Part("trend", _("Trend"), trend_weight, trend))
