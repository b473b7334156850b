"""What templates write values and small components with. Values follow the reader: language, calendar, zone, currency."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django import forms, template
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from common.calendars import Style
from common.digits import localize_digits
from common.names import list_separator, listed, reader_locale
from portal.programs.choices import tier_label
from portal.shell.amounts import figure, owed_text
from portal.shell.charts import Chart, chart_payload
from portal.shell.crispy import form_html
from portal.shell.formats import Formats, formats_of
from portal.shell.meters import meter_geometry, spark_points
from portal.shell.states import state_kind
from programs.selectors import main_tier_names
from tenancy.actors import SYSTEM_NAME

register = template.Library()
Context = Mapping[str, Any]
NOTHING = "–"
#: Characters of a figure above which it is set smaller, so that it stays on one line.
LONG_FIGURE = 13


def _formats(context: Context) -> Formats:
    return formats_of(cast(HttpRequest | None, context.get("request")))


@register.simple_tag(takes_context=True)
def money(context: Context, amount: Decimal | int | None, currency: str = "", compact: bool = False) -> str:
    """An amount with its unit; ``compact`` shortens it to thousands, millions, ..."""
    if amount is None:
        return NOTHING
    formats = _formats(context)
    return figure(formats, formats.money(amount, currency, compact=compact))


@register.simple_tag(takes_context=True)
def owed(context: Context, amount: Decimal | int | None, kind: str) -> str:
    """An amount of what a scheme of this kind gives: money, points or pieces of a benefit."""
    if amount is None:
        return NOTHING
    formats = _formats(context)
    return figure(formats, owed_text(formats, amount, kind))


@register.simple_tag(takes_context=True)
def number(
    context: Context, value: Decimal | int | None, places: int | None = None, compact: bool = False
) -> str:
    if value is None:
        return NOTHING
    formats = _formats(context)
    return figure(formats, formats.number(value, places, compact=compact))


@register.simple_tag(takes_context=True)
def file_size(context: Context, size: int) -> str:
    """Bytes as kilobytes or megabytes."""
    formats = _formats(context)
    if size >= 1_000_000:
        return gettext("%(size)s MB") % {"size": formats.number(Decimal(size) / 1_000_000, 1)}
    return gettext("%(size)s kB") % {"size": formats.number(max(round(size / 1000), 1))}


@register.simple_tag(takes_context=True)
def percent(context: Context, fraction: Decimal | None, places: int = 1) -> str:
    """``fraction`` 1 is 100 %."""
    if fraction is None:
        return NOTHING
    formats = _formats(context)
    return figure(formats, formats.percent(Decimal(fraction), places))


def _time(value: date, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | datetime | None, style: Style = "long") -> str:
    """A day in the operator's calendar; ``style`` is short, long, full or month."""
    return NOTHING if value is None else _time(value, _formats(context).day(value, style))


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None, style: Style = "long") -> str:
    """A day and time in the operator's calendar and zone."""
    return NOTHING if value is None else _time(value, _formats(context).moment(value, style))


@register.simple_tag(takes_context=True)
def deadline(context: Context, value: datetime | None, style: Style = "long") -> str:
    """The last moment for something; at midnight the day that ends then, which nobody takes for the next one."""
    return NOTHING if value is None else _time(value, _formats(context).deadline(value, style))


@register.filter
def told(value: str | None) -> date | datetime | None:
    """A day or moment that is stored as text in JSON."""
    if not value:
        return None
    return parse_date(value) if len(value) == 10 else parse_datetime(value)


@register.simple_tag(takes_context=True)
def ago(context: Context, value: datetime | None) -> str:
    """How long ago, kept right by live.js; the exact time stands in the title."""
    if value is None:
        return NOTHING
    formats = _formats(context)
    return format_html(
        '<time datetime="{}" data-relative title="{}">{}</time>',
        value.isoformat(),
        formats.moment(value),
        formats.ago(value),
    )


@register.simple_tag(takes_context=True)
def period_label(context: Context, code: str | None) -> str:
    """The name of a period code of the operator's calendar."""
    return _formats(context).period(code) if code else NOTHING


@register.simple_tag(takes_context=True)
def year_label(context: Context, year: int) -> str:
    """A year of the operator's calendar in the reader's digits, without grouping."""
    return localize_digits(str(year), _formats(context).language)


@register.simple_tag
def comma() -> str:
    """What stands between the things of a list, in the reader's language."""
    return list_separator()


register.filter("listed", listed)


@register.filter
def tier_name(code: str) -> str:
    """A tier's name in the reader's language."""
    return tier_label(code, main_tier_names())


@register.filter
def country_name(code: str) -> str:
    """A country in the reader's language; a code that is none stands for itself."""
    return str(reader_locale().territories.get(code, code))


@register.filter
def language_name(code: str) -> str:
    """A language in the reader's own; a code that is none stands for itself."""
    return str(reader_locale().languages.get(code, code))


@register.filter
def doer(name: str) -> str:
    """Who did something, for a history: the product itself is no person with a name."""
    return gettext("automatic") if name == SYSTEM_NAME else name


@register.filter
def ltr(value: object) -> SafeString:
    """Isolate a Latin fragment (code, e-mail, address) in a right-to-left sentence."""
    return format_html('<bdi dir="ltr">{}</bdi>', value)


@register.simple_tag(takes_context=True)
def amount_link(context: Context, amount: Decimal | int | None, url: str, currency: str = "") -> str:
    """An amount that opens into its explanation."""
    if amount is None:
        return NOTHING
    return format_html(
        '<a class="amount-link num" href="{}"><bdi>{}</bdi></a>',
        url,
        _formats(context).money(amount, currency),
    )


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A Tabler icon: decoration, or with ``label`` a picture that is read out."""
    if label:
        return format_html('<i class="ti ti-{}" role="img" aria-label="{}"></i>', name, label)
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def state_badge(state: str, label: object = "", kind: str = "") -> SafeString:
    """A state as dot and word. ``kind`` (good, warn, bad, busy, plain) comes from the state's name when not given."""
    return format_html('<span class="state state-{}">{}</span>', kind or state_kind(state), label or state)


@register.simple_tag(takes_context=True)
def progress(
    context: Context,
    value: Decimal | int,
    target: Decimal | int,
    label: str = "",
    marks: Sequence[Decimal] = (),
) -> SafeString:
    """A meter of ``value`` against ``target``, with gaps at ``marks`` (same unit). Read out as a percentage."""
    meter = meter_geometry(Decimal(value), Decimal(target), [Decimal(mark) for mark in marks])
    gaps = format_html_join(
        "", '<rect class="meter-mark" x="{}%" y="0" width="0.6%" height="100%"/>', ((x,) for x in meter.marks)
    )
    return format_html(
        '<svg class="meter meter-{}" role="progressbar" aria-label="{}" aria-valuemin="0" aria-valuemax="100"'
        ' aria-valuenow="{}" aria-valuetext="{}"><rect class="meter-track" width="100%" height="100%"/>'
        '<rect class="meter-fill" width="{}%" height="100%" rx="4"/>{}</svg>',
        meter.kind,
        label,
        meter.whole,
        _formats(context).percent(meter.fraction),
        meter.width,
        gaps,
    )


@register.simple_tag
def sparkline(values: Sequence[Decimal | int], label: str = "") -> SafeString:
    """A small line of ``values`` in time order."""
    points = spark_points([Decimal(value) for value in values])
    return format_html(
        '<svg class="spark" viewBox="0 0 96 28" role="img" aria-label="{}"><polyline points="{}"/></svg>',
        label,
        points,
    )


@register.inclusion_tag("components/empty.html")
def empty_state(
    title: str, text: str = "", icon: str = "inbox", url: str = "", action: str = ""
) -> dict[str, str]:
    """What stands where nothing is yet: it says what to do, with a button when ``url`` and ``action`` are given."""
    return {"title": title, "text": text, "icon_name": icon, "url": url, "action": action}


@register.inclusion_tag("components/threshold.html", takes_context=True)
def threshold(
    context: Context,
    label: str,
    value: Decimal,
    target: Decimal,
    *,
    currency: str = "",
    next_text: str = "",
    marks: Sequence[Decimal] = (),
    url: str = "",
) -> dict[str, Any]:
    """How far to the next threshold and what it brings; amounts when ``currency`` is given, else plain numbers."""
    formats = _formats(context)
    write = (lambda number: formats.money(number, currency)) if currency else formats.number
    return {
        "request": context.get("request"),
        "label": label,
        "value": value,
        "target": target,
        "shown": write(value),
        "target_shown": write(target),
        "zero": write(Decimal(0)),
        "next_text": next_text,
        "marks": marks,
        "url": url,
    }


@register.inclusion_tag("components/stat.html", takes_context=True)
def stat(
    context: Context, label: str, value: object, note: object = "", url: str = "", trend: str = ""
) -> dict[str, Any]:
    """One figure with its name. ``value`` is already written; ``trend`` is up, down or empty."""
    long = len(strip_tags(str(value))) > LONG_FIGURE
    return {"label": label, "value": value, "note": note, "url": url, "trend": trend, "long": long}


@register.inclusion_tag("components/chart.html", takes_context=True)
def chart(context: Context, drawn: Chart, size: str = "") -> dict[str, Any]:
    """A chart with the table behind it. ``size`` is "small" or empty."""
    request = context.get("request")
    return {
        "chart": drawn,
        "payload": chart_payload(drawn),
        "size": size,
        "request": request,
    }


@register.filter
def entry(mapping: Mapping[Any, Any], key: object) -> Any:
    """``mapping[key]``, or ``None``."""
    return mapping.get(key)


@register.simple_tag
def filter_field(field: BoundField) -> SafeString:
    """A field of a filter bar with the classes of its kind of control."""
    kind = "form-select" if isinstance(field.field.widget, forms.Select) else "form-control"
    return field.as_widget(attrs={"class": kind})


@register.simple_tag(takes_context=True)
def plain_form(context: Context, form: forms.BaseForm) -> SafeString:
    """The fields of a form that is not ours (allauth's), in our look."""
    return form_html(form, cast(HttpRequest, context.get("request")))
