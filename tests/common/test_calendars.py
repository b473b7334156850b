"""Dates of the three calendars against dates that are known from elsewhere."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendars import CALENDARS, GREGORIAN, HIJRI, JALALI, Calendar, get_calendar
from common.errors import InputError

# Nowruz dates as published in Iran; the first of Muharram and of Ramadan by the Umm al-Qura calendar of Saudi Arabia.
KNOWN = [
    (JALALI, (1357, 11, 22), date(1979, 2, 11)),
    (JALALI, (1399, 12, 30), date(2021, 3, 20)),
    (JALALI, (1400, 1, 1), date(2021, 3, 21)),
    (JALALI, (1403, 12, 30), date(2025, 3, 20)),
    (JALALI, (1404, 1, 1), date(2025, 3, 21)),
    (HIJRI, (1445, 1, 1), date(2023, 7, 19)),
    (HIJRI, (1445, 9, 1), date(2024, 3, 11)),
    (HIJRI, (1446, 1, 1), date(2024, 7, 7)),
    (HIJRI, (1446, 9, 1), date(2025, 3, 1)),
    (HIJRI, (1447, 1, 1), date(2025, 6, 26)),
    (GREGORIAN, (2024, 2, 29), date(2024, 2, 29)),
]


@pytest.mark.parametrize(("calendar", "own", "day"), KNOWN)
def test_known_dates(calendar: Calendar, own: tuple[int, int, int], day: date) -> None:
    assert calendar.from_date(day) == own
    assert calendar.to_date(*own) == day


@pytest.mark.parametrize("year", [1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408])
def test_jalali_leap_years(year: int) -> None:
    assert JALALI.is_leap(year)
    assert JALALI.month_length(year, 12) == 30
    assert not JALALI.is_leap(year + 1)
    assert JALALI.month_length(year + 1, 12) == 29


def test_jalali_leap_years_are_complete() -> None:
    leap = [year for year in range(1395, 1413) if JALALI.is_leap(year)]
    assert leap == [1395, 1399, 1403, 1408, 1412]


@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
@given(data=st.data())
def test_every_day_comes_back(calendar: Calendar, data: st.DataObject) -> None:
    day = data.draw(st.dates(calendar.first_day, calendar.last_day))
    assert calendar.to_date(*calendar.from_date(day)) == day


@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
def test_the_ends_of_the_range(calendar: Calendar) -> None:
    assert calendar.from_date(calendar.first_day) == (calendar.first_year, 1, 1)
    assert calendar.from_date(calendar.last_day)[:2] == (calendar.last_year, 12)
    assert calendar.month_start(calendar.last_year + 1, 1) > calendar.last_day
    for day in (date.min, date.max):
        assert not calendar.supports(day)
        with pytest.raises(InputError) as caught:
            calendar.from_date(day)
        assert caught.value.code == "date_out_of_range"
        assert str(calendar.first_year) in str(caught.value)


@pytest.mark.parametrize(
    ("calendar", "own", "code"),
    [
        (GREGORIAN, (2023, 2, 29), "invalid_date"),
        (JALALI, (1404, 12, 30), "invalid_date"),
        (JALALI, (1404, 7, 31), "invalid_date"),
        (HIJRI, (1446, 13, 1), "invalid_date"),
        (HIJRI, (1446, 1, 0), "invalid_date"),
        (HIJRI, (1501, 1, 1), "date_out_of_range"),
        (JALALI, (1177, 1, 1), "date_out_of_range"),
    ],
)
def test_days_that_do_not_exist(calendar: Calendar, own: tuple[int, int, int], code: str) -> None:
    with pytest.raises(InputError) as caught:
        calendar.to_date(*own)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("calendar", "language", "style", "shown"),
    [
        (JALALI, "fa", "short", "۱۴۰۴/۰۳/۲۵"),
        (JALALI, "fa", "long", "۲۵ خرداد ۱۴۰۴"),
        (JALALI, "fa-IR", "full", "یکشنبه، ۲۵ خرداد ۱۴۰۴"),
        (JALALI, "fa", "month", "خرداد ۱۴۰۴"),
        (JALALI, "en", "long", "25 Khordad 1404"),
        (HIJRI, "ar", "long", "١٩ ذو الحجة ١٤٤٦"),
        (HIJRI, "ar", "short", "١٤٤٦/١٢/١٩"),
        (HIJRI, "fa", "long", "۱۹ ذیحجه ۱۴۴۶"),
        (GREGORIAN, "en", "short", "2025-06-15"),
        (GREGORIAN, "en", "full", "Sunday, 15 June 2025"),
        (GREGORIAN, "ar", "full", "الأحد، ١٥ يونيو ٢٠٢٥"),
        (GREGORIAN, "fa", "long", "۱۵ ژوئن ۲۰۲۵"),
        (GREGORIAN, "de", "long", "15 June 2025"),
    ],
)
def test_format(calendar: Calendar, language: str, style: str, shown: str) -> None:
    assert calendar.format(date(2025, 6, 15), language, style) == shown  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["1404-03-25", "1404/3/25", "۱۴۰۴/۰۳/۲۵", " ١٤٠٤-٠٣-٢٥ "])
def test_parse(text: str) -> None:
    assert JALALI.parse(text) == date(2025, 6, 15)


@pytest.mark.parametrize(
    "text", ["", "25/3/1404", "1404-03/25", "1404-3", "404-03-25", "1404-03-25x", "²1404-3-2"]
)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(InputError) as caught:
        JALALI.parse(text)
    assert caught.value.code == "invalid_date"


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
def test_twelve_different_month_names(calendar: Calendar, language: str) -> None:
    assert len(set(calendar.month_names(language))) == 12


def test_an_unknown_calendar() -> None:
    assert get_calendar("jalali") is JALALI
    with pytest.raises(InputError) as caught:
        get_calendar("mayan")
    assert caught.value.code == "unknown_calendar"
