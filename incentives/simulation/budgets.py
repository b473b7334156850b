"""A budget's ceiling over everybody of a simulation: given out once all of them are evaluated, as for accruals."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from incentives.accrual.ceilings import has_ceiling, rounded_within
from incentives.accrual.claims import Line, line_claims, period_claims
from incentives.accrual.limits import ZERO
from incentives.accrual.store import batched
from incentives.accrual.versions import Rules
from incentives.budget import Claim, first_come, pro_rata
from incentives.enums import Ceiling
from incentives.models import SimulatedAmount, Simulation
from performance.models import Credit
from tenancy.models import Operator

CHUNK = 2000


class _Row(NamedTuple):
    """A simulated amount on one side."""

    pk: int
    period: str
    partner_id: int
    rep_id: int | None
    wanted: Decimal
    claims: list[tuple[int, str]]


def first_come_first_served(rules: Rules) -> bool:
    """Whether the budget of these rules goes to single transactions in their order."""
    by_share = rules.version.at_ceiling == Ceiling.PRO_RATA
    return rules.scheme.scope == "transaction" and has_ceiling(rules.version) and not by_share


def share_out(operator: Operator, job: Simulation, rules: Rules, baseline: Rules | None) -> None:
    """Give out the budgets of both sides over all periods; what is left of the claims is not needed any more."""
    for side, each in (("rules", rules), ("before", baseline)):
        if each is not None and has_ceiling(each.version):
            _share_out(operator, job, side, each)
    SimulatedAmount.objects.filter(simulation=job).exclude(claims={}).update(claims={})


def _share_out(operator: Operator, job: Simulation, side: str, rules: Rules) -> None:
    amounts = list(SimulatedAmount.objects.filter(simulation=job).order_by("pk"))
    rows = [_row(each, side) for each in amounts]
    ceiling = rules.version.budget or ZERO
    if sum((row.wanted for row in rows), ZERO) <= ceiling:
        return
    granted = _granted(operator, rules, rows, ceiling)
    rounded = rounded_within(rules.version, granted, ceiling, operator.currency)
    for each, row in zip(amounts, rows, strict=True):
        if side == "rules":
            each.amount, each.over = rounded[row.pk], max(row.wanted - granted[row.pk], ZERO)
        else:
            each.before = rounded[row.pk]
    fields = ["amount", "over"] if side == "rules" else ["before"]
    SimulatedAmount.objects.bulk_update(amounts, fields, batch_size=CHUNK)


def _row(each: SimulatedAmount, side: str) -> _Row:
    wanted = each.wanted if side == "rules" else each.wanted_before
    return _Row(each.pk, each.period, each.partner_id, each.rep_id, wanted, each.claims.get(side, []))


def _granted(operator: Operator, rules: Rules, rows: Sequence[_Row], ceiling: Decimal) -> dict[int, Decimal]:
    if rules.version.at_ceiling == Ceiling.PRO_RATA:
        return pro_rata([Claim(row.pk, (), row.wanted) for row in rows], ceiling)
    if rules.scheme.scope == "period":
        return first_come(period_claims(operator, rows), ceiling)
    return _by_lines(rules, rows, ceiling)


def _by_lines(rules: Rules, rows: Sequence[_Row], ceiling: Decimal) -> dict[int, Decimal]:
    """Transactions in the order in which they happened."""
    at = {(row.period, row.partner_id, row.rep_id): row.pk for row in rows}
    lines = sorted(_lines(rows), key=lambda line: line.order)
    granted = first_come(line_claims(rules.version, lines), ceiling)
    sums = dict.fromkeys(at.values(), ZERO)
    for line in lines:
        sums[at[line.slot]] += granted[line.pk]
    return sums


def _lines(rows: Sequence[_Row]) -> list[Line]:
    claims = [(row, int(pk), Decimal(exact)) for row in rows for pk, exact in row.claims]
    found: list[Line] = []
    for batch in batched(claims, CHUNK):
        credits = Credit.objects.in_bulk({pk for _row, pk, _exact in batch})
        for row, pk, exact in batch:
            credit = credits[pk]
            where = (len(found), row.period, row.partner_id, row.rep_id, exact, 0, pk)
            told = (credit.occurred_at, credit.source, credit.external_id, credit.reverses)
            found.append(Line(*where, *told))
    return found
