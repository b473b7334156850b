"""The active operator's working calendar, and its holidays."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import InputError, NotFound
from common.workdays import WorkCalendar
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Operator
from workflow.models import Holiday
from workflow.settings import define, rule

opens = define("calendar.opens", 8, _("Working day begins"), _("hour"), most=23)
closes = define("calendar.closes", 16, _("Working day ends"), _("hour"), least=1, most=23)


LONGEST_NAME = 120
#: Nobody pastes more days than a few years have.
MOST_DAYS = 500


@rule
def _opens_before_it_closes(values: Mapping[str, Any]) -> None:
    if values["calendar.closes"] <= values["calendar.opens"]:
        raise InputError("closes_first", _("The day ends after it begins."), "calendar.closes")


def work_calendar(operator: Operator) -> WorkCalendar:
    """Days and hours that ``operator`` (the active one) works."""
    holidays = frozenset(Holiday.objects.values_list("day", flat=True))
    weekend = frozenset(operator.weekend)
    return WorkCalendar(operator.zone, weekend, holidays, time(opens()), time(closes()))


def holidays_between(start: date, end: date) -> QuerySet[Holiday]:
    """The free days from ``start`` up to, not including, ``end``."""
    found: QuerySet[Holiday] = Holiday.objects.filter(day__gte=start, day__lt=end)
    return found


def all_holidays() -> QuerySet[Holiday]:
    """Every free day, earliest first."""
    found: QuerySet[Holiday] = Holiday.objects.order_by("day")
    return found


def add_holiday(actor: Actor, *, day: date, name: str = "") -> Holiday:
    """Make ``day`` free, or give it another name. Deadlines that are set already stay as they are."""
    actor.require(Permission.MANAGE_OPERATOR)
    name = name.strip()
    if len(name) > LONGEST_NAME:
        raise InputError("too_long", _("At most %(most)s characters."), "name", {"most": LONGEST_NAME})
    row: Holiday
    row, created = Holiday.objects.get_or_create(day=day, defaults={"name": name})
    if created or row.name != name:
        before, row.name = None if created else row.name, name
        row.save(update_fields=["name"])
        verb = "add" if created else "change"
        audit.record(actor, f"holiday.{verb}", row, ref=day.isoformat(), changes={"name": [before, name]})
    return row


def add_holidays(actor: Actor, days: Iterable[tuple[date, str]]) -> int:
    """Make several days free; returns how many. Raises ``InputError`` for more than ``MOST_DAYS``."""
    wanted = dict(days)
    if len(wanted) > MOST_DAYS:
        raise InputError("too_many", _("At most %(most)s days at once."), "days", {"most": MOST_DAYS})
    for day, name in wanted.items():
        add_holiday(actor, day=day, name=name)
    return len(wanted)


def remove_holiday(actor: Actor, *, day: date) -> None:
    """Make ``day`` a working day again; raises ``NotFound`` where it is no holiday."""
    actor.require(Permission.MANAGE_OPERATOR)
    row = Holiday.objects.filter(day=day).first()
    if row is None:
        raise NotFound()
    audit.record(actor, "holiday.remove", row, ref=day.isoformat(), changes={"name": [row.name, None]})
    row.delete()
