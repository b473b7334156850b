"""What a version says beside its formula: budget, stacking, payments. Checked when a draft is written and again at publishing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from common.periods import period_of
from incentives.accrual.ceilings import has_ceiling
from incentives.enums import Ceiling, Payee, SchemeKind
from incentives.models import BudgetUse, Scheme, SchemeVersion
from programs.enums import BenefitKind
from tenancy.models import Operator

#: Benefits of tiers that can be granted in pieces. Ticket times only become better as their number falls.
GRANTED = [kind for kind in BenefitKind if kind != BenefitKind.SLA_FACTOR]
#: All discounts meet at a quote.
DISCOUNTS = "discounts"
MOST_PAYMENTS, MOST_DAYS, STEP = 24, 3660, 10


def clean_terms(scheme: Scheme, version: SchemeVersion) -> None:
    """Put the terms of a draft in order; raises ``InputError`` at the field that does not fit the kind of scheme."""
    if scheme.kind in (SchemeKind.DISCOUNT, SchemeKind.MDF) and scheme.payee != Payee.PARTNER:
        raise InputError("payee", _("Only a company can earn this."), "payee")
    if scheme.kind == SchemeKind.DISCOUNT and version.budget is not None:
        raise InputError("budget", _("A discount is given at the quote and has no budget."), "budget")
    if version.at_ceiling != Ceiling.WATCH and version.budget is None:
        raise InputError("budget", _("Say how much the budget is."), "budget")
    version.warn_at = _levels(version.warn_at or [])
    version.payments = _payments(scheme, version.payments or [])
    if version.while_customer and not version.payments:
        raise InputError(
            "payments", _("Say after how many days the customer must still be there."), "payments"
        )
    if version.valid_days is not None and scheme.kind != SchemeKind.BENEFIT:
        raise InputError("valid_days", _("Only benefits expire."), "valid_days")
    if version.benefit and scheme.kind != SchemeKind.BENEFIT:
        raise InputError("benefit", _("Only a scheme of benefits grants one."), "benefit")
    if version.benefit and version.benefit not in GRANTED:
        raise InputError("unknown_choice", _("This value is not valid."), "benefit")
    _stacking(scheme, version)


def _levels(levels: Sequence[Any]) -> list[int]:
    if not all(isinstance(level, int) and 0 < level <= 100 for level in levels):
        raise InputError("warn_at", _("Warning levels are whole numbers from 1 to 100."), "warn_at")
    return sorted(set(levels))


def _payments(scheme: Scheme, payments: Sequence[Any]) -> list[list[Any]]:
    """[days, percent as text], later ones after earlier ones, 100 % together."""
    if not payments:
        return []
    if scheme.scope != "transaction" or scheme.kind == SchemeKind.DISCOUNT:
        raise InputError("payments", _("Only what pays per transaction can pay later."), "payments")
    try:
        found = [(int(days), Decimal(str(percent))) for days, percent in payments]
    except (TypeError, ValueError, InvalidOperation) as error:
        raise InputError("payments", _("Each payment has days and a percentage."), "payments") from error
    days = [each[0] for each in found]
    if len(found) > MOST_PAYMENTS or days != sorted(set(days)) or not 0 <= days[0] <= days[-1] <= MOST_DAYS:
        raise InputError("payments", _("Each payment is due later than the one before."), "payments")
    shares = [each[1] for each in found]
    if not all(share.is_finite() and 0 < share <= 100 for share in shares) or sum(shares) != 100:
        raise InputError("payments", _("The payments are one hundred percent together."), "payments")
    return [[day, f"{share:f}"] for day, share in found]


def _stacking(scheme: Scheme, version: SchemeVersion) -> None:
    if scheme.kind == SchemeKind.DISCOUNT:
        version.stack_group = DISCOUNTS
        if version.stack_priority is None:
            version.stack_priority = _next_priority(scheme)
    elif version.stack_group == DISCOUNTS:
        raise InputError("stack_group", _("This group is that of discounts."), "stack_group")
    if version.stack_group and version.stack_priority is None:
        raise InputError("stack_priority", _("Give the scheme its place in the order."), "stack_priority")
    if not version.stack_group:
        version.stack_priority = None


def _next_priority(scheme: Scheme) -> int:
    others = SchemeVersion.objects.filter(stack_group=DISCOUNTS)
    if scheme.pk:
        others = others.exclude(scheme_id=scheme.pk)
    highest: int | None = others.aggregate(most=Max("stack_priority"))["most"]
    return (highest or 0) + STEP


def check_stacking(operator: Operator, version: SchemeVersion, today: date) -> None:
    """Before publishing: nobody else in the group has the same priority, and nothing that was counted changes.

    A scheme that joins others cannot reach back: what they paid is known already. Quotes of the past stay as they are.
    """
    if not version.stack_group:
        return
    others = _current_members(version)
    if any(other.stack_priority == version.stack_priority for other in others):
        raise InputError(
            "priority_taken", _("Another scheme of the group has this priority."), "stack_priority"
        )
    scheme = version.scheme
    if not others or scheme.kind == SchemeKind.DISCOUNT:
        return
    if any(other.scheme.scope != scheme.scope for other in others):
        raise InputError(
            "stack_group", _("Rebates stack with rebates only, other schemes with others."), "stack_group"
        )
    if scheme.scope == "transaction" and version.starts <= today:
        raise InputError(
            "too_early", _("What joins a stacking group starts tomorrow at the earliest."), "starts"
        )
    running = period_of(today, scheme.period, operator.days, operator.fiscal_start_month)  # type: ignore[arg-type]
    if scheme.scope == "period" and version.starts < running.start:
        raise InputError(
            "too_early", _("What joins a stacking group cannot start before the running period."), "starts"
        )


def _current_members(version: SchemeVersion) -> list[SchemeVersion]:
    """The newest published version of each other scheme in the group that is not over when ``version`` starts."""
    published = SchemeVersion.objects.filter(published_at__isnull=False, scheme__active=True)
    newest: dict[int, SchemeVersion] = {}
    for other in published.exclude(scheme_id=version.scheme_id).select_related("scheme").order_by("number"):
        newest[other.scheme_id] = other
    return [
        other
        for other in newest.values()
        if other.stack_group == version.stack_group and (other.ends is None or other.ends >= version.starts)
    ]


def open_budget(version: SchemeVersion) -> None:
    """The row that a published version's ceiling is watched with."""
    if has_ceiling(version):
        BudgetUse.objects.get_or_create(version=version)
