"""Own decimal context and the one rounding at the ledger. Nothing here depends on the caller's context."""

from __future__ import annotations

from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

DIGITS = 38
# Only its arithmetic methods are used; it is never made the current context, so threads cannot disturb each other.
CONTEXT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-60,
    Emax=DIGITS,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
ZERO, ONE = Decimal(0), Decimal(1)
RULES = {"half_even": ROUND_HALF_EVEN, "half_up": ROUND_HALF_UP, "down": ROUND_DOWN}


def round_money(value: Decimal, exponent: int, rule: str = "half_even") -> Decimal:
    """Round to `exponent` decimals (IRR 0, USD 2, BHD 3) by a named rule.

    Rules: half_even (ties to the even digit), half_up (ties away from zero), down (towards zero).
    Raises ValueError for an unknown rule, a negative exponent or a value without 38-digit result.
    """
    if rule not in RULES or exponent < 0 or not value.is_finite():
        raise ValueError(f"cannot round {value} by rule {rule!r} to {exponent} decimals")
    try:
        rounded = value.quantize(ONE.scaleb(-exponent), rounding=RULES[rule], context=CONTEXT)
    except InvalidOperation as error:
        raise ValueError(f"cannot round {value} to {exponent} decimals") from error
    return rounded if rounded else abs(rounded)


def minor_units(value: Decimal, exponent: int, rule: str = "half_even") -> int:
    """The rounded amount in minor units (cents, fils), as the ledger keeps it."""
    return int(round_money(value, exponent, rule).scaleb(exponent, context=CONTEXT))


def round_to_unit(value: Decimal, unit: Decimal, rule: str) -> Decimal:
    """The multiple of `unit` (above zero) next to `value`."""
    steps = CONTEXT.divide(value, unit).to_integral_value(rounding=RULES[rule], context=CONTEXT)
    return CONTEXT.multiply(steps, unit)
