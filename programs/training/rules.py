"""The ways of enrolments and certificates (workflows.md, part e), and the days that follow from a passed examination."""

from datetime import date, timedelta

from common.calendars import Calendar
from programs.enums import CertificateState as C
from programs.enums import EnrolmentState as E
from workflow.states import Machine

CERTIFICATE = Machine(
    ways={
        C.PLANNED: (C.IN_TRAINING, C.PASSED),
        C.IN_TRAINING: (C.PASSED,),
        C.PASSED: (C.EXPIRING, C.EXPIRED, C.RENEWED, C.REVOKED),
        C.EXPIRING: (C.EXPIRED, C.RENEWED, C.REVOKED),
    },
    labels=C,
    reasons=frozenset({C.REVOKED}),
)
ENROLMENT = Machine(
    ways={
        E.PLANNED: (E.IN_TRAINING, E.CANCELLED),
        E.IN_TRAINING: (E.COMPLETED, E.FAILED, E.CANCELLED),
    },
    labels=E,
)
OPEN = (E.PLANNED, E.IN_TRAINING)


def months_later(day: date, months: int, calendar: Calendar) -> date:
    """The same day of the month so many months later, or the last one of a shorter month, in the operator's calendar."""
    year, month, number = calendar.from_date(day)
    years, rest = divmod(month - 1 + months, 12)
    year, month = year + years, rest + 1
    return calendar.to_date(year, month, min(number, calendar.month_length(year, month)))


def counts_until(valid_until: date | None, grace: int) -> date | None:
    return None if valid_until is None else valid_until + timedelta(days=grace)
