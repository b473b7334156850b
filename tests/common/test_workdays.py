"""Working time against plain counting, with the week-ends and zones that operators have."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.workdays import WorkCalendar

TEHRAN = WorkCalendar(
    ZoneInfo("Asia/Tehran"), frozenset({4, 5}), frozenset({date(2026, 3, 21), date(2026, 3, 22)})
)
NEW_YORK = WorkCalendar(ZoneInfo("America/New_York"), frozenset({6, 7}))
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2026, 3, 18), 1, date(2026, 3, 23)),  # Wednesday; Thursday, Friday and two holidays are free
        (date(2026, 3, 18), 0, date(2026, 3, 18)),
        (date(2026, 3, 19), 0, date(2026, 3, 23)),
        (date(2026, 3, 20), 2, date(2026, 3, 24)),
    ],
)
def test_working_days_pass_over_week_ends_and_holidays(day: date, days: int, expected: date) -> None:
    assert TEHRAN.add_days(day, days) == expected


@given(DAYS, st.integers(1, 40))
def test_adding_days_equals_walking(day: date, days: int) -> None:
    walked, left = day, days
    while left:
        walked += timedelta(days=1)
        left -= TEHRAN.works_on(walked)
    assert TEHRAN.add_days(day, days) == walked


def test_a_deadline_ends_at_midnight_of_the_operator() -> None:
    assert TEHRAN.end_of(date(2026, 3, 23)) == datetime(2026, 3, 23, 20, 30, tzinfo=UTC)


def test_hours_run_only_while_the_operator_works_and_across_a_change_of_clocks() -> None:
    friday = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)  # 15:00 in New York, an hour before closing
    assert NEW_YORK.add_hours(friday, 2) == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)  # 9:00 in summer time


@given(st.integers(0, 330 * 24 * 60), st.integers(1, 60))
def test_what_was_added_has_elapsed(minutes: int, hours: int) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for calendar in (TEHRAN, NEW_YORK):
        assert calendar.elapsed(begin, calendar.add_hours(begin, hours)) == timedelta(hours=hours)
