"""What rules see of one transaction: its codes and figures, and which way it counts."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from common.periods import period_of
from formula import Inputs
from incentives.accrual.eligibility import RATES, Profile
from incentives.accrual.versions import Rules
from performance.models import Credit
from tenancy.models import Operator

#: Up to this many credits are read with all that they name in one go.
FEW = 200
_READ = ("product__family", "segment", "customer__segment", "territory")
ZERO = Decimal(0)


def credits_with_codes(ids: Collection[int]) -> QuerySet[Credit]:
    """Credits with everything that a transaction formula may ask for.

    Few of them come with one question; of many, each product, customer and place is read once.
    """
    found = Credit.objects.filter(pk__in=list(ids)).order_by("pk")
    if len(ids) > FEW:
        return found.prefetch_related(*_READ)
    return found.select_related(*_READ)


def line_inputs(
    operator: Operator, rules: Rules, credit: Credit, profile: Profile, taken: Decimal = ZERO
) -> Inputs:
    """What the formula sees of ``credit`` with ``taken`` off its amount; of one that takes something back what it takes back."""
    new = is_new(operator, rules, credit)
    known: dict[str, Any] = {
        **line_facts(credit, new=new),
        **_figures(credit, taken),
        "new_customer": new,
        "tier": profile.tier,
        "role": profile.roles[0] if profile.roles else "",
    }
    wanted = rules.program.context
    known |= {name: profile.rate(name) for name in RATES if name in wanted}
    return Inputs(context={name: known[name] for name in wanted})


def inputs_then(rules: Rules, credit: Credit, stored: dict[str, Any], taken: Decimal = ZERO) -> Inputs:
    """What the formula saw of what ``credit`` takes back, with the figures of ``credit`` itself."""
    context = dict(rules.program.read_inputs(stored).context)
    own = {name: value for name, value in _figures(credit, taken).items() if name in context}
    return Inputs(context=context | own)


def _figures(credit: Credit, taken: Decimal) -> dict[str, Decimal]:
    back = sign_of(credit)
    return {
        "amount": credit.amount * back - taken,
        "margin": (credit.margin or ZERO) * back,
        "quantity": credit.quantity * back,
        "share": credit.share,
    }


def is_new(operator: Operator, rules: Rules, credit: Credit) -> bool:
    """Whether the customer is known since the period that the credit counts in."""
    since = credit.customer.since if credit.customer else None
    if since is None:
        return False
    period = period_of(credit.day, rules.scheme.period, operator.days, operator.fiscal_start_month)  # type: ignore[arg-type]
    return period.contains(since)


def line_facts(credit: Credit, *, new: bool = False) -> dict[str, str]:
    """The codes of a credit as formulas and eligibility see them."""
    segment = credit.segment or (credit.customer.segment if credit.customer else None)
    return {
        "kind": credit.kind,
        "product": credit.product.code if credit.product else "",
        "family": credit.product.family.code if credit.product else "",
        "layer": credit.product.family.layer if credit.product else "",
        "segment": segment.code if segment else "",
        "territory": credit.territory.code if credit.territory else "",
        "engagement_model": credit.engagement_model,
        "contribution": credit.contribution,
        "is_new": "yes" if new else "no",
    }


def sign_of(credit: Credit) -> int:
    """-1 for a row that takes something back: it earns the negative of what that would have."""
    return -1 if is_taken_back(credit) else 1


def is_taken_back(credit: Credit) -> bool:
    """Whether the row takes back (part of) an earlier one."""
    return takes_back(credit.sign, credit.position, credit.amount)


def takes_back(sign: int, position: int, amount: Decimal) -> bool:
    """The same of the numbers alone."""
    return sign < 0 or position < 0 or (sign == 0 and amount < 0)
