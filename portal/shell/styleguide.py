"""Every component on one page, with made-up values: for looking at, in each language, theme and width."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from portal.shell import charts
from portal.shell.crispy import form_html
from portal.shell.formats import Formats, formats_of
from portal.shell.lists import Empty
from portal.shell.tables import (
    CodeColumn,
    DayColumn,
    MoneyColumn,
    NumberColumn,
    PercentColumn,
    SharikTable,
    StateColumn,
)

QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")


@dataclass(frozen=True)
class Row:
    name: str
    code: str
    amount: Decimal
    share: Decimal
    count: int
    day: Any
    state: str


class SampleTable(SharikTable):
    name = tables.Column(verbose_name=_("Partner"))
    code = CodeColumn(verbose_name=_("Code"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    share = PercentColumn(verbose_name=_("Attainment"))
    count = NumberColumn(verbose_name=_("Lines"))
    day = DayColumn(verbose_name=_("Date"))
    state = StateColumn(verbose_name=_("State"))


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Name"), help_text=_("As in the register of companies."))
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"), choices=[("a", _("Partner owner")), ("b", _("Partner seller"))])
    note = forms.CharField(label=_("Description"), widget=forms.Textarea({"rows": 3}), required=False)
    agree = forms.BooleanField(label=_("I accept the terms"))


def _rows() -> list[Row]:
    states = ["approved", "pending", "submitted", "rejected", "draft"]
    today = timezone.now().date()
    return [
        Row(
            ("Arman Cloud", "پیشگامان داده", "شركة الأفق", "Northwind Traders", "سپهر ارتباط")[i % 5],
            f"P-{1000 + i}",
            Decimal(743_125_000) * (i + 1),
            Decimal(i % 13) / 10,
            (i * 37) % 220,
            today - timedelta(days=9 * i),
            states[i % 5],
        )
        for i in range(57)
    ]


def _charts(formats: Formats) -> dict[str, charts.Chart]:
    def short(value: Decimal | int) -> str:
        return formats.number(value, compact=True)

    labels = (
        [formats.period(code) for code in QUARTERS]
        if formats.calendar == "gregorian"
        else ["۱", "۲", "۳", "۴"]
    )
    sales = [Decimal(420_000_000), Decimal(610_000_000), Decimal(580_000_000), Decimal(890_000_000)]
    last = [Decimal(310_000_000), Decimal(450_000_000), Decimal(520_000_000), Decimal(600_000_000)]
    steps = [(_("Cloud"), sales[0]), (_("Security"), sales[1]), (_("Adjustment"), Decimal(-95_000_000))]
    return {
        "bar": charts.bar(
            _("Sales"),
            labels,
            {_("This year"): sales, _("Last year"): last},
            write=formats.money,
            short=short,
        ),
        "stacked": charts.bar(
            _("Sales by layer"),
            labels,
            {_("Cloud"): sales, _("Security"): last},
            write=formats.money,
            short=short,
            stacked=True,
        ),
        "line": charts.line(
            _("Accrual so far"), labels, {_("Accrual"): last}, write=formats.money, short=short, filled=True
        ),
        "waterfall": charts.waterfall(
            _("What the amount is made of"), steps, _("Total"), write=formats.money, short=short
        ),
        "donut": charts.donut(
            _("Shares"), steps[:2], write=formats.money, centre=formats.number(sum(sales), compact=True)
        ),
        "heatmap": charts.heatmap(
            _("Coverage"),
            [_("Cloud"), _("Security"), _("IoT")],
            [(_("Reseller"), [4, 2, 0]), (_("Integrator"), [1, 7, 3]), (_("Distributor"), [0, 1, 5])],
            write=formats.number,
        ),
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    formats = formats_of(request)
    table = SampleTable(_rows(), request=request)
    RequestConfig(request, paginate={"per_page": 8}).configure(table)
    form = SampleForm({"email": "nobody"}) if "errors" in request.GET else SampleForm()
    context = {
        "title": _("Style guide"),
        "subtitle": _("Every component, with made-up values."),
        "table": table,
        "empty": Empty(_("Nothing yet")),
        "form": form,
        "form_html": form_html(form, request),
        "submit_label": _("Save"),
        "draft": "styleguide",
        "cancel_url": "/",
        "charts": _charts(formats),
        "money": Decimal("1284750000"),
        "target": Decimal("2000000000"),
        "marks": [Decimal("500000000"), Decimal("1500000000")],
        "points": [3, 5, 4, 8, 7, 9, 12, 11],
        "states": ["approved", "pending", "submitted", "rejected", "draft"],
        "now": timezone.now() - timedelta(minutes=3),
        "fraction": Decimal("0.642"),
    }
    return render(request, "portal/shell/styleguide.html", context)
