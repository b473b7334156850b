"""What a reader reads of a moment."""

from datetime import UTC, datetime

from common.formats import Formats

TEHRAN = Formats(language="en", calendar="gregorian", time_zone="Asia/Tehran")


def test_a_deadline_at_midnight_is_told_by_the_day_that_ends() -> None:
    midnight = datetime(2026, 12, 2, 20, 30, tzinfo=UTC)  # 24:00 of the second in Tehran
    assert TEHRAN.deadline(midnight) == TEHRAN.day(datetime(2026, 12, 2, 12, tzinfo=UTC))
    morning = datetime(2026, 12, 2, 6, tzinfo=UTC)
    assert TEHRAN.deadline(morning) == TEHRAN.moment(morning)
    assert "9:30" in TEHRAN.deadline(morning)
