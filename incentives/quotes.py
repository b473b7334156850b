"""How a deal is priced: the partner's price, the discounts with their reasons, and what the deal would earn.

Rewards are estimated by the engine itself. What pays per transaction sees the deal's lines as if they were sold today; what pays
per period is calculated twice, with the measurements as they are and with the lines added to the KPIs that would count
them, and the difference is what the deal brings.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import translation

from common.periods import period_of
from deals.models import Deal, DealLine
from deals.quotes import Priced, PricedLine, priced_by
from formula import FormulaRuntimeError
from incentives.accrual.eligibility import is_eligible
from incentives.accrual.readings import Readings, profiles, read
from incentives.accrual.result import payable
from incentives.accrual.store import Slot
from incentives.accrual.transactions import earnings_of
from incentives.accrual.versions import Rules, for_period, published_rules
from incentives.discounts import Price, resolve_discounts
from incentives.enums import Payee, SchemeKind
from incentives.models import Scheme
from performance.enums import Measure
from performance.models import Credit, Kpi
from tenancy.actors import Actor
from tenancy.enums import Permission

ZERO = Decimal(0)
#: What a deal brings in money.
_PAID = (SchemeKind.REBATE, SchemeKind.SPIFF, SchemeKind.REFERRAL)


@priced_by
def price_deal(actor: Actor, deal: Deal, lines: list[DealLine], day: date) -> Priced:
    """Prices of the lines and estimated rewards (none for those who may not see accruals).

    A product without a price of its own is priced as the deal values it. Raises ``InputError``.
    """
    priced = []
    for line in lines:
        told = {}
        for language in actor.operator.languages:
            with translation.override(language):
                told[language] = _price(actor, deal, line, day)
        priced.append(_priced(next(iter(told.values())), told, line))
    rewards = estimate_deal(actor, deal, priced, day) if actor.can(Permission.VIEW_ACCRUALS) else []
    return Priced(priced, rewards)


def _price(actor: Actor, deal: Deal, line: DealLine, day: date) -> Price:
    product, own = line.product, None
    if product.partner_price is None and product.list_price is None:
        own = line.amount / line.quantity if line.quantity else line.amount
    return resolve_discounts(
        actor, deal.partner, product, None, line.quantity, deal.engagement_model, day,
        segment=deal.segment.code if deal.segment else "", unit_price=own,
    )  # fmt: skip


def _priced(price: Price, told: dict[str, Price], line: DealLine) -> PricedLine:
    """The line with reasons in every language of the operator; ``told`` is the same price in each."""
    applied = [
        {
            "scheme": each.scheme.code, "names": _names(each.scheme, told), "rate": format(each.rate, "f"),
            "amount": format(each.amount, "f"),
            "reasons": {language: said.applied[place].reason for language, said in told.items()},
        }
        for place, each in enumerate(price.applied)
    ]  # fmt: skip
    refused = [
        {
            "scheme": each.scheme.code, "names": _names(each.scheme, told),
            "reasons": {language: said.refused[place].reason for language, said in told.items()},
        }
        for place, each in enumerate(price.refused)
    ]  # fmt: skip
    return PricedLine(line, price.list_price, price.partner_price, price.net, applied, refused)


def _names(scheme: Scheme, languages: Iterable[str]) -> dict[str, str]:
    return {language: scheme.label(language) for language in languages}


def estimate_deal(actor: Actor, deal: Deal, priced: list[PricedLine], day: date) -> list[dict[str, Any]]:
    """``[{"kind", "scheme", "names", "amount"}]`` of schemes that would pay something for this deal, by amount."""
    credits = [_credit(deal, each, day) for each in priced]
    found = [*_per_transaction(actor, deal, credits), *_per_period(actor, deal, credits, day)]
    return [
        {
            "kind": rules.scheme.kind,
            "scheme": rules.scheme.code,
            "names": _names(rules.scheme, actor.operator.languages),
            "amount": format(amount, "f"),
        }
        for rules, amount in sorted(found, key=lambda pair: (-pair[1], pair[0].scheme.code))
        if amount > 0
    ]


def _credit(deal: Deal, each: PricedLine, day: date) -> Credit:
    """The line as if it were sold on ``day``; never stored."""
    return Credit(
        source="quote", kind="sale", occurred_at=datetime.combine(day, time(12), UTC), day=day, partner=deal.partner,
        rep=deal.rep, product=each.line.product, segment=deal.segment, territory=deal.territory,
        engagement_model=deal.engagement_model, contribution="sell", share=Decimal(1), quantity=each.line.quantity,
        amount=each.net, line_amount=each.net, currency=deal.currency,
    )  # fmt: skip


def _per_transaction(actor: Actor, deal: Deal, credits: list[Credit]) -> Iterator[tuple[Rules, Decimal]]:
    schemes = {
        pk: rules
        for pk, rules in published_rules(actor.operator, "transaction").items()
        if rules[0].scheme.kind in _PAID
    }
    profile = profiles([deal.partner_id])[deal.partner_id]
    sums: dict[int, tuple[Rules, Decimal]] = {}
    for credit in credits:
        for rules, earned in earnings_of(actor.operator, schemes, credit, profile):
            before = sums.get(rules.version.pk, (rules, ZERO))[1]
            sums[rules.version.pk] = (rules, before + earned.exact)
    for rules, exact in sums.values():
        yield rules, payable(rules.version, exact, actor.operator.currency)


def _per_period(
    actor: Actor, deal: Deal, credits: list[Credit], day: date
) -> Iterator[tuple[Rules, Decimal]]:
    operator = actor.operator
    slots: dict[Slot, Rules] = {}
    for versions in published_rules(operator, "period").values():
        kind: Any = versions[0].scheme.period
        period = period_of(day, kind, operator.days, operator.fiscal_start_month)
        rules = for_period(versions, period)
        if (
            rules is None
            or rules.scheme.kind not in _PAID
            or (rules.scheme.payee == Payee.REP and deal.rep is None)
        ):
            continue
        rep_id = deal.rep_id if rules.scheme.payee == Payee.REP else None
        slots[Slot(rules.version.pk, period.code, deal.partner_id, rep_id)] = rules
    readings = read(operator, slots) if slots else None
    for slot, rules in slots.items():
        if readings and is_eligible(rules.version.eligibility, readings.profiles[deal.partner_id]):
            yield rules, _difference(operator.currency, readings, slot, rules, credits)


def _difference(
    currency: str, readings: Readings, slot: Slot, rules: Rules, credits: list[Credit]
) -> Decimal:
    now = readings.inputs(slot, rules)
    more = dict(now.values)
    for name in rules.program.names:
        more[name] = more.get(name, ZERO) + _added(readings.kpis[name], credits)
    try:
        before, after = rules.program.run(now), rules.program.run(replace(now, values=more))
    except FormulaRuntimeError:
        return ZERO
    return payable(rules.version, after, currency) - payable(rules.version, before, currency)


def _added(kpi: Kpi, credits: list[Credit]) -> Decimal:
    """What the lines would add to a KPI that adds up; counts of customers and scores are left as they are."""
    counted = [credit for credit in credits if _counts(kpi.filters, credit)]
    if kpi.measure == Measure.SUM_AMOUNT:
        return sum((credit.amount for credit in counted), ZERO)
    if kpi.measure == Measure.SUM_QUANTITY:
        return sum((credit.quantity for credit in counted), ZERO)
    return Decimal(len(counted)) if kpi.measure == Measure.COUNT else ZERO


def _counts(filters: dict[str, Any], credit: Credit) -> bool:
    """Whether a KPI with these filters would count the line. What a quote cannot know (attributes, sources) does not."""
    if {"attributes", "sources", "new_customer"} & filters.keys() or credit.product is None:
        return False
    facts = {
        "kinds": credit.kind,
        "products": credit.product.code,
        "families": credit.product.family.code,
        "layers": credit.product.family.layer,
        "segments": credit.segment.code if credit.segment else "",
        "engagement_models": credit.engagement_model,
        "contributions": credit.contribution,
    }
    if any(name in filters and value not in filters[name] for name, value in facts.items()):
        return False
    if "roles" in filters and not set(filters["roles"]) & set(credit.partner.roles):
        return False
    return "territories" not in filters or bool(set(filters["territories"]) & _places(credit))


def _places(credit: Credit) -> set[str]:
    from catalog.models import Territory

    path = credit.territory.path if credit.territory else []
    return set(Territory.objects.filter(pk__in=path).values_list("code", flat=True)) if path else set()
