"""Which discounts a partner gets on a line of a quote, why, and why not the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Customer, Product
from common.errors import InputError
from common.money import exponent
from formula import FormulaRuntimeError, Inputs, round_money
from incentives.accrual.counted import today_of
from incentives.accrual.eligibility import PARTNER_KEYS, RATES, Profile, is_eligible
from incentives.accrual.fitting import FACT_OF, line_fits
from incentives.accrual.readings import profiles
from incentives.accrual.versions import Rules, discount_rules, for_day
from incentives.conditions import Names
from incentives.enums import Rounding
from incentives.levels import KEY, PRIORITY, Level, level_of, paid_by
from incentives.models import Scheme
from incentives.stacking import Entry, Stacked, stack
from partners.models import Partner
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Applied:
    """A discount on the whole line. ``rate`` is its share of the partner's price (0.1 is 10 %); ``base`` what it was taken of."""

    scheme: Scheme | Level
    rate: Decimal
    amount: Decimal
    base: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A discount that is not given, and the sentence that says why (in the reader's language)."""

    scheme: Scheme | Level
    reason: str


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a line, all of ``quantity``: by the list, for partners, the discounts, and what is left to pay.

    ``list_price`` is ``None`` where the product has none. ``partner_price`` is the base of discounts.
    """

    product: Product
    quantity: Decimal
    currency: str
    list_price: Decimal | None
    partner_price: Decimal
    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    net: Decimal

    @property
    def discount(self) -> Decimal:
        """All discounts together."""
        return self.partner_price - self.net


@dataclass(frozen=True, slots=True)
class _Line:
    """What eligibility and formulas ask about a line that is not sold yet."""

    facts: Mapping[str, str]
    quantity: Decimal
    base: Decimal
    profile: Profile
    level: Level | None


def resolve_discounts(
    actor: Actor,
    partner: Partner,
    product: Product,
    customer: Customer | None = None,
    quantity: Decimal | int = 1,
    engagement_model: str = "",
    on: date | None = None,
    *,
    segment: str = "",
    new_customer: bool | None = None,
    unit_price: Decimal | None = None,
    contribution: str = "sell",
) -> Price:
    """The price of ``quantity`` of ``product`` for ``partner`` on the day ``on`` (today).

    ``segment`` and ``new_customer`` stand in where the customer is not known to the caller (partners see none).
    ``unit_price`` replaces the partner price of the product. Raises ``InputError`` for a product without any price.
    A partner is not told of discounts that other partners have. The discount level of its tier stands among the discounts.
    """
    actor.require(Permission.VIEW_SCHEMES)
    day, amount = on or today_of(actor.operator), Decimal(quantity)
    if amount <= 0:
        raise InputError("quantity", _("The quantity is above zero."), "quantity")
    each = unit_price if unit_price is not None else _unit_price(product)
    known = discount_rules(actor.operator)
    with office(actor):
        profile = profiles([partner.pk], chain.from_iterable(known.values()))[partner.pk]
    line = _Line(
        _facts(product, customer, engagement_model, segment, new_customer, contribution, day),
        amount,
        each * amount,
        profile,
        level_of(actor, partner),
    )
    fitting, refused = _sorted_out(actor, known.values(), line, day)
    applied, beaten = _stacked(actor, fitting, line)
    net = line.base - sum((one.amount for one in applied), ZERO)
    listed = None if product.list_price is None else product.list_price * amount
    return Price(
        product, amount, actor.operator.currency, listed, line.base, applied, (*beaten, *refused), net
    )


def _unit_price(product: Product) -> Decimal:
    price = product.partner_price if product.partner_price is not None else product.list_price
    if price is None:
        raise InputError("no_price", _("This product has no price."), "product")
    return price


def _facts(
    product: Product,
    customer: Customer | None,
    engagement_model: str,
    segment: str,
    new: bool | None,
    contribution: str,
    day: date,
) -> dict[str, str]:
    known = customer.segment.code if customer and customer.segment else segment
    if new is None:
        new = customer is not None and (customer.since is None or customer.since >= day)
    return {
        "kind": "sale",
        "product": product.code,
        "family": product.family.code,
        "layer": product.family.layer,
        "segment": known,
        "territory": customer.territory.code if customer and customer.territory else "",
        "engagement_model": engagement_model,
        "contribution": contribution,
        "is_new": "yes" if new else "no",
    }


def _sorted_out(
    actor: Actor, known: Iterable[Sequence[Rules]], line: _Line, day: date
) -> tuple[list[Rules], list[Refused]]:
    """Discounts that the line fits, and those that it does not with the first condition that fails."""
    fitting: list[Rules] = []
    unfit: list[tuple[Scheme, Rules | None]] = []
    for versions in known:
        rules = for_day(versions, day)
        eligible = rules is not None and is_eligible(rules.version.eligibility, line.profile)
        if rules is not None and eligible and line_fits(rules.version.eligibility, line.facts):
            fitting.append(rules)
        elif rules is not None and (eligible or not actor.is_partner):
            unfit.append((rules.scheme, rules))
        elif rules is None and not actor.is_partner:
            unfit.append((versions[-1].scheme, None))
    names = Names(rules.version.eligibility for _scheme, rules in unfit if rules)
    return fitting, [Refused(scheme, _missing(rules, line, names)) for scheme, rules in unfit]


def _missing(rules: Rules | None, line: _Line, names: Names) -> str:
    if rules is None:
        return _("It is not in force on this day.")
    eligibility = rules.version.eligibility
    for key in (key for key in PARTNER_KEYS if eligibility.get(key)):
        if not is_eligible({key: eligibility[key]}, line.profile):
            return names.condition(key, eligibility[key], fits=False)
    for key in (key for key in FACT_OF if eligibility.get(key)):
        if line.facts[FACT_OF[key]] not in eligibility[key]:
            return names.condition(key, eligibility[key], fits=False)
    return ""


def _stacked(
    actor: Actor, fitting: Sequence[Rules], line: _Line
) -> tuple[tuple[Applied, ...], tuple[Refused, ...]]:
    by_id = {rules.version.pk: rules for rules in fitting}
    entries = [_entry(rules, line) for rules in fitting]
    applied: list[Applied] = []
    refused: list[Refused] = []
    if line.level is not None:
        paid = paid_by(fitting, lambda rules: _amount(rules, line, ZERO))
        if paid is None:
            entries.append(_level_entry(line.level, line.base))
        else:
            words = {"scheme": paid.scheme.label()}
            refused.append(Refused(line.level, _("“%(scheme)s” already counts it.") % words))

    def source(key: int) -> Scheme | Level:
        return by_id[key].scheme if key in by_id else line.level  # type: ignore[return-value]

    names = Names(rules.version.eligibility for rules in fitting)
    left = line.base
    for each in stack(entries):
        rules = by_id.get(each.key)
        if each.by is not None:
            refused.append(Refused(source(each.key), _beaten(each, source(each.by))))
            continue
        rounding = rules.version.rounding if rules else Rounding.HALF_EVEN
        amount = min(round_money(each.amount, exponent(actor.operator.currency), rounding), left)
        if amount <= 0:
            refused.append(Refused(source(each.key), _("It gives nothing on this line.")))
            continue
        left -= amount
        rate = amount / line.base if line.base else ZERO
        reason = _reason(rules, each, names) if rules else line.level.reason  # type: ignore[union-attr]
        applied.append(Applied(source(each.key), rate, amount, line.base - each.taken, reason))
    return tuple(applied), tuple(refused)


def _entry(rules: Rules, line: _Line) -> Entry[int]:
    version = rules.version
    priority = version.stack_priority or 0
    return Entry(
        version.pk,
        priority,
        version.stack_policy,
        version.stack_counts,
        lambda taken: _amount(rules, line, taken),
    )


def _level_entry(level: Level, base: Decimal) -> Entry[int]:
    return Entry(KEY, PRIORITY, level.policy, True, lambda taken: (base - taken) * level.share)


def _amount(rules: Rules, line: _Line, taken: Decimal) -> Decimal:
    """What the formula gives with ``taken`` off the amount, at most the version's cap; nothing where it has no value."""
    known: dict[str, Any] = {
        **line.facts,
        "amount": line.base - taken,
        "margin": ZERO,
        "quantity": line.quantity,
        "share": Decimal(1),
        "new_customer": line.facts["is_new"] == "yes",
        "tier": line.profile.tier,
        "role": line.profile.roles[0] if line.profile.roles else "",
    }
    known |= {name: line.profile.rate(name) for name in RATES if name in rules.program.context}
    try:
        result: Decimal = rules.program.run(
            Inputs(context={name: known[name] for name in rules.program.context})
        )
    except FormulaRuntimeError:
        return ZERO
    cap = rules.version.cap
    return max(result if cap is None else min(result, cap), ZERO)


def _beaten(stacked: Stacked[int], by: Scheme | Level) -> str:
    words = {"scheme": by.label()}
    if stacked.reason == "excluded":
        return _("“%(scheme)s” excludes all others.") % words
    return _("“%(scheme)s” gives more.") % words


def _reason(rules: Rules, stacked: Stacked[int], names: Names) -> str:
    eligibility = rules.version.eligibility
    words = [names.condition(key, values, fits=True) for key, values in eligibility.items() if values]
    if stacked.reason == "net":
        words.append(_("taken of what earlier discounts left"))
    return " · ".join(words) or _("for every partner")
