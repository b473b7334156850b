"""What a finished simulation says: cost, who wins and loses, per tier, role and period, distribution, budget.

Everything is a text or a whole number, so that it is kept as JSON without losing a digit.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from incentives.accrual.limits import text
from incentives.models import SimulatedAmount, Simulation
from incentives.simulation.rules import budget_of
from partners.models import Partner

BARS = 8
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """The sum over all periods of one beneficiary."""

    partner_id: int
    amount: Decimal
    before: Decimal

    @property
    def change(self) -> Decimal:
        return self.amount - self.before


def per_beneficiary(job: Simulation) -> QuerySet[SimulatedAmount, dict[str, Any]]:
    """Sums over the periods: ``partner_id, rep_id, amount_sum, before_sum``."""
    rows = SimulatedAmount.objects.filter(simulation=job).order_by()
    grouped = rows.values("partner_id", "rep_id")
    found: QuerySet[SimulatedAmount, dict[str, Any]] = grouped.annotate(
        amount_sum=Sum("amount"), before_sum=Sum("before")
    )
    return found


def summarise(job: Simulation) -> dict[str, Any]:
    """The shape of ``Simulation.summary``."""
    sums = [
        Beneficiary(row["partner_id"], row["amount_sum"], row["before_sum"]) for row in per_beneficiary(job)
    ]
    rows = SimulatedAmount.objects.filter(simulation=job)
    facts = rows.aggregate(
        taken=Sum("cut"),
        capped=Count("pk", filter=Q(cut__gt=0)),
        wrong=Count("pk", filter=Q(failed=True)),
    )
    tiers, roles = _profiles({each.partner_id for each in sums})
    total = sum((each.amount for each in sums), ZERO)
    return {
        **_totals(sums),
        "winners": _group([each for each in sums if each.change > 0]),
        "losers": _group([each for each in sums if each.change < 0]),
        "same": sum(each.change == 0 for each in sums),
        "failed": facts["wrong"],
        "capped": facts["capped"],
        "cut": text(facts["taken"] or ZERO),
        "by_tier": _by(sums, lambda each: tiers.get(each.partner_id, "")),
        "by_role": _by(sums, lambda each: roles.get(each.partner_id, "")),
        "by_period": _by_period(job, rows),
        "distribution": distribution([each.amount for each in sums]),
        "budget": _budget(job, rows, total),
    }


def _totals(sums: Sequence[Beneficiary]) -> dict[str, Any]:
    return {
        "total": text(sum((each.amount for each in sums), ZERO)),
        "before": text(sum((each.before for each in sums), ZERO)),
        "beneficiaries": len(sums),
        "earning": sum(each.amount > 0 for each in sums),
    }


def _group(sums: Sequence[Beneficiary]) -> dict[str, Any]:
    return {"count": len(sums), "amount": text(sum((each.change for each in sums), ZERO))}


def _profiles(partner_ids: Iterable[int]) -> tuple[dict[int, str], dict[int, str]]:
    """Tier and first role by partner id."""
    rows = list(Partner.objects.filter(pk__in=list(partner_ids)).values_list("pk", "tier", "roles"))
    return {pk: tier for pk, tier, _ in rows}, {pk: roles[0] if roles else "" for pk, _, roles in rows}


def _by(sums: Sequence[Beneficiary], key: Callable[[Beneficiary], str]) -> list[dict[str, Any]]:
    groups: dict[str, list[Beneficiary]] = defaultdict(list)
    for each in sums:
        groups[key(each)].append(each)
    found = [{"key": name, **_totals(members)} for name, members in groups.items()]
    return sorted(found, key=lambda group: (-Decimal(group["total"]), group["key"]))


def _by_period(job: Simulation, rows: QuerySet[SimulatedAmount]) -> list[dict[str, Any]]:
    grouped = rows.order_by().values("period")
    sums = {
        row["period"]: row
        for row in grouped.annotate(
            total=Sum("amount"), before_sum=Sum("before"), n=Count("pk", filter=Q(amount__gt=0))
        )
    }
    none = {"total": ZERO, "before_sum": ZERO, "n": 0}
    return [
        {
            "key": code,
            "total": text(sums.get(code, none)["total"]),
            "before": text(sums.get(code, none)["before_sum"]),
            "earning": sums.get(code, none)["n"],
        }
        for code in job.periods
    ]


def _budget(job: Simulation, rows: QuerySet[SimulatedAmount], total: Decimal) -> dict[str, Any] | None:
    """How far the budget goes when the periods come in their order; ``reached_in`` is the one in which it ends."""
    budget = budget_of(job)
    if budget is None:
        return None
    used, reached = ZERO, ""
    for period in _by_period(job, rows):
        used += Decimal(period["total"])
        if used > budget and not reached:
            reached = period["key"]
    return {
        "amount": text(budget),
        "share": text((total / budget).quantize(Decimal("0.0001"))) if budget else None,
        "over": text(max(total - budget, ZERO)),
        "reached_in": reached,
    }


def distribution(amounts: Sequence[Decimal]) -> dict[str, Any]:
    """Smallest, quartiles, largest, and how many lie in each of up to eight steps of a round width."""
    ordered = sorted(amounts)
    if not ordered:
        return {"quartiles": [], "bars": []}
    last = len(ordered) - 1
    quartiles = [text(ordered[last * part // 4]) for part in range(5)]
    return {"quartiles": quartiles, "bars": _bars(ordered)}


def _bars(ordered: Sequence[Decimal]) -> list[dict[str, Any]]:
    low, high = min(ordered[0], ZERO), ordered[-1]
    width = round_width((high - low) / BARS)
    start = (low / width).to_integral_value("ROUND_FLOOR") * width
    bars = []
    while start <= high:
        count = sum(start <= amount < start + width for amount in ordered)
        bars.append({"from": text(start), "to": text(start + width), "count": count})
        start += width
    return bars


def round_width(least: Decimal) -> Decimal:
    """The next of 1, 2, 5, 10, ... that is not below ``least``."""
    if least <= 0:
        return Decimal(1)
    power = Decimal(10) ** (least.adjusted())
    step = (least / power).to_integral_value(ROUND_CEILING)
    return next(factor for factor in (1, 2, 5, 10) if factor >= step) * power
