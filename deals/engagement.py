"""Rules of engagement: who leads a kind of sale, and what a conflict with direct sales does there."""

from collections.abc import Collection
from dataclasses import dataclass

from catalog.models import Family, Product, Segment
from deals.enums import Decision, Leads, LineState
from deals.models import Deal, DealLine, EngagementRule


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a deal. ``text`` names the rule by the codes that it is about; empty for the house rule."""

    leads: str
    on_conflict: str
    text: str = ""


_BETWEEN = " / "
#: Where the operator wrote no rule.
HOUSE = Rule(Leads.PARTNER, Decision.CO_SELL)


def rule_for(deal: Deal, families: Collection[int] = ()) -> Rule:
    """The most exact active rule for the deal's segment and products: product before family before segment."""
    lines = DealLine.objects.filter(deal=deal).exclude(state=LineState.REFUSED).select_related("product")
    shown = [line.product for line in lines if not families or line.product.family_id in families]
    products, groups = {each.pk for each in shown}, {each.family_id for each in shown}
    rules = EngagementRule.objects.filter(active=True).select_related("segment", "family", "product")
    fitting = [
        rule
        for rule in rules
        if rule.segment_id in (None, deal.segment_id)
        and (rule.product_id is None or rule.product_id in products)
        and (rule.family_id is None or rule.family_id in groups)
    ]
    best = max(fitting, key=_exactness, default=None)
    return HOUSE if best is None else Rule(best.leads, best.on_conflict, text_of(best))


def _exactness(rule: EngagementRule) -> tuple[bool, bool, bool, int]:
    return (
        rule.product_id is not None,
        rule.family_id is not None,
        rule.segment_id is not None,
        -rule.pk,
    )


def names_of(text: str) -> str:
    """What ``Rule.text`` names, in the reader's language; a code that is gone stands for itself."""
    codes = text.split(_BETWEEN)
    names: dict[str, str] = {}
    for model in (Product, Family, Segment):
        names |= {row.code: row.label() for row in model.objects.filter(code__in=codes)}
    return _BETWEEN.join(names.get(code, code) for code in codes)


def text_of(rule: EngagementRule) -> str:
    parts = [each.code for each in (rule.segment, rule.family, rule.product) if each is not None]
    return _BETWEEN.join(parts) or "*"
