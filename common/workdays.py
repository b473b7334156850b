"""Working time: days and hours that an operator works, and adding to or counting them. Pure.

Days are local days of the operator's zone; moments are aware. A date deadline ends at 24:00 local time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

#: Days to look ahead; stops a calendar that never works.
HORIZON = 20_000


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """``weekend``: ISO weekday numbers; ``holidays``: further free days; ``opens`` and ``closes``: local hours."""

    zone: ZoneInfo
    weekend: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()
    opens: time = time(8)
    closes: time = time(16)

    def works_on(self, day: date) -> bool:
        """Whether ``day`` is a working day."""
        return day.isoweekday() not in self.weekend and day not in self.holidays

    def today(self, now: datetime) -> date:
        """The operator's day at ``now``."""
        return now.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """24:00 of ``day``, in UTC."""
        return self._at(day + timedelta(days=1), time(0))

    def add_days(self, day: date, days: int) -> date:
        """The ``days``-th working day after ``day`` (0: ``day`` itself, or the next working day where it is free)."""
        first = day if days == 0 else day + timedelta(days=1)
        return next(islice(self._working_days(first), max(days - 1, 0), None))

    def due_after(self, now: datetime, days: int) -> datetime:
        """The end of the ``days``-th working day after ``now``."""
        return self.end_of(self.add_days(self.today(now), days))

    def add_hours(self, now: datetime, hours: float) -> datetime:
        """``hours`` of working time after ``now``."""
        left = timedelta(hours=hours)
        start = now.astimezone(UTC)
        for opens, closes in self._shifts(self.today(now)):
            begin = max(opens, start)
            if begin < closes:
                if begin + left <= closes:
                    return begin + left
                left -= closes - begin
        raise ValueError("This calendar never works.")

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two moments."""
        total = timedelta(0)
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        for opens, closes in self._shifts(self.today(start)):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta(0))
        return total

    def _shifts(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for each in self._working_days(day):
            yield self._at(each, self.opens), self._at(each, self.closes)

    def _working_days(self, day: date) -> Iterator[date]:
        for offset in range(HORIZON):
            each = day + timedelta(days=offset)
            if self.works_on(each):
                yield each

    def _at(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self.zone).astimezone(UTC)
