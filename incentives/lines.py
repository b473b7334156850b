"""How the lines of a transaction scheme stand: counted, waiting for their day, lost with the customer, cut by the budget."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from incentives.accrual.counted import counted_lines, today_of
from incentives.explain import Cut, cuts_of
from incentives.models import Accrual, AccrualLine, BudgetCut
from incentives.selectors import lines_of
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Standing:
    """``state``: counted, waiting (until ``release_on``), lost, or budget (``granted`` of it is paid)."""

    state: str
    earned: Decimal
    granted: Decimal
    release_on: date | None
    cuts: tuple[Cut, ...]


def standings(actor: Actor, lines: Iterable[AccrualLine]) -> dict[int, Standing]:
    """By line id. Two queries where the version pays later or has a ceiling, else none."""
    listed = list(lines)
    if not listed:
        return {}
    version, today = listed[0].version, today_of(actor.operator)
    ids = [line.pk for line in listed]
    counted = set(ids)
    if version.payments:
        counted = set(counted_lines([version], today).filter(pk__in=ids).values_list("pk", flat=True))
    cut: dict[int, Decimal] = {}
    if version.budget is not None:
        found = BudgetCut.objects.filter(version=version, line_id__in=ids)
        cut = dict(found.values_list("line_id", "granted"))
    return {line.pk: _standing(line, today, line.pk in counted, cut.get(line.pk)) for line in listed}


def _standing(line: AccrualLine, today: date, counted: bool, granted: Decimal | None) -> Standing:
    release = line.release_on
    waiting = release is not None and release > today
    state = "waiting" if waiting else "counted" if counted else "lost"
    paid = line.exact if state == "counted" else Decimal(0)
    if state == "counted" and granted is not None:
        state, paid = "budget", granted
    return Standing(state, line.exact, paid, release, cuts_of(line.cuts))


def counted_total(actor: Actor, accrual: Accrual) -> Decimal:
    """The exact sum of an accrual's lines that count today."""
    counted = counted_lines([accrual.version], today_of(actor.operator)).values("pk")
    lines = lines_of(actor, accrual).filter(pk__in=counted)
    total: Decimal | None = lines.order_by().aggregate(total=Sum("exact"))["total"]
    return total or Decimal(0)
