"""Writing plans: the operator's people draw one up, share it, and both sides sign it."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError, NotFound
from common.periods import Period, parse_period
from common.text import clean_line
from partners.book.enums import Side
from partners.selectors import get_partner
from performance.enums import Beneficiary, PeriodKind
from performance.headline import headline_kpi, visible_kpis
from performance.models import Kpi
from performance.selectors import get_kpi
from programs.models import Commitment, Objective, ObjectiveTarget, Plan
from programs.plans.enums import PlanState as S
from programs.plans.machine import OPEN
from programs.plans.selectors import TEXTS, get_plan, is_side, objectives_of, periods_in, year_of
from programs.plans.templating import Wanted, start_for
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import note

LONGEST, LONGEST_TEXT, MOST = 200, 10_000, 50
KINDS = (PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR)


def create_plan(actor: Actor, *, partner: str, year: str, title: str, filled: bool = True) -> Plan:
    """An outline, which the partner does not see; ``filled`` begins with the template of the partner's type.

    Raises ``Forbidden``, ``NotFound`` outside the book, ``InputError`` at ``year`` or ``title``, ``Conflict`` ``plan_exists``.
    """
    _staff(actor)
    company = get_partner(actor, partner)
    period = _year(actor, year)
    plan = Plan(partner=company, year=period.code, title=_line(title, "title"))
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        raise Conflict("plan_exists", _("This partner has a plan for this year already.")) from error
    note(actor, plan, "", S.OUTLINE, internal=True)
    audit.record(actor, "plan.create", plan)
    if filled:
        _fill(actor, plan, period)
    return plan


def change_plan(actor: Actor, *, plan_id: int, **fields: Any) -> Plan:
    """Any of ``title, summary, strengths, weaknesses, opportunities, threats`` and ``accounts`` (a list of lines)."""
    plan = open_plan(actor, plan_id)
    before = {name: getattr(plan, name) for name in fields}
    for name, value in fields.items():
        setattr(plan, name, _field(name, value))
    plan.save()
    changes = audit.difference(before, {name: getattr(plan, name) for name in fields})
    audit.record(actor, "plan.change", plan, changes=changes)
    return plan


def put_objective(
    actor: Actor,
    *,
    plan_id: int,
    title: str,
    weight: int | None,
    targets: Mapping[str, Decimal | None],
    kpi: str = "",
    objective_id: int | None = None,
) -> Objective:
    """Add or change an objective. ``targets``: code of a period of the year -> target; ``kpi`` is empty for a custom one."""
    plan = open_plan(actor, plan_id)
    measured = _kpi(actor, kpi)
    if weight is None or not 1 <= weight <= 100:
        raise InputError("out_of_range", _("A weight is from 1 to 100."), "weight")
    periods = [each.code for each in objective_periods(actor, plan, measured)]
    clean = _targets(targets, periods)
    found = _objective(plan, objective_id)
    found.title, found.kpi, found.weight = _line(title, "title"), measured, weight
    found.save()
    _put_targets(plan, found, clean)
    audit.record(actor, "plan.objective", plan, ref=found.title, changes={"weight": weight})
    return found


def drop_objective(actor: Actor, *, plan_id: int, objective_id: int) -> None:
    plan = open_plan(actor, plan_id)
    found = _objective(plan, objective_id)
    audit.record(actor, "plan.objective_dropped", plan, ref=found.title)
    found.delete()


def put_commitment(
    actor: Actor,
    *,
    plan_id: int,
    side: str,
    title: str,
    due_on: date | None,
    commitment_id: int | None = None,
) -> Commitment:
    """Add or change what one side promises, until a day of the plan's year."""
    plan = open_plan(actor, plan_id)
    if side not in Side.values:
        raise InputError("unknown_choice", _("This value is not valid."), "side")
    if due_on is None:
        raise InputError("required", _("This must not be empty."), "due_on")
    if not year_of(actor.operator, plan).contains(due_on):
        raise InputError("other_year", _("This day is not in the plan's year."), "due_on")
    found = _commitment(plan, commitment_id)
    found.side, found.title, found.due_on = side, _line(title, "title"), due_on
    found.save()
    audit.record(actor, "plan.commitment", plan, ref=found.title)
    return found


def drop_commitment(actor: Actor, *, plan_id: int, commitment_id: int) -> None:
    plan = open_plan(actor, plan_id)
    found = _commitment(plan, commitment_id)
    audit.record(actor, "plan.commitment_dropped", plan, ref=found.title)
    found.delete()


def objective_periods(actor: Actor, plan: Plan, kpi: Kpi | None) -> list[Period]:
    """The periods in which an objective has targets: those of its KPI, quarters where it has none."""
    kind = kpi.period if kpi else PeriodKind.QUARTER
    return periods_in(actor.operator, year_of(actor.operator, plan), kind)


def locked_plan(actor: Actor, plan_id: int) -> Plan:
    """The plan under a lock, for somebody of either side. Raises ``Forbidden`` and ``NotFound``."""
    actor.require(Permission.MANAGE_PLANS)
    plan = get_plan(actor, plan_id)
    if not is_side(actor, plan):
        raise Forbidden()
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    return get_plan(actor, plan_id)


def open_plan(actor: Actor, plan_id: int) -> Plan:
    """A plan whose words may be changed, by the operator's people."""
    _staff(actor)
    plan = locked_plan(actor, plan_id)
    if plan.state not in OPEN:
        raise Conflict("not_open", _("This plan cannot be changed now."))
    return plan


def _staff(actor: Actor) -> None:
    actor.require(Permission.MANAGE_PLANS)
    if actor.is_partner:
        raise Forbidden()


def _fill(actor: Actor, plan: Plan, year: Period) -> None:
    start, headline = start_for(plan.partner), headline_kpi(visible_kpis(actor))
    of_plan = {"plan": plan, "partner_id": plan.partner_id}
    for place, wanted in enumerate(start.objectives):
        kpi = _kpi_of(wanted, headline)
        Objective.objects.create(**of_plan, title=wanted.title, weight=wanted.weight, kpi=kpi, position=place)
    for promise in start.commitments:
        due = min(_on_from(actor, year.start + timedelta(days=30 * promise.month)), year.last_day)
        Commitment.objects.create(**of_plan, side=promise.side, title=promise.title, due_on=due)


def _kpi_of(wanted: Wanted, headline: Kpi | None) -> Kpi | None:
    """What measures an objective of a template; one that plans cannot take is left to be entered."""
    found = Kpi.objects.filter(code=wanted.kpi, active=True).first() if wanted.kpi else None
    kpi = headline if wanted.headline else found
    return kpi if kpi and kpi.period in KINDS and kpi.beneficiary != Beneficiary.REP else None


def _on_from(actor: Actor, day: date) -> date:
    """A plan can begin in the middle of its year: what it promises is not late from the first day on."""
    today = timezone.now().astimezone(actor.operator.zone).date()
    return day if day > today else today + timedelta(days=30)


def _year(actor: Actor, code: str) -> Period:
    try:
        period = parse_period(code, actor.operator.days, actor.operator.fiscal_start_month)
    except InputError as error:
        raise InputError(error.code, error.template, "year", error.params) from error
    if period.kind != "year":
        raise InputError("no_year", _("A plan is for a fiscal year."), "year")
    return period


def _kpi(actor: Actor, code: str) -> Kpi | None:
    if not code:
        return None
    try:
        kpi = get_kpi(actor, code)
    except NotFound as error:
        raise InputError("unknown_code", _("There is no such KPI."), "kpi") from error
    if not kpi.active or kpi.beneficiary == Beneficiary.REP or kpi.period not in KINDS:
        text = _("A plan takes KPIs of partners by quarter, half-year or year.")
        raise InputError("not_of_plans", text, "kpi")
    return kpi


def _line(text: str, field: str) -> str:
    line = clean_line(text)
    if not line:
        raise InputError("required", _("This must not be empty."), field)
    if len(line) > LONGEST:
        raise InputError("too_long", _("At most %(most)s characters."), field, {"most": LONGEST})
    return line


def _field(name: str, value: Any) -> Any:
    if name == "title":
        return _line(value, name)
    if name == "accounts":
        lines = [clean_line(str(each)) for each in value if clean_line(str(each))]
        if len(lines) > MOST or any(len(each) > LONGEST for each in lines):
            raise InputError("too_many", _("At most %(most)s lines."), name, {"most": MOST})
        return lines
    if name not in TEXTS:
        raise InputError("unknown_field", _("This value is not valid."), name)
    if len(value) > LONGEST_TEXT:
        raise InputError("too_long", _("At most %(most)s characters."), name, {"most": LONGEST_TEXT})
    return value.strip()


def _targets(targets: Mapping[str, Decimal | None], periods: list[str]) -> dict[str, Decimal]:
    clean = {}
    for code, value in targets.items():
        if value is None:
            continue
        if code not in periods:
            raise InputError("other_period", _("This KPI is not measured over such periods."), "targets")
        if not 0 <= value < Decimal(10) ** 20:
            raise InputError("invalid", _("This value is not valid."), "targets")
        clean[code] = value
    if not sum(clean.values()):
        raise InputError("required", _("Give a target for at least one period."), "targets")
    return clean


def _put_targets(plan: Plan, objective: Objective, targets: Mapping[str, Decimal]) -> None:
    """Keep actuals that were entered for periods that stay."""
    rows = {row.period: row for row in ObjectiveTarget.objects.filter(objective=objective)}
    for code, row in rows.items():
        if code not in targets:
            row.delete()
    for code, value in targets.items():
        row = rows.get(code) or ObjectiveTarget(
            plan=plan, objective=objective, partner_id=plan.partner_id, period=code
        )
        row.target = value
        row.save()


def _objective(plan: Plan, pk: int | None) -> Objective:
    if pk is None:
        return Objective(plan=plan, partner_id=plan.partner_id, position=objectives_of(plan).count())
    found = objectives_of(plan).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def _commitment(plan: Plan, pk: int | None) -> Commitment:
    if pk is None:
        return Commitment(plan=plan, partner_id=plan.partner_id)
    found: Commitment | None = Commitment.objects.filter(plan=plan, pk=pk).first()
    if found is None:
        raise NotFound()
    return found
