"""Stacked bars of amounts that stay readable on a telephone."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from portal.shell.charts import Chart, bar
from portal.shell.formats import Formats


def stacked(
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[Decimal]],
    formats: Formats,
    *,
    horizontal: bool,
) -> Chart:
    """Bars of amounts per label, made of ``series``; the words of a label stand below each other."""

    def short(amount: Decimal | int) -> str:
        return formats.number(amount, compact=True)

    chart = bar(title, labels, series, write=formats.money, short=short, stacked=True, horizontal=horizontal)
    for trace in chart.figure.data:
        if horizontal:
            trace.y = [folded(label) for label in trace.y]
        else:
            trace.x = [label.replace(" ", "<br>") for label in trace.x]
    return chart


def flat(title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]], formats: Formats) -> Chart:
    """Lying bars of plain numbers, for labels that are long."""
    chart = bar(title, labels, series, write=formats.number, horizontal=True)
    for trace in chart.figure.data:
        trace.y = [folded(label) for label in trace.y]
    return chart


def folded(label: str) -> str:
    """A long label in two lines of about the same length."""
    gaps = [index for index, letter in enumerate(label) if letter == " "]
    if len(label) < FOLD or not gaps:
        return label
    middle = min(gaps, key=lambda gap: abs(gap - len(label) / 2))
    return f"{label[:middle]}<br>{label[middle + 1 :]}"


#: Letters from which on a label is folded.
FOLD = 14
