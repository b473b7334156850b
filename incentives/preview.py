"""What a formula that nobody stored would pay: the evaluator and the inputs of accruals, for one chosen beneficiary."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from common.periods import Period
from formula import FormulaRuntimeError, NextThreshold, Program, Trace
from incentives.accrual.affected import read_period
from incentives.accrual.asthen import as_originals
from incentives.accrual.eligibility import is_eligible
from incentives.accrual.fitting import line_fits
from incentives.accrual.readings import profiles, read
from incentives.accrual.result import at_cap, payable
from incentives.accrual.seen import credits_with_codes, is_new, line_facts
from incentives.accrual.store import Slot
from incentives.accrual.transactions import earn
from incentives.accrual.versions import Rules
from incentives.enums import Payee, SchemeKind
from incentives.models import Scheme, SchemeVersion
from incentives.programs import compile_formula, schema_for
from partners.models import Partner, Rep
from partners.selectors import get_partner, get_rep
from performance.models import Credit
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Transactions that a preview looks at; what is beyond is said, never left out silently.
MOST_LINES = 5000


@dataclass(frozen=True, slots=True)
class Sketch:
    """A formula with what the form around it says so far."""

    source: str
    kind: str = SchemeKind.REBATE
    payee: str = Payee.PARTNER
    period: str = "quarter"
    eligibility: Mapping[str, list[str]] | None = None
    cap: Decimal | None = None
    rounding: str = "half_even"


@dataclass(frozen=True, slots=True)
class Preview:
    """``amount`` is after cap and rounding, ``exact`` before both. ``trace`` is that of the period or, for
    transactions, of the newest of ``lines`` that earned; ``more`` tells that older ones were not looked at.
    """

    partner: Partner
    rep: Rep | None
    period: Period
    eligible: bool
    program: Program
    exact: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    components: tuple[tuple[str, Decimal], ...] = ()
    trace: Trace | None = None
    ahead: tuple[NextThreshold, ...] = ()
    lines: int = 0
    more: bool = False
    error: FormulaRuntimeError | None = None


def _company_of(rep: Rep) -> str:
    if rep.partner is None:
        raise InputError("no_company", _("Choose a rep who sells for one partner."), "beneficiary")
    return rep.partner.code


def preview(actor: Actor, sketch: Sketch, *, beneficiary: str, period_code: str) -> Preview:
    """The result for one beneficiary (the code of a partner, or of a rep where reps earn) and period.

    Raises ``FormulaInvalid``, ``NotFound`` for a beneficiary out of the actor's sight, ``InputError`` for a period.
    """
    actor.require(Permission.VIEW_ACCRUALS)
    scheme = Scheme(code="preview", kind=sketch.kind, payee=sketch.payee, period=sketch.period)
    version = SchemeVersion(
        scheme=scheme, eligibility=dict(sketch.eligibility or {}), cap=sketch.cap, rounding=sketch.rounding
    )
    schema = schema_for(actor.operator, scheme.scope, period=sketch.period, payee=sketch.payee)
    rules = Rules(scheme, version, compile_formula(actor.operator, sketch.source, schema, sketch.kind))
    rep = get_rep(actor, beneficiary) if sketch.payee == Payee.REP else None
    partner = get_partner(actor, _company_of(rep) if rep else beneficiary)
    period = read_period(actor.operator, period_code)
    if period.kind != sketch.period:
        raise InputError("period", "", "period")
    work = _of_transactions if scheme.scope == "transaction" else _of_period
    return work(actor, rules, partner, rep, period)


def _of_period(actor: Actor, rules: Rules, partner: Partner, rep: Rep | None, period: Period) -> Preview:
    slot = Slot(0, period.code, partner.pk, rep.pk if rep else None)
    readings = read(actor.operator, {slot: rules})
    inputs = readings.inputs(slot, rules)
    if not is_eligible(rules.version.eligibility, readings.profiles[partner.pk]):
        return Preview(partner, rep, period, False, rules.program)
    try:
        trace = rules.program.trace(inputs)
    except FormulaRuntimeError as error:
        return Preview(partner, rep, period, True, rules.program, error=error)
    exact = trace.result
    ahead = () if at_cap(rules.version, exact) else rules.program.next_threshold(inputs)
    return Preview(
        partner,
        rep,
        period,
        True,
        rules.program,
        exact,
        payable(rules.version, exact, actor.operator.currency),
        tuple(trace.amounts.items()),
        trace,
        tuple(each for each in ahead if each.gain > 0),
    )


def _of_transactions(
    actor: Actor, rules: Rules, partner: Partner, rep: Rep | None, period: Period
) -> Preview:
    profile = profiles([partner.pk], [rules])[partner.pk]
    if not is_eligible(rules.version.eligibility, profile):
        return Preview(partner, rep, period, False, rules.program)
    found = Credit.objects.filter(partner=partner, day__gte=period.start, day__lt=period.end)
    found = found.filter(rep=rep) if rep else found
    newest = list(found.order_by("-day", "-pk").values_list("pk", flat=True)[: MOST_LINES + 1])
    exact, lines, shown, sums = Decimal(0), 0, None, dict[str, Decimal]()
    for credit in as_originals(list(credits_with_codes(newest[:MOST_LINES]).order_by("-day", "-pk"))):
        facts = line_facts(credit, new=is_new(actor.operator, rules, credit))
        if not line_fits(rules.version.eligibility, facts):
            continue
        earned = earn(actor.operator, rules, credit, profile)
        lines, exact = lines + 1, exact + earned.exact
        for part in earned.components:
            sums[part["label"]] = sums.get(part["label"], Decimal(0)) + Decimal(part["amount"])
        shown = shown or (earned if earned.exact else None)
    trace = rules.program.trace(rules.program.read_inputs(shown.inputs)) if shown else None
    amount = payable(rules.version, exact, actor.operator.currency)
    parts = tuple(sums.items())
    more = len(newest) > MOST_LINES
    return Preview(partner, rep, period, True, rules.program, exact, amount, parts, trace, (), lines, more)
