"""Charts of paying out: what was paid per month, how often banks refuse, how long partners wait."""

from decimal import Decimal

from django.utils.translation import gettext as _

from incentives.payments.selectors import Month, days_to_pay, months
from incentives.settlement.overview import group_titles
from incentives.standing import clock_of
from portal.homes.drawing import flat
from portal.shell.charts import Chart, bar, line
from portal.shell.formats import Formats
from tenancy.actors import Actor


def charts(actor: Actor, formats: Formats) -> list[Chart]:
    """Those that have something to show."""
    periods = clock_of(actor.operator).trend("month")
    starts = [*(period.start for period in periods), periods[-1].next().start]
    labels = [formats.period(period.code) for period in periods]
    found = months(actor, starts, actor.operator.currency)
    drawn = _decided(labels, found, formats) if any(month.count or month.refused for month in found) else []
    waits = days_to_pay(actor)
    if waits:
        titles = group_titles()
        names = [f"{titles.get(run.group, run.group)} · {formats.period(run.period)}" for run, _days in waits]
        days = {_("Days"): [days for _run, days in waits]}
        title = _("Days from the end of the period to the last payment")
        drawn.append(flat(title, names, days, formats))
    return drawn


def _decided(labels: list[str], found: list[Month], formats: Formats) -> list[Chart]:
    rates: list[Decimal | None] = [
        month.refused_rate if month.count + month.refused else None for month in found
    ]
    return [
        bar(
            _("Paid per month"),
            labels,
            {_("Paid"): [month.paid for month in found]},
            write=formats.money,
            short=lambda value: formats.money(value, compact=True),
        ),
        line(
            _("Share that banks refused"),
            labels,
            {_("Refused"): rates},
            write=lambda value: formats.percent(Decimal(value)),
        ),
    ]
