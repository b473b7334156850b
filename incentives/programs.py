"""Formulas of schemes: which names they may use, compiling them, and replaying a stored version."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.utils.translation import gettext as _

from catalog.enums import Contribution, EngagementModel, Layer, PartnerRole
from common.errors import DomainError
from common.periods import Period, period_of
from formula import (
    COUNT,
    NUMBER,
    FormulaErrors,
    NameInfo,
    Program,
    Schema,
    Type,
    compile_source,
    context_names,
    money,
    parse_type,
    transaction_schema,
)
from incentives.enums import IN_PIECES, Payee, SchemeKind
from incentives.models import Scheme, SchemeVersion
from partners.models import Partner
from performance.enums import Beneficiary, Measure, PeriodKind
from performance.models import Kpi
from programs.selectors import main_tiers
from tenancy.models import Operator

_ORDER = [PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR]
_MONEY_MEASURES = {Measure.SUM_AMOUNT, Measure.SUM_MARGIN}
_COUNT_MEASURES = {Measure.COUNT, Measure.DISTINCT_CUSTOMERS, Measure.NEW_CUSTOMERS}


class FormulaInvalid(DomainError):
    """A formula with errors; ``errors`` say where."""

    default_code = "formula"

    def __init__(self, errors: FormulaErrors) -> None:
        super().__init__("formula", _("The formula has errors."), "formula")
        self.errors = errors.errors


def type_of(kpi: Kpi, currency: str) -> Type:
    """The formula type of a KPI's value."""
    if kpi.measure in _MONEY_MEASURES:
        return money(currency)
    return COUNT if kpi.measure in _COUNT_MEASURES else NUMBER


def fits(kpi: Kpi, period: str, payee: str) -> bool:
    """Whether a scheme of this period and payee may read ``kpi``.

    A KPI may look at the same period, a longer one around it, or the rolling months that end with it; a shorter one
    would leave open which. A partner's scheme cannot read what only single reps have.
    """
    if kpi.beneficiary == Beneficiary.REP and payee != Payee.REP:
        return False
    if kpi.period == PeriodKind.ROLLING:
        return True
    return _ORDER.index(PeriodKind(kpi.period)) >= _ORDER.index(PeriodKind(period))


def choices_of(tiers: Iterable[str]) -> dict[str, list[str]]:
    """The texts that context names can have, so that a misspelt one is an error with a suggestion."""
    return {
        "role": list(PartnerRole.values),
        "layer": list(Layer.values),
        "engagement_model": list(EngagementModel.values),
        "contribution": list(Contribution.values),
        **({"tier": sorted(tiers)} if tiers else {}),
    }


def known_tiers() -> list[str]:
    """Tier codes of the main programme and those in use at the active operator."""
    held = Partner.objects.exclude(tier="").values_list("tier", flat=True).distinct()
    return sorted({*held, *main_tiers()})


def schema_for(operator: Operator, scope: str, *, period: str, payee: str) -> Schema:
    """Every name that a formula of this kind may use at the active operator."""
    choices = choices_of(known_tiers())
    if scope == "transaction":
        return transaction_schema(operator.currency, choices)
    kpis = Kpi.objects.filter(active=True)
    names = {kpi.code: NameInfo(type_of(kpi, operator.currency)) for kpi in kpis if fits(kpi, period, payee)}
    return Schema("period", {**context_names(choices), **names}, operator.currency)


def result_type(kind: str, currency: str) -> Type:
    """What the formula of a scheme of this kind gives: money, or pieces of points and benefits."""
    return NUMBER if kind in IN_PIECES else money(currency)


def compile_formula(
    operator: Operator, source: str, schema: Schema, kind: str = SchemeKind.REBATE
) -> Program:
    """The program of a payout formula, whose result must be what ``kind`` gives; raises ``FormulaInvalid``."""
    try:
        return compile_source(source, schema, expect=result_type(kind, operator.currency))
    except FormulaErrors as errors:
        raise FormulaInvalid(errors) from errors


def names_to_json(program: Program) -> dict[str, list[object]]:
    """The types of the names that ``program`` uses, to store with a version."""
    used = program.names | program.context
    infos = {name: program.schema.names[name] for name in sorted(used)}
    return {
        name: [str(info.type), info.kind, list(info.choices) if info.choices else None]
        for name, info in infos.items()
    }


def program_of(version: SchemeVersion, scheme: Scheme, currency: str) -> Program:
    """The stored formula compiled against its stored names: the same whatever happened to KPIs since."""
    names = tuple((name, *map(_hashable, info)) for name, info in sorted(version.names.items()))
    return _compiled(version.formula, scheme.scope, scheme.in_money, currency, names)


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@lru_cache(maxsize=512)
def _compiled(
    source: str, scope: str, in_money: bool, currency: str, names: tuple[tuple[object, ...], ...]
) -> Program:
    infos: Mapping[str, NameInfo] = {
        str(name): NameInfo(parse_type(str(kind)), str(group), choices)  # type: ignore[arg-type]
        for name, kind, group, choices in names
    }
    expected = money(currency) if in_money else NUMBER
    return compile_source(source, Schema(scope, infos, currency), expect=expected)


def kpi_period(kpi: Kpi, period: Period) -> Period:
    """The KPI's period that a scheme's ``period`` looks at: the same, the one around it, or the rolling one ending it."""
    if kpi.period == period.kind:
        return period
    day = period.last_day if kpi.period == PeriodKind.ROLLING else period.start
    return period_of(day, kpi.period, period.calendar, period.fiscal_start, kpi.rolling_months)  # type: ignore[arg-type]
