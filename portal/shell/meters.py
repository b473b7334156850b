"""The geometry of meters and small lines, in percent and view-box units."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, MARGIN = 96, 28, 3


@dataclass(frozen=True, slots=True)
class Meter:
    """``width`` and ``marks`` in percent of the track; ``fraction`` may pass 1."""

    fraction: Decimal
    width: Decimal
    whole: int
    kind: str
    marks: list[Decimal]


def meter_geometry(value: Decimal, target: Decimal, marks: Sequence[Decimal] = ()) -> Meter:
    """A target of zero or less counts as reached."""
    fraction = value / target if target > 0 else Decimal(1)
    width = min(max(fraction, Decimal(0)), Decimal(1)) * 100
    inside = [(mark / target * 100).quantize(Decimal("0.1")) for mark in marks if 0 < mark < target]
    return Meter(
        fraction, width.quantize(Decimal("0.1")), int(width), "good" if fraction >= 1 else "plain", inside
    )


def spark_points(values: Sequence[Decimal]) -> str:
    """``x,y`` pairs of a line through ``values``, the largest at the top."""
    if not values:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or Decimal(1)
    step = Decimal(WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    room = HEIGHT - 2 * MARGIN
    return " ".join(
        f"{MARGIN + step * i:.1f},{HEIGHT - MARGIN - (value - low) / span * room:.1f}"
        for i, value in enumerate(values)
    )
