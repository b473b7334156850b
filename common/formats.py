"""How numbers, money and days are written for one reader: their language, the operator's calendar, zone and currency."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone

from common import display
from common.calendars import Calendar, Style, get_calendar
from common.periods import parse_period


@dataclass(frozen=True)
class Formats:
    """Writes values for one reader."""

    language: str = "en"
    calendar: str = "gregorian"
    time_zone: str = "UTC"
    currency: str = "USD"
    toman: bool = False
    fiscal_start_month: int = 1

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def days(self) -> Calendar:
        return get_calendar(self.calendar)

    @property
    def typed_unit(self) -> str:
        """The unit in which amounts are typed, whatever unit they are shown in."""
        return display.unit_name(self.currency, self.language)

    def money(self, amount: Decimal | int, currency: str = "", *, compact: bool = False) -> str:
        unit = currency or self.currency
        return display.format_money(Decimal(amount), unit, self.language, toman=self.toman, compact=compact)

    def number(self, value: Decimal | int, max_places: int | None = None, *, compact: bool = False) -> str:
        if compact:
            return display.format_compact(Decimal(value), self.language)
        return display.format_number(Decimal(value), self.language, max_places=max_places)

    def percent(self, fraction: Decimal, max_places: int | None = 1) -> str:
        """``fraction`` 1 is 100 %."""
        return display.format_percent(fraction, self.language, max_places)

    def day(self, value: date | datetime, style: Style = "long") -> str:
        return display.format_date(value, self.days, self.language, self.zone, style)

    def moment(self, value: datetime, style: Style = "long") -> str:
        return display.format_datetime(value, self.days, self.language, self.zone, style)

    def deadline(self, value: datetime, style: Style = "long") -> str:
        """A last moment; one at midnight is told by the day that ends then."""
        local = value.astimezone(self.zone)
        if local.time() != time():
            return self.moment(value, style)
        return self.day(local.date() - timedelta(days=1), style)

    def ago(self, value: datetime) -> str:
        return display.format_relative(value, timezone.now(), self.language)

    def period(self, code: str) -> str:
        """The name of a period code such as ``1404-Q3``."""
        return parse_period(code, self.days, self.fiscal_start_month).label(self.language)


class House(Protocol):
    """What an operator has to say about how its numbers and days are written."""

    calendar: Any
    time_zone: Any
    currency: Any
    show_toman: Any
    fiscal_start_month: Any


def formats_for(operator: House, language: str, *, toman: bool | None = None) -> Formats:
    """The formats of somebody who reads ``language`` at ``operator``; ``toman`` is the reader's own wish."""
    wish = operator.show_toman if toman is None else toman
    return Formats(
        language=language,
        calendar=operator.calendar,
        time_zone=operator.time_zone,
        currency=operator.currency,
        toman=wish and operator.currency == "IRR",
        fiscal_start_month=operator.fiscal_start_month,
    )
