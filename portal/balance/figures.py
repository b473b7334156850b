"""Finance at a glance: charts with the tables behind them, each figure leading to what it is made of."""

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.exports import Sheet, Value, write_book
from incentives.statements import figures
from incentives.statements.balance import owed_by_partner
from incentives.statements.files import XLSX
from portal.homes.drawing import flat, folded, stacked
from portal.shell.access import actor_of_request, member_page
from portal.shell.charts import Chart, line
from portal.shell.formats import Formats, formats_of
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Schemes that a picture has room for; the table beside it has all.
MOST = 7


@member_page(Permission.VIEW_LEDGER, audience="staff")
def finance(request: HttpRequest) -> HttpResponse:
    """Accrued, settled, paid and owed by scheme; how old liabilities are; cost against revenue; days until paid."""
    actor, formats = actor_of_request(request), formats_of(request)
    found = gathered(actor)
    if request.GET.get("export") == "xlsx":
        return _workbook(found, formats)
    schemes: Sequence[figures.SchemeMoney] = found["schemes"]
    return render(request, "portal/balance/finance.html", {
        "title": _("Finance overview"),
        "owed": sum((each.balance for each in owed_by_partner(actor)), Decimal(0)),
        "paid": sum((each.paid for each in schemes), Decimal(0)),
        "held": sum((each.held for each in found["ages"]), Decimal(0)),
        "unsettled": sum((each.unsettled for each in schemes), Decimal(0)),
        "scheme_chart": scheme_chart(schemes, formats),
        "age_chart": age_chart(found["ages"], formats),
        "ratio_chart": ratio_chart(found["ratios"], formats),
        "days_chart": days_chart(found["durations"], formats),
        "age_labels": [(age_label(each, formats), each) for each in found["ages"]],
        **found,
    })  # fmt: skip


def gathered(actor: Actor) -> dict[str, Any]:
    return {
        "schemes": figures.money_by_scheme(actor),
        "ages": figures.ageing(actor),
        "ratios": figures.cost_against_revenue(actor),
        "durations": figures.days_to_paid(actor),
    }


def scheme_chart(schemes: Sequence[figures.SchemeMoney], formats: Formats) -> Chart | None:
    shown = [each for each in schemes if each.accrued or each.settled][:MOST]
    if not shown:
        return None
    series = {
        _("Paid"): [each.paid for each in shown],
        _("Settled, not yet paid"): [max(each.liability, Decimal(0)) for each in shown],
        _("Accrued, not yet settled"): [each.unsettled for each in shown],
    }
    labels = [str(each.scheme) for each in shown]
    return stacked(_("Accrued, settled and paid by scheme"), labels, series, formats, horizontal=True)


def age_label(age: figures.Age, formats: Formats) -> str:
    if age.most is None:
        return _("longer ago")
    return _("up to %(days)s days") % {"days": formats.number(age.most)}


def age_chart(ages: Sequence[figures.Age], formats: Formats) -> Chart | None:
    if not any(each.total for each in ages):
        return None
    series = {
        _("To be paid"): [each.payable for each in ages],
        _("Rolls on"): [each.rolling for each in ages],
        _("On hold"): [each.held for each in ages],
    }
    labels = [age_label(each, formats) for each in ages]
    return stacked(_("Liabilities by age"), labels, series, formats, horizontal=True)


def ratio_chart(ratios: Sequence[figures.Ratio], formats: Formats) -> Chart | None:
    """Cost as percentage of revenue, quarter by quarter."""
    if not any(each.share for each in ratios):
        return None
    labels = [formats.period(each.period.code) for each in ratios]
    title = _("Cost as a share of revenue")
    shares = [each.share for each in ratios]
    chart = line(title, labels, {title: shares}, write=lambda share: formats.percent(Decimal(share), 2))
    for trace in chart.figure.data:
        trace.x = [folded(label) for label in trace.x]
    return chart


def days_chart(durations: Sequence[figures.Duration], formats: Formats) -> Chart | None:
    if not durations:
        return None
    labels = [f"{each.schemes} · {formats.period(each.run.period)}" for each in durations]
    title = _("Days from the end of the period to the last payment")
    return flat(title, labels, {title: [each.days for each in durations]}, formats)


def _workbook(found: dict[str, Any], formats: Formats) -> HttpResponse:
    target = io.BytesIO()
    write_book(target, _sheets(found, formats), language=formats.language)
    headers = {"Content-Disposition": 'attachment; filename="finance.xlsx"'}
    return HttpResponse(target.getvalue(), content_type=XLSX, headers=headers)


def _sheets(found: dict[str, Any], formats: Formats) -> Iterator[Sheet]:
    rows: list[list[Value]] = [
        [str(each.scheme), each.accrued, each.settled, each.paid, each.liability] for each in found["schemes"]
    ]
    yield Sheet(
        _("Schemes"), [_("Scheme"), _("Accrued"), _("Settled"), _("Paid"), _("Settled, not yet paid")], rows
    )
    rows = [[age_label(each, formats), each.payable, each.rolling, each.held] for each in found["ages"]]
    yield Sheet(_("Age"), [_("Period ended"), _("To be paid"), _("Rolls on"), _("On hold")], rows)
    rows = [
        [formats.period(each.period.code), each.cost, each.revenue, each.share] for each in found["ratios"]
    ]
    yield Sheet(_("Cost"), [_("Period"), _("Cost"), _("Revenue"), _("Share")], rows)
    rows = [[each.run.group, formats.period(each.run.period), each.days] for each in found["durations"]]
    yield Sheet(_("Days"), [_("Settled together"), _("Period"), _("Days")], rows)
