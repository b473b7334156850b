"""The operator's working time in words: days, hours, free days."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import get_language

from common.calendars import weekday_name
from common.digits import localize_digits
from tenancy.models import Operator
from workflow.calendar import all_holidays, work_calendar
from workflow.models import Holiday

MONDAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """``weekend``: names of its days; ``upcoming``: the next holidays."""

    weekend: list[str]
    opens: str
    closes: str
    zone: str
    upcoming: list[Holiday]


def working_time(operator: Operator) -> WorkingTime:
    """In the reader's language."""
    calendar = work_calendar(operator)
    language = get_language() or "en"
    return WorkingTime(
        weekend=[
            weekday_name(MONDAY + timedelta(days=day - 1), language) for day in sorted(operator.weekend)
        ],
        opens=localize_digits(f"{calendar.opens:%H:%M}", language),
        closes=localize_digits(f"{calendar.closes:%H:%M}", language),
        zone=operator.time_zone,
        upcoming=list(all_holidays().filter(day__gte=calendar.today(timezone.now()))[:3]),
    )
