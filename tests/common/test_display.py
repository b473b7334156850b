"""What readers of the three languages see, letter by letter. ``~`` stands for a space that does not break."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from common.calendars import GREGORIAN, HIJRI, JALALI, Calendar
from common.display import (
    format_date,
    format_datetime,
    format_money,
    format_number,
    format_percent,
    format_relative,
    local_day,
    unit_name,
)

MINUS_FA, MINUS_AR = "\u200e−", "\u061c-"
BIG = Decimal("1234567890123456789")


@pytest.mark.parametrize(
    ("amount", "currency", "english", "persian", "arabic"),
    [
        ("12345", "IRR", "IRR~12,345", "۱۲٬۳۴۵~ریال", "١٢٬٣٤٥~ريال إيراني"),
        ("1234.5", "AED", "AED~1,234.50", "۱٬۲۳۴٫۵۰~درهم امارات", "١٬٢٣٤٫٥٠~د.إ."),
        ("0", "KWD", "KWD~0.000", "۰٫۰۰۰~دینار کویت", "٠٫٠٠٠~د.ك."),
        ("-7", "USD", "USD~-7.00", f"{MINUS_FA}۷٫۰۰~دلار آمریکا", f"{MINUS_AR}٧٫٠٠~دولار أمريكي"),
        ("0.123456", "USD", "USD~0.123456", "۰٫۱۲۳۴۵۶~دلار آمریکا", "٠٫١٢٣٤٥٦~دولار أمريكي"),
        ("999", "CHF", "CHF~999.00", "۹۹۹٫۰۰~CHF", "٩٩٩٫٠٠~CHF"),
        (
            BIG,
            "IRR",
            "IRR~1,234,567,890,123,456,789",
            "۱٬۲۳۴٬۵۶۷٬۸۹۰٬۱۲۳٬۴۵۶٬۷۸۹~ریال",
            "١٬٢٣٤٬٥٦٧٬٨٩٠٬١٢٣٬٤٥٦٬٧٨٩~ريال إيراني",
        ),
    ],
)
def test_money(amount: str, currency: str, english: str, persian: str, arabic: str) -> None:
    for language, shown in (("en", english), ("fa", persian), ("ar", arabic)):
        assert format_money(Decimal(amount), currency, language).replace("\u00a0", "~") == shown


@pytest.mark.parametrize(
    ("amount", "english", "persian", "arabic"),
    [
        ("12345", "1,234.5~toman", "۱٬۲۳۴٫۵~تومان", "١٬٢٣٤٫٥~تومان"),
        ("10", "1~toman", "۱~تومان", "١~تومان"),
        ("9007199254740993", "900,719,925,474,099.3~toman", "۹۰۰٬۷۱۹٬۹۲۵٬۴۷۴٬۰۹۹٫۳~تومان", "٩٠٠٬٧١٩٬٩٢٥٬٤٧٤٬٠٩٩٫٣~تومان"),
    ],
)  # fmt: skip
def test_toman(amount: str, english: str, persian: str, arabic: str) -> None:
    for language, shown in (("en", english), ("fa", persian), ("ar", arabic)):
        assert format_money(Decimal(amount), "IRR", language, toman=True).replace("\u00a0", "~") == shown


def test_toman_is_for_rials_only() -> None:
    assert format_money(Decimal(10), "AED", "fa", toman=True) == format_money(Decimal(10), "AED", "fa")
    assert unit_name("IRR", "fa-IR", toman=True) == "تومان"
    assert unit_name("IRR", "fa") == "ریال"


@pytest.mark.parametrize(
    ("amount", "english", "persian", "arabic"),
    [
        ("999", "IRR~999", "۹۹۹~ریال", "٩٩٩~ريال إيراني"),
        ("1234", "IRR~1.2K", "۱٫۲~هزار~ریال", "١٫٢~ألف~ريال إيراني"),
        ("1234567", "IRR~1.2M", "۱٫۲~میلیون~ریال", "١٫٢~مليون~ريال إيراني"),
        ("1200000000", "IRR~1.2B", "۱٫۲~میلیارد~ریال", "١٫٢~مليار~ريال إيراني"),
        ("999960", "IRR~1M", "۱~میلیون~ریال", "١~مليون~ريال إيراني"),
        ("4000000000000", "IRR~4T", "۴~هزار~میلیارد~ریال", "٤~تريليون~ريال إيراني"),
        ("12345678901234567", "IRR~12,345.7T", "۱۲٬۳۴۵٫۷~هزار~میلیارد~ریال", "١٢٬٣٤٥٫٧~تريليون~ريال إيراني"),
    ],
)  # fmt: skip
def test_compact_money(amount: str, english: str, persian: str, arabic: str) -> None:
    for language, shown in (("en", english), ("fa", persian), ("ar", arabic)):
        assert format_money(Decimal(amount), "IRR", language, compact=True).replace("\u00a0", "~") == shown


def test_compact_losses() -> None:
    assert format_money(Decimal("-1250000"), "USD", "en", compact=True) == "USD\u00a0-1.2M"


@pytest.mark.parametrize(
    ("fraction", "english", "persian", "arabic"),
    [
        ("0.125", "12.5%", "۱۲٫۵٪", "١٢٫٥٪\u061c"),
        ("1", "100%", "۱۰۰٪", "١٠٠٪\u061c"),
        ("0.00049", "0%", "۰٪", "٠٪\u061c"),
        ("-0.5", "-50%", f"{MINUS_FA}۵۰٪", f"{MINUS_AR}٥٠٪\u061c"),
        ("12.3456", "1,234.6%", "۱٬۲۳۴٫۶٪", "١٬٢٣٤٫٦٪\u061c"),
    ],
)
def test_percent(fraction: str, english: str, persian: str, arabic: str) -> None:
    for language, shown in (("en", english), ("fa", persian), ("ar", arabic)):
        assert format_percent(Decimal(fraction), language) == shown


def test_numbers() -> None:
    assert format_percent(Decimal("0.123456"), "en", max_places=None) == "12.3456%"
    assert format_number(1234, "fa") == "۱٬۲۳۴"
    assert format_number(Decimal("1234.5"), "en", min_places=2) == "1,234.50"
    assert format_number(Decimal("2.5"), "en", max_places=0) == "2"
    assert format_number(Decimal("-0.001"), "fa", max_places=2) == "۰"
    assert format_number(Decimal("1E+20"), "ar") == "١٠٠٬٠٠٠٬٠٠٠٬٠٠٠٬٠٠٠٬٠٠٠٬٠٠٠"


MOMENT = datetime(2025, 6, 14, 21, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("calendar", "language", "zone", "shown"),
    [
        (JALALI, "fa", "Asia/Tehran", "۲۵ خرداد ۱۴۰۴، ۰۱:۰۰"),
        (JALALI, "en", "UTC", "24 Khordad 1404, 21:30"),
        (HIJRI, "ar", "Asia/Riyadh", "١٩ ذو الحجة ١٤٤٦، ٠٠:٣٠"),
        (GREGORIAN, "en", "Pacific/Pago_Pago", "14 June 2025, 10:30"),
        (GREGORIAN, "en", "Pacific/Kiritimati", "15 June 2025, 11:30"),
    ],
)
def test_moments(calendar: Calendar, language: str, zone: str, shown: str) -> None:
    assert format_datetime(MOMENT, calendar, language, ZoneInfo(zone)) == shown


def test_days() -> None:
    tehran = ZoneInfo("Asia/Tehran")
    assert format_date(MOMENT, JALALI, "fa", tehran) == "۲۵ خرداد ۱۴۰۴"
    assert format_date(date(2025, 6, 14), JALALI, "fa", tehran, "short") == "۱۴۰۴/۰۳/۲۴"
    assert format_datetime(MOMENT, JALALI, "en", tehran, "short", seconds=True) == "1404-03-25, 01:00:05"


def test_clock_changes_do_not_move_a_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring = datetime(2024, 3, 31, 0, 30, tzinfo=UTC)
    shown = [format_datetime(spring + timedelta(hours=h), GREGORIAN, "en", berlin, "short") for h in range(2)]
    assert shown == ["2024-03-31, 01:30", "2024-03-31, 03:30"]
    assert local_day(datetime(2024, 2, 29, 22, 59, 59, tzinfo=UTC), berlin) == date(2024, 2, 29)
    assert local_day(datetime(2024, 2, 29, 23, 0, tzinfo=UTC), berlin) == date(2024, 3, 1)


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        format_date(MOMENT.replace(tzinfo=None), JALALI, "fa", UTC)


@pytest.mark.parametrize(
    ("seconds", "english", "persian", "arabic"),
    [
        (3, "just now", "همین حالا", "الآن"),
        (60, "1 minute ago", "۱ دقیقه پیش", "قبل دقيقة واحدة"),
        (180, "3 minutes ago", "۳ دقیقه پیش", "قبل ٣ دقائق"),
        (7200, "2 hours ago", "۲ ساعت پیش", "قبل ساعتين"),
        (-300, "in 5 minutes", "۵ دقیقه بعد", "خلال ٥ دقائق"),
    ],
)
def test_how_long_ago(seconds: int, english: str, persian: str, arabic: str) -> None:
    now = MOMENT + timedelta(seconds=seconds)
    assert [format_relative(MOMENT, now, each) for each in ("en", "fa", "ar")] == [english, persian, arabic]
