"""How a deal is priced: the partner's price, the discounts with their reasons, and what the deal would earn."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import translation

from deals.models import Deal, DealLine
from deals.quotes import Priced, PricedLine, priced_by
from incentives.discounts import Price, resolve_discounts
from incentives.enums import SchemeKind
from incentives.estimate import Line, estimate_rewards
from incentives.levels import NAME, Level
from incentives.models import Scheme
from tenancy.actors import Actor
from tenancy.enums import Permission

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
            **_source(each.scheme, told), "rate": format(each.rate, "f"), "amount": format(each.amount, "f"),
            "reasons": {language: said.applied[place].reason for language, said in told.items()},
        }
        for place, each in enumerate(price.applied)
    ]  # fmt: skip
    refused = [
        {
            **_source(each.scheme, told),
            "reasons": {language: said.refused[place].reason for language, said in told.items()},
        }
        for place, each in enumerate(price.refused)
    ]  # fmt: skip
    return PricedLine(line, price.list_price, price.partner_price, price.net, applied, refused)


def _source(source: Scheme | Level, languages: Iterable[str]) -> dict[str, Any]:
    """Where a discount comes from: the code of a scheme, or the kind of benefit that a tier gives."""
    names = {language: source.label(language) for language in languages}
    if isinstance(source, Level):
        return {"scheme": None, "benefit": NAME, "names": names}
    return {"scheme": source.code, "names": names}


def _names(scheme: Scheme, languages: Iterable[str]) -> dict[str, str]:
    return {language: scheme.label(language) for language in languages}


def estimate_deal(actor: Actor, deal: Deal, priced: list[PricedLine], day: date) -> list[dict[str, Any]]:
    """``[{"kind", "scheme", "names", "amount"}]`` of schemes that would pay money for this deal, the largest first."""
    lines = [
        Line(
            each.line.product, each.line.quantity, each.net, segment=deal.segment.code if deal.segment else "",
            engagement_model=deal.engagement_model,
        )
        for each in priced
    ]  # fmt: skip
    return [
        {
            "kind": each.scheme.kind,
            "scheme": each.scheme.code,
            "names": _names(each.scheme, actor.operator.languages),
            "amount": format(each.amount, "f"),
        }
        for each in estimate_rewards(actor, deal.partner, lines, rep=deal.rep, on=day)
        if each.scheme.kind in _PAID and each.amount > 0
    ]
