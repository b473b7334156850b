"""From a stored measurement to the value that people and formulas see."""

from decimal import Decimal, localcontext

from performance.enums import Measure

_RATIOS = {Measure.AVERAGE_SCORE, Measure.CROSS_SELL}
DIGITS = 38


def final_value(measure: str, value: Decimal, weight: Decimal) -> Decimal:
    """The value itself, or for averages and ratios ``value / weight`` to 38 digits (0 where nothing was met)."""
    if measure not in _RATIOS:
        return value
    if not weight:
        return Decimal(0)
    with localcontext() as context:
        context.prec = DIGITS
        return value / weight
