"""Which credits may earn something, as the database can tell: the others need not be read."""

from collections.abc import Iterable

from django.db.models import Q

from incentives.accrual.versions import Rules
from incentives.enums import Payee
from performance.enums import LineKind

#: Key of eligibility -> where a credit has it. Segments and new customers are left to the evaluation.
_COLUMNS = {
    "kinds": "kind",
    "products": "product__code",
    "families": "product__family__code",
    "product_layers": "product__family__layer",
    "engagement_models": "engagement_model",
    "contributions": "contribution",
}


def may_matter(rules: Iterable[Rules]) -> Q:
    """Credits that may earn under some of ``rules``, that take something back, or with which a customer leaves."""
    found = Q(position__lt=0) | ~Q(reverses="") | Q(kind=LineKind.CHURN)
    for each in rules:
        found |= _may_earn(each)
    return found


def _may_earn(rules: Rules) -> Q:
    eligibility = rules.version.eligibility
    wanted = Q(pk__isnull=False)
    for key, column in _COLUMNS.items():
        if eligibility.get(key):
            wanted &= Q(**{f"{column}__in": eligibility[key]})
    if not eligibility.get("kinds"):
        wanted &= ~Q(source="sharik")
    if rules.scheme.payee == Payee.REP:
        wanted &= Q(rep__isnull=False)
    return wanted
