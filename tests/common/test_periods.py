"""Periods cover time without gap or overlap, in each calendar and for each start of the fiscal year."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendars import CALENDARS, GREGORIAN, HIJRI, JALALI, Calendar
from common.display import local_day
from common.errors import InputError
from common.periods import (
    KINDS,
    Kind,
    day_table,
    parse_period,
    period_of,
    periods_between,
    periods_of,
)

FIRST, END = date(1900, 1, 1), date(2077, 1, 1)
FIXED: tuple[Kind, ...] = ("month", "quarter", "half", "year")
calendars = pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)


def _span(calendar: Calendar) -> tuple[date, date]:
    """The days from 1900 to 2076 whose fiscal years lie wholly in the calendar's range."""
    first = calendar.month_start(calendar.first_year + 1, 1)
    return max(FIRST, first), min(END, calendar.month_start(calendar.last_year, 1))


@calendars
@pytest.mark.parametrize("kind", FIXED)
@pytest.mark.parametrize("fiscal_start", [1, 4, 7, 12])
def test_periods_follow_each_other(calendar: Calendar, kind: Kind, fiscal_start: int) -> None:
    start, end = _span(calendar)
    periods = list(periods_between(start, end, kind, calendar, fiscal_start))
    assert periods[0].contains(start)
    assert periods[-1].contains(end - timedelta(days=1))
    for earlier, later in pairwise(periods):
        assert earlier.end == later.start
        assert earlier < later
    assert len({period.code for period in periods}) == len(periods)
    assert [period.code for period in periods] == sorted(period.code for period in periods)


@calendars
@pytest.mark.parametrize("fiscal_start", [1, 10])
def test_every_day_is_in_exactly_the_periods_of_its_row(calendar: Calendar, fiscal_start: int) -> None:
    start, end = _span(calendar)
    current = {kind: period_of(start, kind, calendar, fiscal_start) for kind in FIXED}
    expected = start
    for row in day_table(start, end, calendar, fiscal_start):
        assert row.day == expected
        for kind in FIXED:
            if not current[kind].contains(row.day):
                current[kind] = current[kind].next()
            assert current[kind].contains(row.day)
            assert getattr(row, kind) == current[kind].code
        expected += timedelta(days=1)
    assert expected == end


@calendars
@given(data=st.data())
def test_codes_and_steps_come_back(calendar: Calendar, data: st.DataObject) -> None:
    first, last = (
        calendar.month_start(calendar.first_year + 8, 1),
        calendar.month_start(calendar.last_year - 2, 1),
    )
    day = data.draw(st.dates(first, last))
    kind = data.draw(st.sampled_from(KINDS))
    fiscal_start = data.draw(st.integers(1, 12))
    months = data.draw(st.integers(1, 60)) if kind == "rolling" else None
    period = period_of(day, kind, calendar, fiscal_start, months)
    assert period.contains(day)
    assert parse_period(period.code, calendar, fiscal_start) == period
    assert period.next().previous() == period
    assert period.previous() < period < period.next()
    assert len(period.month_codes) == period.months
    assert parse_period(period.month_codes[0], calendar).start == period.start
    assert parse_period(period.month_codes[-1], calendar).end == period.end
    assert period.same_last_year().next().same_last_year() == period.same_last_year().same_last_year().next()
    for language in ("en", "fa", "ar"):
        assert period.label(language) != period.next().label(language)


@pytest.mark.parametrize(
    ("code", "calendar", "fiscal_start", "first", "last"),
    [
        ("2013-05", GREGORIAN, 1, date(2013, 5, 1), date(2013, 5, 31)),
        ("2012-02", GREGORIAN, 7, date(2012, 2, 1), date(2012, 2, 29)),
        ("2013-Q1", GREGORIAN, 1, date(2013, 1, 1), date(2013, 3, 31)),
        ("2013-Q1", GREGORIAN, 7, date(2013, 7, 1), date(2013, 9, 30)),
        ("2013-Q4", GREGORIAN, 7, date(2014, 4, 1), date(2014, 6, 30)),
        ("2013-H2", GREGORIAN, 4, date(2013, 10, 1), date(2014, 3, 31)),
        ("2013", GREGORIAN, 12, date(2013, 12, 1), date(2014, 11, 30)),
        ("R12-2013-05", GREGORIAN, 1, date(2012, 6, 1), date(2013, 5, 31)),
        ("R3-2013-01", GREGORIAN, 9, date(2012, 11, 1), date(2013, 1, 31)),
        ("1403", JALALI, 1, date(2024, 3, 20), date(2025, 3, 20)),
        ("1404-Q3", JALALI, 1, date(2025, 9, 23), date(2025, 12, 21)),
        ("1404-03", JALALI, 1, date(2025, 5, 22), date(2025, 6, 21)),
        ("1446-09", HIJRI, 1, date(2025, 3, 1), date(2025, 3, 29)),
        ("1446", HIJRI, 1, date(2024, 7, 7), date(2025, 6, 25)),
    ],
)
def test_known_periods(code: str, calendar: Calendar, fiscal_start: int, first: date, last: date) -> None:
    period = parse_period(code, calendar, fiscal_start)
    assert (period.start, period.last_day) == (first, last)
    assert period.days == (last - first).days + 1
    assert not period.contains(period.end)


@pytest.mark.parametrize(
    ("code", "calendar", "fiscal_start", "labels"),
    [
        ("2013-05", GREGORIAN, 1, ("May 2013", "مه ۲۰۱۳", "مايو ٢٠١٣")),
        ("1404-03", JALALI, 1, ("Khordad 1404", "خرداد ۱۴۰۴", "خرداد ١٤٠٤")),
        ("1404-03", JALALI, 7, ("Khordad 1404", "خرداد ۱۴۰۴", "خرداد ١٤٠٤")),
        ("1404-Q1", JALALI, 1, ("Q1 1404", "سه‌ماههٔ اول ۱۴۰۴", "الربع الأول ١٤٠٤")),
        ("1447-Q4", HIJRI, 1, ("Q4 1447", "سه‌ماههٔ چهارم ۱۴۴۷", "الربع الرابع ١٤٤٧")),
        ("2013-Q2", GREGORIAN, 7, ("Q2 FY 2013", "سه‌ماههٔ دوم سال مالی ۲۰۱۳", "الربع الثاني من السنة المالية ٢٠١٣")),
        ("1404-H2", JALALI, 1, ("H2 1404", "نیمهٔ دوم ۱۴۰۴", "النصف الثاني ١٤٠٤")),
        ("1404", JALALI, 1, ("1404", "۱۴۰۴", "١٤٠٤")),
        ("1404", JALALI, 7, ("FY 1404", "سال مالی ۱۴۰۴", "السنة المالية ١٤٠٤")),
        ("R12-1404-03", JALALI, 1, ("12 months to Khordad 1404", "۱۲ ماه منتهی به خرداد ۱۴۰۴", "١٢ شهرًا حتى خرداد ١٤٠٤")),
        ("R3-2013-12", GREGORIAN, 1, ("3 months to December 2013", "۳ ماه منتهی به دسامبر ۲۰۱۳", "٣ أشهر حتى ديسمبر ٢٠١٣")),
        ("R1-2013-12", GREGORIAN, 1, ("1 month to December 2013", "۱ ماه منتهی به دسامبر ۲۰۱۳", "شهر واحد حتى ديسمبر ٢٠١٣")),
    ],
)  # fmt: skip
def test_labels(code: str, calendar: Calendar, fiscal_start: int, labels: tuple[str, str, str]) -> None:
    period = parse_period(code, calendar, fiscal_start)
    assert tuple(period.label(language) for language in ("en", "fa", "ar")) == labels


def test_range_label() -> None:
    period = parse_period("1404-Q1", JALALI)
    assert period.range_label("fa") == "۱ فروردین ۱۴۰۴ – ۳۱ خرداد ۱۴۰۴"
    assert period.range_label("en") == "1 Farvardin 1404 – 31 Khordad 1404"


def test_steps() -> None:
    quarter = parse_period("2013-Q1", GREGORIAN, 7)
    assert [str(quarter.previous()), str(quarter.next()), str(quarter.same_last_year())] == [
        "2012-Q4",
        "2013-Q2",
        "2012-Q1",
    ]
    rolling = parse_period("R12-2013-01", GREGORIAN)
    assert [str(rolling.previous()), str(rolling.next()), str(rolling.same_last_year())] == [
        "R12-2012-12",
        "R12-2013-02",
        "R12-2012-01",
    ]


def test_a_day_is_in_as_many_rolling_periods_as_they_have_months() -> None:
    day = date(2013, 5, 31)
    periods = periods_of(day, "rolling", GREGORIAN, months=3)
    assert [period.code for period in periods] == ["R3-2013-05", "R3-2013-06", "R3-2013-07"]
    assert all(period.contains(day) for period in periods)
    assert not periods[0].previous().contains(day)
    assert not periods[-1].next().contains(day)
    assert periods_of(day, "quarter", GREGORIAN) == (parse_period("2013-Q2", GREGORIAN),)


def test_periods_between_are_those_that_share_a_day() -> None:
    def codes(start: date, end: date) -> list[str]:
        return [period.code for period in periods_between(start, end, "quarter", GREGORIAN)]

    assert codes(date(2013, 3, 31), date(2013, 4, 1)) == ["2013-Q1"]
    assert codes(date(2013, 3, 31), date(2013, 4, 2)) == ["2013-Q1", "2013-Q2"]
    assert codes(date(2013, 3, 31), date(2013, 3, 31)) == []


@pytest.mark.parametrize(
    "code",
    [
        "", "2013-13", "2013-00", "2013-Q5", "2013-Q0", "2013-H3", "2013-5", "13-05", "2013-q1", "2013Q1", "R12-2013",
        "R0-2013-05", "R12-2013-Q1", "2013-05 ", " 2013", "2013-05\n", "۱۴۰۴", "２０１３", "R-2013-05", "20133", "x" * 9999,
    ],
)  # fmt: skip
def test_wrong_codes(code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_period(code, GREGORIAN)
    assert caught.value.code == "invalid_period"
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("code", "calendar"),
    [("2013-Q1", JALALI), ("1501-Q1", HIJRI), ("0001", GREGORIAN)],
)
def test_codes_outside_the_calendar(code: str, calendar: Calendar) -> None:
    with pytest.raises(InputError) as caught:
        parse_period(code, calendar)
    assert caught.value.code == "date_out_of_range"


def test_wrong_settings() -> None:
    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: parse_period("2013", GREGORIAN, 13), "invalid_fiscal_start"),
        (lambda: period_of(FIRST, "rolling", GREGORIAN), "invalid_rolling"),
        (lambda: period_of(FIRST, "rolling", GREGORIAN, months=61), "invalid_rolling"),
        (lambda: parse_period("R61-2013-01", GREGORIAN), "invalid_rolling"),
        (lambda: period_of(FIRST, "week", GREGORIAN), "unknown_period_kind"),  # type: ignore[arg-type]
    ]
    for attempt, code in attempts:
        with pytest.raises(InputError) as caught:
            attempt()
        assert caught.value.code == code


@pytest.mark.parametrize("offset", [-11, 14])
def test_a_month_ends_at_local_midnight(offset: int) -> None:
    """The same instant is in different months for operators at UTC−11 and UTC+14."""
    instant = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
    day = local_day(instant, timezone(timedelta(hours=offset)))
    assert period_of(day, "month", GREGORIAN).code == {-11: "2024-02", 14: "2024-03"}[offset]
