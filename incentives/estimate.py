"""What a deal that is not made yet would earn: the evaluator of accruals, with lines that nobody stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Customer, Product, Segment
from incentives.accrual.counted import today_of
from incentives.accrual.eligibility import Profile
from incentives.accrual.groups import outcomes
from incentives.accrual.parts import Earned
from incentives.accrual.readings import Key, Readings, read
from incentives.accrual.result import payable
from incentives.accrual.store import Slot
from incentives.accrual.transactions import earnings_of
from incentives.accrual.versions import Rules, for_period, published_rules
from incentives.enums import Payee
from incentives.models import Accrual, Scheme
from incentives.selectors import current_period
from partners.models import Partner, Rep
from performance.enums import Measure
from performance.models import Credit, Kpi
from tenancy.actors import Actor
from tenancy.enums import Permission

ZERO = Decimal(0)
#: Stands for the partner's seller where none is named.
SOMEBODY = -1


@dataclass(frozen=True, slots=True)
class Line:
    """A line of business that may come. ``amount`` is all of ``quantity``; ``segment`` is a code, for a customer not known."""

    product: Product
    quantity: Decimal
    amount: Decimal
    customer: Customer | None = None
    segment: str = ""
    new_customer: bool | None = None
    engagement_model: str = ""
    contribution: str = "sell"
    kind: str = "sale"
    margin: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one scheme would pay more. ``amount`` is money, or pieces of points and benefits; ``payee`` who would get it."""

    scheme: Scheme
    amount: Decimal
    payee: str
    explanation: str


def estimate_rewards(
    actor: Actor,
    partner: Partner,
    lines: Sequence[Line],
    *,
    rep: Rep | None = None,
    on: date | None = None,
) -> list[Estimate]:
    """What ``lines`` on the day ``on`` (today) would earn ``partner`` and its seller, beside what is counted already.

    Rebates count sums, counts and quantities; what a line does to averages and cross-selling is left out. Caps count,
    budgets do not.
    """
    actor.require(Permission.VIEW_SCHEMES)
    day = on or today_of(actor.operator)
    slots = _slots(actor, partner, rep, day)
    readings = read(actor.operator, slots) if slots else None
    found = list(_rebates(slots, readings, lines, day, actor)) if readings else []
    found += _per_transaction(actor, partner, lines, rep, day)
    found = [each for each in found if each.amount]
    return sorted(found, key=lambda each: (-each.amount, each.scheme.code))


def _slots(actor: Actor, partner: Partner, rep: Rep | None, day: date) -> dict[Slot, Rules]:
    found: dict[Slot, Rules] = {}
    for versions in published_rules(actor.operator, "period").values():
        scheme = versions[0].scheme
        period = current_period(actor, scheme.period, day)
        rules = for_period(versions, period)
        if rules is None or (scheme.payee == Payee.REP and rep is None):
            continue
        rep_id = rep.pk if rep and scheme.payee == Payee.REP else None
        found[Slot(rules.version.pk, period.code, partner.pk, rep_id)] = rules
    return found


def _rebates(
    slots: Mapping[Slot, Rules], readings: Readings, lines: Sequence[Line], day: date, actor: Actor
) -> Iterator[Estimate]:
    currency = actor.operator.currency
    before = outcomes(slots, readings)
    _add(slots, readings, lines, day)
    after = outcomes(slots, readings)
    for slot, rules in slots.items():
        now, then = before[slot].wanted, after[slot].wanted
        gain = payable(rules.version, then, currency) - payable(rules.version, now, currency)
        words = _("More in %(period)s, with these lines counted") % {
            "period": readings.period(slot.period).label(_language())
        }
        yield Estimate(rules.scheme, gain, rules.scheme.payee, words)


def _language() -> str:
    from django.utils.translation import get_language

    return (get_language() or "en").split("-")[0]


def _add(slots: Mapping[Slot, Rules], readings: Readings, lines: Sequence[Line], day: date) -> None:
    keys: dict[Key, Kpi] = {}
    for slot, rules in slots.items():
        for name in rules.program.names:
            if name in readings.kpis:
                keys[readings.key(name, slot)] = readings.kpis[name]
    for key, kpi in keys.items():
        profile = readings.profiles[key[2]]
        more = sum((_measured(kpi, line) for line in lines if _matches(kpi, line, profile)), ZERO)
        if more:
            readings.values[key] = readings.values.get(key, ZERO) + more


def _measured(kpi: Kpi, line: Line) -> Decimal:
    new = Decimal(1) if line.new_customer else ZERO
    parts: dict[str, Decimal] = {
        Measure.SUM_AMOUNT: line.amount,
        Measure.SUM_MARGIN: line.margin or ZERO,
        Measure.SUM_QUANTITY: line.quantity,
        Measure.COUNT: Decimal(1),
        Measure.NEW_CUSTOMERS: new,
        Measure.DISTINCT_CUSTOMERS: new,
    }
    return parts.get(kpi.measure, ZERO)


def _matches(kpi: Kpi, line: Line, profile: Profile) -> bool:
    """Whether the line would count for the KPI. A territory counts by its own code only; unknown attributes never."""
    filters: dict[str, Any] = kpi.filters or {}
    facts = _facts(line)
    for key, wanted in filters.items():
        if key in facts and wanted and facts[key] not in wanted:
            return False
        if key == "roles" and wanted and set(wanted).isdisjoint(profile.roles):
            return False
        if key == "attributes" and wanted:
            return False
        if key == "new_customer" and wanted is not None and bool(wanted) != bool(line.new_customer):
            return False
    return True


def _facts(line: Line) -> dict[str, str]:
    customer = line.customer
    segment = customer.segment.code if customer and customer.segment else line.segment
    return {
        "kinds": line.kind,
        "products": line.product.code,
        "families": line.product.family.code,
        "layers": line.product.family.layer,
        "segments": segment,
        "territories": customer.territory.code if customer and customer.territory else "",
        "engagement_models": line.engagement_model,
        "contributions": line.contribution,
    }


def _per_transaction(
    actor: Actor, partner: Partner, lines: Sequence[Line], rep: Rep | None, day: date
) -> Iterator[Estimate]:
    from incentives.accrual.readings import profiles

    schemes = published_rules(actor.operator, "transaction")
    profile = profiles([partner.pk], chain.from_iterable(schemes.values()))[partner.pk]
    segments = {row.code: row for row in Segment.objects.filter(code__in=[line.segment for line in lines])}
    sums: dict[int, tuple[Rules, Earned, Decimal]] = {}
    for line in lines:
        credit = _credit(actor, partner, line, rep, day, segments)
        for rules, earned in earnings_of(actor.operator, schemes, credit, profile):
            before = sums[rules.version.pk][2] if rules.version.pk in sums else ZERO
            sums[rules.version.pk] = (rules, earned, before + earned.exact)
    for rules, earned, exact in sums.values():
        known = Accrual.objects.filter(
            version=rules.version, period=earned.slot.period, partner=partner, rep_id=rep.pk if rep else None
        ).first()
        now = known.exact if known else ZERO
        currency = actor.operator.currency
        gain = payable(rules.version, now + exact, currency) - payable(rules.version, now, currency)
        yield Estimate(rules.scheme, gain, rules.scheme.payee, _when(rules))


def _when(rules: Rules) -> str:
    payments = rules.version.payments or []
    if not payments:
        return _("At once with each transaction")
    words = {"days": payments[-1][0]}
    if rules.version.while_customer:
        return _("Within %(days)s days, if the customer stays") % words
    return _("Within %(days)s days") % words


def _credit(
    actor: Actor,
    partner: Partner,
    line: Line,
    rep: Rep | None,
    day: date,
    segments: Mapping[str, Segment],
) -> Credit:
    customer = line.customer
    if customer is None and line.new_customer:
        customer = Customer(code="", name="", since=day)
    return Credit(
        pk=0,
        kind=line.kind,
        occurred_at=datetime.combine(day, time(12), UTC),
        day=day,
        partner_id=partner.pk,
        rep_id=rep.pk if rep else SOMEBODY,
        product=line.product,
        customer=customer,
        segment=segments.get(line.segment),
        engagement_model=line.engagement_model,
        contribution=line.contribution,
        quantity=line.quantity,
        amount=line.amount,
        margin=line.margin,
        share=Decimal(1),
        currency=actor.operator.currency,
    )
