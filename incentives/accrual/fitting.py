"""Which credits may earn under a version: as the evaluation decides it, and as much of it as the database can tell."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from incentives.accrual.eligibility import LINE_KEYS, Profile, is_eligible
from incentives.accrual.seen import is_new, line_facts
from incentives.accrual.versions import Rules
from incentives.enums import Payee
from performance.enums import LATE_CHURN, LineKind
from performance.models import Credit
from tenancy.models import Operator

FACT_OF = dict(
    zip(
        LINE_KEYS,
        ("kind", "product", "family", "layer", "segment", "engagement_model", "contribution", "is_new"),
        strict=True,
    )
)
#: Key of eligibility -> where a credit has it. Segments and new customers are left to the evaluation.
_COLUMNS = {
    "kinds": "kind",
    "products": "product__code",
    "families": "product__family__code",
    "product_layers": "product__family__layer",
    "engagement_models": "engagement_model",
    "contributions": "contribution",
}


def fits(operator: Operator, rules: Rules, credit: Credit, profile: Profile) -> bool:
    """Whether ``credit`` may earn (or take back) under these rules."""
    if (credit.attributes or {}).get(LATE_CHURN):
        return False
    if rules.scheme.payee == Payee.REP and credit.rep_id is None:
        return False
    eligibility = rules.version.eligibility
    if not is_eligible(eligibility, profile):
        return False
    if credit.source == "sharik" and not eligibility.get("kinds"):
        return False  # What the product itself reports (a won deal) is no sale: a scheme has to ask for it.
    return line_fits(eligibility, line_facts(credit, new=is_new(operator, rules, credit)))


def line_fits(eligibility: Mapping[str, Any], facts: Mapping[str, str]) -> bool:
    """Whether the transaction fits every list that is given."""
    return all(not eligibility.get(key) or facts[FACT_OF[key]] in eligibility[key] for key in LINE_KEYS)


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
