"""Chart figures: pure functions from values to a ``Chart``, a Plotly figure with the table behind it.

Colours are roles (``accent``, ``good``, ``muted``, ``series-2``, ...) that charts.js replaces by the page's CSS custom
properties, so a figure fits every brand and both themes. Values are plotted as floats for drawing only; what is read,
in labels and table, is written by ``Formats`` from the exact values.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin

import plotly.graph_objects as go
from django.utils.safestring import SafeString, mark_safe

Exact = Decimal | int
Write = Callable[[Exact], str]
SERIES = ("accent", "series-2", "series-3", "series-4", "series-5", "series-6")
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
TICKS = 5
#: Shares of what an axis shows: points nearer than this name themselves on different sides; those on one spot move by a step.
NEAR, STEP = 0.06, 0.018


@dataclass(frozen=True, slots=True)
class Chart:
    """``columns`` and ``rows`` are the table, already written; ``figure`` is Plotly's."""

    title: str
    figure: go.Figure
    columns: list[str]
    rows: list[list[str]]


def chart_payload(chart: Chart) -> SafeString:
    """The figure as JSON that is safe inside a script element."""
    text = json.dumps(json.loads(chart.figure.to_json()), ensure_ascii=False)
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - every angle bracket and ampersand is escaped


def bar(
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[Exact]],
    *,
    write: Write,
    short: Write | None = None,
    stacked: bool = False,
    horizontal: bool = False,
    links: Sequence[str] = (),
) -> Chart:
    """Bars per label for each named series, side by side or stacked. ``short`` writes the axis (compact amounts).

    ``links``: for each label the page of this host that its bars lead to.
    """
    figure = go.Figure()
    for index, (name, values) in enumerate(series.items()):
        drawn, texts = [float(value) for value in values], [write(value) for value in values]
        places, lengths = (drawn, list(labels)) if horizontal else (list(labels), drawn)
        figure.add_bar(
            x=places,
            y=lengths,
            name=name,
            orientation="h" if horizontal else "v",
            customdata=texts,
            hovertemplate="%{customdata}<extra></extra>"
            if len(series) == 1
            else f"{name}: %{{customdata}}<extra></extra>",
            meta={"role": SERIES[index % len(SERIES)], "links": list(links)},
        )
    totals = [sum(group) for group in zip(*series.values(), strict=True)] if stacked else _flat(series)
    figure.update_layout(barmode="stack" if stacked else "group", showlegend=len(series) > 1)
    _axis(figure, totals, short or write, axis="x" if horizontal else "y")
    if horizontal:
        figure.update_yaxes(autorange="reversed", type="category")
    else:
        figure.update_xaxes(type="category")
    return Chart(title, figure, *_table(labels, series, write))


def line(
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[Exact | None]],
    *,
    write: Write,
    short: Write | None = None,
    filled: bool = False,
) -> Chart:
    """Lines over time; ``None`` leaves a gap. Labels are already written in the operator's calendar."""
    figure = go.Figure()
    for index, (name, values) in enumerate(series.items()):
        figure.add_scatter(
            x=list(labels),
            y=[None if value is None else float(value) for value in values],
            name=name,
            mode="lines+markers" if len(labels) <= 24 else "lines",
            fill="tozeroy" if filled and index == 0 else None,
            customdata=["" if value is None else write(value) for value in values],
            hovertemplate=f"{name}: %{{customdata}}<extra></extra>",
            meta={"role": SERIES[index % len(SERIES)]},
        )
    figure.update_layout(hovermode="x unified", showlegend=len(series) > 1)
    figure.update_xaxes(type="category")
    _axis(figure, _flat(series), short or write)
    return Chart(title, figure, *_table(labels, series, write))


def waterfall(
    title: str,
    steps: Sequence[tuple[str, Exact]],
    total_label: str,
    *,
    write: Write,
    short: Write | None = None,
) -> Chart:
    """How parts add up to a total: what an amount is made of."""
    total = sum((value for _label, value in steps), start=Decimal(0))
    labels = [label for label, _value in steps] + [total_label]
    values = [value for _label, value in steps] + [total]
    figure = go.Figure(
        go.Waterfall(
            x=labels,
            y=[float(value) for value in values],
            measure=["relative"] * len(steps) + ["total"],
            text=[(short or write)(value) for value in values],
            textposition="outside",
            customdata=[write(value) for value in values],
            hovertemplate="%{x}: %{customdata}<extra></extra>",
            meta={"role": "waterfall"},
        )
    )
    running, heights = Decimal(0), [Decimal(0)]
    for value in values[:-1]:
        running += value
        heights.append(running)
    _axis(figure, heights, short or write)
    return Chart(title, figure, *_table(labels, {total_label: values}, write))


def donut(title: str, parts: Sequence[tuple[str, Exact]], *, write: Write, centre: str = "") -> Chart:
    """Shares of a whole; keep to six parts."""
    labels, values = [label for label, _value in parts], [value for _label, value in parts]
    figure = go.Figure(
        go.Pie(
            labels=labels,
            values=[float(value) for value in values],
            hole=0.68,
            sort=False,
            textinfo="none",
            customdata=[write(value) for value in values],
            hovertemplate="%{label}: %{customdata}<extra></extra>",
            meta={"role": "parts"},
        )
    )
    figure.update_layout(showlegend=True)
    if centre:
        figure.add_annotation(text=centre, showarrow=False, x=0.5, y=0.5)
    return Chart(title, figure, *_table(labels, {title: values}, write))


def heatmap(
    title: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Exact | None]]],
    *,
    write: Write,
    links: Sequence[Sequence[str]] = (),
) -> Chart:
    """A grid of values, darker where larger: coverage maps. ``None`` is a cell that means nothing.

    ``links``: row by row a page of this host for each cell, or nothing. They serve the mouse; the page lists them for everybody.
    """
    texts = [["–" if value is None else write(value) for value in values] for _label, values in rows]
    figure = go.Figure(
        go.Heatmap(
            x=list(columns),
            y=[label for label, _values in rows],
            z=[[None if value is None else float(value) for value in values] for _label, values in rows],
            text=texts,
            texttemplate="%{text}",
            hovertemplate="%{y} · %{x}: %{text}<extra></extra>",
            showscale=False,
            xgap=3,
            ygap=3,
            meta={"role": "heat", "links": [list(row) for row in links]},
        )
    )
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(type="category", side="top")
    body = [[label, *cells] for (label, _values), cells in zip(rows, texts, strict=True)]
    return Chart(title, figure, ["", *columns], body)


def scatter(
    title: str,
    points: Sequence[tuple[str, Exact, Exact]],
    axes: tuple[str, str],
    *,
    write: Write,
    limits: tuple[Exact, Exact] | None = None,
    span: tuple[Exact, Exact] | None = None,
    links: Sequence[str] = (),
) -> Chart:
    """Named points on two axes, with cross lines at ``limits``: the two-by-two matrix.

    ``span``: what both axes show at least. ``links``: a page of this host for each point. Of points on one spot each stands a
    little beside it, so that all can be read and reached; what they say stays exact.
    """
    shown = apart([(float(x), float(y)) for _name, x, y in points], [float(each) for each in span or ()])
    figure = go.Figure(
        go.Scatter(
            x=[x for x, _y, _side in shown],
            y=[y for _x, y, _side in shown],
            text=[name for name, _x, _y in points],
            mode="markers+text",
            textposition=[side for _x, _y, side in shown],
            customdata=[[write(x), write(y)] for _name, x, y in points],
            hovertemplate="%{text}: %{customdata[0]}, %{customdata[1]}<extra></extra>",
            meta={"role": "accent", "links": list(links)},
        )
    )
    least = list(span or ())
    _axis(figure, [*least, *(x for _name, x, _y in points)], write, axis="x")
    _axis(figure, [*least, *(y for _name, _x, y in points)], write, axis="y")
    figure.update_layout(xaxis_title_text=axes[0], yaxis_title_text=axes[1], showlegend=False)
    if limits:
        figure.add_vline(x=float(limits[0]), line_dash="dot")
        figure.add_hline(y=float(limits[1]), line_dash="dot")
    return Chart(title, figure, [title, *axes], [[name, write(x), write(y)] for name, x, y in points])


def apart(points: Sequence[tuple[float, float]], span: Sequence[float]) -> list[tuple[float, float, str]]:
    """Where each point stands and on which side its name does, so that neighbours do not cover each other."""
    reach = [*span, *(x for x, _y in points), *(y for _x, y in points)]
    size = (max(reach) - min(reach) or 1) if reach else 1
    groups: list[list[int]] = []
    for place, (x, y) in enumerate(points):
        for group in groups:
            if max(abs(x - points[group[0]][0]), abs(y - points[group[0]][1])) <= NEAR * size:
                group.append(place)
                break
        else:
            groups.append([place])
    found: dict[int, tuple[float, float, str]] = {}
    for group in groups:
        same = len({points[place] for place in group}) < len(group)
        for number, place in enumerate(group):
            angle = pi / 2 + 2 * pi * number / len(group)
            right, up = (cos(angle), sin(angle)) if len(group) > 1 else (0.0, 1.0)
            shift = STEP * size if same else 0
            x, y = points[place]
            side = f"{_word(up, 'top', 'bottom', 'middle')} {_word(right, 'right', 'left', 'center')}"
            found[place] = (x + right * shift, y + up * shift, side)
    return [found[place] for place in range(len(points))]


def _word(direction: float, ahead: str, back: str, between: str) -> str:
    return ahead if direction > 0.4 else back if direction < -0.4 else between


def _flat(series: Mapping[str, Sequence[Exact | None]]) -> list[Exact]:
    return [value for values in series.values() for value in values if value is not None]


def _table(
    labels: Sequence[str], series: Mapping[str, Sequence[Exact | None]], write: Write
) -> tuple[list[str], list[list[str]]]:
    groups = zip(*series.values(), strict=True)
    rows = [
        [label, *("–" if value is None else write(value) for value in group)]
        for label, group in zip(labels, groups, strict=True)
    ]
    return ["", *series], rows


def _axis(figure: go.Figure, values: Sequence[Exact], write: Write, axis: str = "y") -> None:
    """Round ticks written in the reader's digits, zero included."""
    ticks = nice_ticks(min([*values, 0]), max([*values, 0]))
    update = figure.update_xaxes if axis == "x" else figure.update_yaxes
    update(
        tickmode="array",
        tickvals=[float(tick) for tick in ticks],
        ticktext=[write(tick) for tick in ticks],
        range=[float(ticks[0]), float(ticks[-1])],
    )


def nice_ticks(low: Exact, high: Exact) -> list[Decimal]:
    """About five round numbers (1, 2 or 5 times a power of ten apart) that span ``low`` to ``high``."""
    low, high = Decimal(low), Decimal(high)
    if low == high:
        return [Decimal(0), Decimal(1)]
    rough = (high - low) / TICKS
    power = Decimal(10) ** rough.adjusted()
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first, last = (
        (low / step).to_integral_value("ROUND_FLOOR"),
        (high / step).to_integral_value("ROUND_CEILING"),
    )
    return [step * n for n in range(int(first), int(last) + 1)]
