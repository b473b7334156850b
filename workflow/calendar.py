"""The active operator's working calendar, and its holidays."""

from datetime import date, time

from django.utils.translation import gettext_lazy as _

from common.workdays import WorkCalendar
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Operator
from workflow.models import Holiday
from workflow.settings import define

opens = define("calendar.opens", 8, _("Working day begins"), _("hour"), most=23)
closes = define("calendar.closes", 16, _("Working day ends"), _("hour"), least=1, most=23)


def work_calendar(operator: Operator) -> WorkCalendar:
    """Days and hours that ``operator`` (the active one) works."""
    holidays = frozenset(Holiday.objects.values_list("day", flat=True))
    weekend = frozenset(operator.weekend)
    return WorkCalendar(operator.zone, weekend, holidays, time(opens()), time(closes()))


def add_holiday(actor: Actor, *, day: date, name: str = "") -> Holiday:
    """Make ``day`` free. Deadlines that are set already stay as they are."""
    actor.require(Permission.MANAGE_OPERATOR)
    row: Holiday
    row, created = Holiday.objects.update_or_create(day=day, defaults={"name": name})
    if created:
        audit.record(actor, "holiday.add", row, ref=day.isoformat())
    return row


def remove_holiday(actor: Actor, *, day: date) -> None:
    """Make ``day`` a working day again."""
    actor.require(Permission.MANAGE_OPERATOR)
    for row in Holiday.objects.filter(day=day):
        audit.record(actor, "holiday.remove", row, ref=day.isoformat())
        row.delete()
