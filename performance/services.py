"""Writes of KPIs and targets. What changes a value is counted anew in the background; until then the KPI says so."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from common.periods import parse_period
from partners.models import Partner, Rep
from performance import rules
from performance.counting.events import announce
from performance.enums import Beneficiary, KpiState
from performance.models import Kpi, KpiTarget, Measurement
from tenancy import audit, outbox
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Event ``{"kpi_ids": [...]}``: these must be counted anew.
CHANGED = "kpis.changed"


def create_kpi(actor: Actor, *, code: str, **fields: Any) -> Kpi:
    """``name, names, measure, filters, beneficiary, period, rolling_months, base, target, description, active``.

    Counts everything that came in before, in the background (``state`` is ``counting`` until then). Raises
    ``Forbidden``, ``Conflict`` for a code in use, ``InputError`` or ``Invalid``; fields are ``filters.<name>`` too.
    """
    actor.require(Permission.MANAGE_KPIS)
    rules.check_code(code)
    missing = [name for name in ("name", "measure") if name not in fields]
    if missing:
        raise InputError("required", _("This must not be empty."), missing[0])
    kpi: Kpi = Kpi(code=code, state=KpiState.COUNTING, **rules.clean_kpi(fields))
    rules.check_together(kpi)
    if Kpi.objects.filter(code=code).exists():
        raise Conflict("code_in_use", _("This code is in use."), "code")
    kpi.save()
    audit.record(actor, "kpi.create", kpi, changes=audit.difference({}, _stored(kpi)))
    outbox.emit(CHANGED, {"kpi_ids": [kpi.pk]})
    return kpi


def change_kpi(actor: Actor, *, code: str, **fields: Any) -> Kpi:
    """Change any field of ``create_kpi``. Its measurements stay as they are until it has been counted anew."""
    actor.require(Permission.MANAGE_KPIS)
    kpi = _locked(code)
    before = _stored(kpi)
    for name, value in rules.clean_kpi(fields).items():
        setattr(kpi, name, value)
    if kpi.period != before["period"] and "rolling_months" not in fields:
        kpi.rolling_months = None
    rules.check_together(kpi)
    changes = audit.difference(before, _stored(kpi))
    if not changes:
        return kpi
    if changes.keys() & rules.COUNTED:
        kpi.state = KpiState.COUNTING
        outbox.emit(CHANGED, {"kpi_ids": [kpi.pk]})
    elif "target" in changes:
        announce(Measurement.objects.filter(kpi=kpi).values_list(*_KEY))
    kpi.save()
    audit.record(actor, "kpi.change", kpi, changes=changes)
    return kpi


_KEY = ("kpi_id", "period", "partner_id", "rep_id")


def _locked(code: str) -> Kpi:
    kpi: Kpi | None = Kpi.objects.select_for_update().filter(code=code).first()
    if kpi is None:
        raise NotFound()
    return kpi


def _stored(kpi: Kpi) -> dict[str, Any]:
    return {name: getattr(kpi, name) for name in rules.FIELDS}


def set_target(
    actor: Actor, *, kpi: str, period: str, partner: str, rep: str | None = None, value: Any
) -> KpiTarget | None:
    """The target of one beneficiary in one period; ``None`` as ``value`` gives it back to the KPI's own target.

    ``kpi``, ``partner`` and ``rep`` are codes. Raises ``Forbidden``, ``NotFound`` or ``InputError``.
    """
    actor.require(Permission.MANAGE_KPIS)
    measured = Kpi.objects.filter(code=kpi).first()
    company = Partner.objects.filter(code=partner).first()
    if measured is None or company is None:
        raise NotFound()
    _check_period(actor, measured, period)
    seller = _seller(measured, company, rep)
    number = rules.clean_target(value)
    place = {"kpi": measured, "period": period, "partner": company, "rep": seller}
    old = KpiTarget.objects.select_for_update().filter(**place).first()
    before = {"value": old.value if old else None}
    target = _store_target(place, old, number)
    changes = audit.difference(before, {"value": number})
    if changes:
        ref = " ".join(filter(None, (kpi, period, partner, rep)))
        audit.record(actor, "kpi.target", measured, ref=ref, changes=changes)
        announce([(measured.pk, period, company.pk, seller.pk if seller else None)])
    return target


def _store_target(place: dict[str, Any], old: KpiTarget | None, number: Any) -> KpiTarget | None:
    if number is None:
        if old:
            old.delete()
        return None
    target = old or KpiTarget(**place)
    target.value = number
    target.save()
    return target


def _check_period(actor: Actor, kpi: Kpi, code: str) -> None:
    period = parse_period(code, actor.operator.days, actor.operator.fiscal_start_month)
    if period.kind != kpi.period or (kpi.rolling_months and period.months != kpi.rolling_months):
        raise InputError("other_period", _("This KPI is not measured over such periods."), "period")


def _seller(kpi: Kpi, company: Partner, code: str | None) -> Rep | None:
    if kpi.beneficiary != Beneficiary.REP:
        if code:
            raise InputError("no_reps", _("This KPI is not measured per rep."), "rep")
        return None
    rep: Rep | None = Rep.objects.filter(code=code or "", partner=company).first()
    if rep is None:
        raise InputError("required", _("Name a rep of this partner."), "rep")
    return rep
