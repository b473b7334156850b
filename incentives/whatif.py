"""What a beneficiary would get with other numbers: the stored formula, cap and rounding over changed inputs.

Nothing is stored. Who may see an accrual may ask what it would be; so a partner asks for itself and those below it, a PAM
for the own book, a seller for the own rep.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.selectors import products_for
from common.errors import InputError
from common.periods import Period
from formula import FormulaRuntimeError, Inputs, NextThreshold, Type
from incentives.accrual.affected import read_period
from incentives.accrual.eligibility import Profile, is_eligible
from incentives.accrual.fitting import fits
from incentives.accrual.readings import profiles, read
from incentives.accrual.result import at_cap, payable
from incentives.accrual.store import Slot
from incentives.accrual.transactions import earn
from incentives.accrual.versions import Rules
from incentives.enums import Payee
from incentives.models import Accrual, SchemeVersion
from incentives.programs import program_of
from incentives.selectors import accruals_for, current_period
from partners.models import Rep
from partners.selectors import own_company
from performance.enums import LineKind
from performance.models import Credit
from tenancy.actors import Actor

#: Values beyond this are a slip of the keyboard.
MOST = Decimal(10) ** 15
#: Shares of what is there that the table of steps adds.
SHARES = (Decimal("0.05"), Decimal("0.10"), Decimal("0.25"), Decimal("0.50"))


@dataclass(frozen=True, slots=True)
class Position:
    """Where a beneficiary stands under a version in a period. ``exact`` is what transactions earned so far."""

    rules: Rules
    period: Period
    profile: Profile
    rep_id: int | None
    eligible: bool
    inputs: Inputs
    exact: Decimal = Decimal(0)

    @property
    def per_line(self) -> bool:
        return self.rules.scheme.scope == "transaction"


@dataclass(frozen=True, slots=True)
class Knob:
    """A KPI that can be turned: its code, its type and its value now."""

    name: str
    type: Type
    value: Decimal


@dataclass(frozen=True, slots=True)
class Sale:
    """One more transaction that somebody imagines."""

    product: str
    amount: Decimal
    quantity: Decimal = Decimal(1)
    kind: str = LineKind.SALE


@dataclass(frozen=True, slots=True)
class WhatIf:
    """``before`` and ``amount`` are after cap and rounding. ``counts``: the imagined sale counts for the scheme at all."""

    before: Decimal
    amount: Decimal
    components: tuple[tuple[str, Decimal], ...] = ()
    ahead: tuple[NextThreshold, ...] = ()
    capped: bool = False
    counts: bool = True
    error: str = ""

    @property
    def gain(self) -> Decimal:
        return self.amount - self.before


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table: so much more brings so much."""

    name: str
    type: Type
    more: Decimal
    amount: Decimal
    gain: Decimal


def _rules(actor: Actor, version: SchemeVersion) -> Rules:
    return Rules(version.scheme, version, program_of(version, version.scheme, actor.operator.currency))


def position_of(actor: Actor, accrual: Accrual) -> Position:
    """Where the beneficiary of an accrual (one of ``accruals_for``) stands, as it was counted last."""
    rules = _rules(actor, accrual.version)
    inputs = Inputs()
    if rules.scheme.scope == "period":
        inputs = rules.program.read_inputs(accrual.inputs)
    return Position(
        rules,
        read_period(actor.operator, accrual.period),
        profiles([accrual.partner_id], [rules])[accrual.partner_id],
        accrual.rep_id,
        accrual.eligible,
        inputs,
        accrual.exact,
    )


def position_under(actor: Actor, version: SchemeVersion) -> Position:
    """Where the actor's own company (a seller's own rep, where reps earn) would stand under ``version``.

    With the accrual of the running period where there is one, else with the numbers of that period.
    """
    company = own_company(actor)
    rules = _rules(actor, version)
    period = current_period(actor, rules.scheme.period)
    rep_id = _own_rep(actor) if rules.scheme.payee == Payee.REP else None
    mine = accruals_for(actor).filter(version=version, period=period.code, partner=company)
    found = (mine.filter(rep=None) if rep_id is None else mine.filter(rep_id=rep_id)).first()
    if found is not None:
        return position_of(actor, found)
    slot = Slot(0, period.code, company.pk, rep_id)
    profile = profiles([company.pk], [rules])[company.pk]
    eligible = is_eligible(version.eligibility, profile)
    inputs = Inputs()
    if rules.scheme.scope == "period":
        inputs = read(actor.operator, {slot: rules}).inputs(slot, rules)
    return Position(rules, period, profile, rep_id, eligible, inputs)


def _own_rep(actor: Actor) -> int | None:
    own = Rep.objects.filter(membership_id=actor.membership_id, active=True).order_by("pk")
    return own.values_list("pk", flat=True).first() if actor.membership_id else None


def knobs_of(position: Position) -> list[Knob]:
    """The KPIs whose values the formula reads, by code."""
    program = position.rules.program
    names = sorted(name for kind, name in program.requests if kind == "value")
    return [
        Knob(name, program.schema.names[name].type, position.inputs.values.get(name, Decimal(0)))
        for name in names
    ]


def with_more(actor: Actor, position: Position, more: Mapping[str, Decimal]) -> WhatIf:
    """The result with ``more`` (KPI code -> what is added; less where it is negative).

    Raises ``InputError`` at the KPI for one that the formula does not read and for values that cannot be.
    """
    values = dict(position.inputs.values)
    knobs = {knob.name: knob for knob in knobs_of(position)}
    for name, added in more.items():
        if name not in knobs:
            raise InputError("unknown_kpi", _("The scheme does not look at this KPI."), name)
        values[name] = _possible(knobs[name], knobs[name].value + added)
    before, _exact = _evaluated(actor, position, position.inputs)
    return replace(_outcome(actor, position, replace(position.inputs, values=values)), before=before)


def _possible(knob: Knob, value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) > MOST:
        raise InputError("too_large", _("This number is too large."), knob.name)
    if value < 0:
        raise InputError("too_small", _("There cannot be less than nothing."), knob.name)
    if knob.type.kind == "count" and value != value.to_integral_value():
        raise InputError("not_whole", _("Only whole numbers count here."), knob.name)
    return value


def _evaluated(actor: Actor, position: Position, inputs: Inputs) -> tuple[Decimal, Decimal]:
    """The amount and the exact result; nothing where the formula has no value."""
    if not position.eligible:
        return Decimal(0), Decimal(0)
    try:
        exact = position.rules.program.run(inputs)
    except FormulaRuntimeError:
        return Decimal(0), Decimal(0)
    return payable(position.rules.version, exact, actor.operator.currency), exact


def _outcome(actor: Actor, position: Position, inputs: Inputs) -> WhatIf:
    program, version = position.rules.program, position.rules.version
    if not position.eligible:
        return WhatIf(Decimal(0), Decimal(0))
    try:
        trace = program.trace(inputs)
    except FormulaRuntimeError as error:
        return WhatIf(Decimal(0), Decimal(0), error=error.code)
    capped = at_cap(version, trace.result)
    ahead = () if capped else tuple(each for each in program.next_threshold(inputs) if each.gain > 0)
    amount = payable(version, trace.result, actor.operator.currency)
    return WhatIf(Decimal(0), amount, tuple(trace.amounts.items()), ahead, capped)


def steps_of(actor: Actor, position: Position) -> list[Step]:
    """For each KPI: some shares more, and up to the next threshold, in their order."""
    now = with_more(actor, position, {})
    found = []
    for knob in knobs_of(position):
        ahead = {_whole(knob, each.distance) for each in now.ahead if each.name == knob.name}
        sizes = {_whole(knob, knob.value * share) for share in SHARES} | ahead
        for more in sorted(size for size in sizes if size > 0):
            result = with_more(actor, position, {knob.name: more})
            found.append(Step(knob.name, knob.type, more, result.amount, result.gain))
    return found


def _whole(knob: Knob, value: Decimal) -> Decimal:
    """Up to a whole piece, or to a whole unit of money where the value is large enough for that not to matter."""
    return value.to_integral_value("ROUND_CEILING") if knob.type.kind == "count" or value >= 100 else value


def products_that_fit(actor: Actor, position: Position) -> list[Product]:
    """Products of which a sale may count, by name."""
    eligibility = position.rules.version.eligibility
    rows = products_for(actor).filter(active=True).select_related("family").order_by("name", "code")
    if eligibility.get("products"):
        rows = rows.filter(code__in=eligibility["products"])
    if eligibility.get("families"):
        rows = rows.filter(family__code__in=eligibility["families"])
    if eligibility.get("product_layers"):
        rows = rows.filter(family__layer__in=eligibility["product_layers"])
    return list(rows)


def with_sale(actor: Actor, position: Position, sale: Sale) -> WhatIf:
    """The result with one more transaction today. Raises ``InputError`` for an unknown product or a wrong amount."""
    if not Decimal(0) < sale.amount <= MOST:
        raise InputError("amount", _("An amount above 0 is needed."), "amount")
    if not Decimal(0) < sale.quantity <= MOST:
        raise InputError("quantity", _("A quantity above 0 is needed."), "quantity")
    product = products_for(actor).select_related("family").filter(code=sale.product).first()
    if product is None:
        raise InputError("unknown_product", _("There is no such product."), "product")
    version, currency = position.rules.version, actor.operator.currency
    before = payable(version, position.exact, currency)
    credit = _imagined(position, sale, product, currency)
    if not position.eligible or not fits(actor.operator, position.rules, credit, position.profile):
        return WhatIf(before, before, counts=False)
    line = earn(actor.operator, position.rules, credit, position.profile)
    failed = next((part["error"] for part in line.components if "error" in part), "")
    exact = position.exact + line.exact
    parts = tuple((part["label"], Decimal(part["amount"])) for part in line.components)
    return WhatIf(before, payable(version, exact, currency), parts, (), at_cap(version, exact), True, failed)


def _imagined(position: Position, sale: Sale, product: Product, currency: str) -> Credit:
    """A credit that is never saved, on a day of the period, so that it counts there."""
    day: date = position.period.start
    return Credit(
        kind=sale.kind,
        day=day,
        partner_id=position.profile.id,
        rep_id=position.rep_id,
        product=product,
        quantity=sale.quantity,
        amount=sale.amount,
        share=Decimal(1),
        sign=1,
        position=0,
        currency=currency,
    )
