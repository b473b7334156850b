"""The operator's days with the codes of their periods: filled as lines and customers need them."""

from datetime import date, timedelta
from itertools import groupby

from django.db import connection

from common.periods import DayCodes, day_table
from performance.models import Day
from tenancy.actors import Actor

_INSERT = """
insert into performance_day (operator_id, day, month, quarter, half, year)
select %(op)s, * from unnest(%(days)s::date[], %(months)s::text[], %(quarters)s::text[], %(halves)s::text[], %(years)s::text[])
on conflict (operator_id, day) do nothing
"""


def ensure_days(actor: Actor, first: date, last: date) -> None:
    """Fill ``performance_day`` for ``first`` to ``last`` (both included), as far as the operator's calendar reaches."""
    calendar = actor.operator.days
    first, last = max(first, calendar.first_day), min(last, calendar.last_day)
    if first > last:
        return
    known = Day.objects.filter(day__gte=first, day__lte=last).count()
    if known < (last - first).days + 1:
        _insert(actor, list(day_table(first, last + timedelta(days=1), calendar, _fiscal_start(actor))))


def ensure_some(actor: Actor, days: list[date]) -> None:
    """Fill the months around these days, and nothing between them: one line may be decades old."""
    for (year, month), _ in groupby(sorted(days), key=lambda day: (day.year, day.month)):
        following = date(year + month // 12, month % 12 + 1, 1)
        ensure_days(actor, date(year, month, 1), following - timedelta(days=1))


def _fiscal_start(actor: Actor) -> int:
    return int(actor.operator.fiscal_start_month)


def _insert(actor: Actor, rows: list[DayCodes]) -> None:
    columns = list(zip(*rows, strict=True))
    with connection.cursor() as cursor:
        names = ("days", "months", "quarters", "halves", "years")
        values = {name: list(column) for name, column in zip(names, columns, strict=True)}
        cursor.execute(_INSERT, {"op": actor.operator.pk, **values})
