"""The lines of one partner's statement, out of what was frozen. Pure: rows in, unsaved lines out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from common.money import Rule, quantize
from incentives.models import Adjustment, FrozenAccrual, Hold, SettlementRun, Statement, StatementLine
from incentives.states import CorrectionReason, HoldReason, LineKind, LineState

ZERO = Decimal(0)
#: Holds of the payout as a whole: lines stand as earned, the balance waits.
PAYOUT_REASONS = (HoldReason.BANK_DATA_MISSING, HoldReason.SHARED_ACCOUNT, HoldReason.ACCOUNT_CHANGED)
#: Which kinds each sum of a statement adds.
SUMS: Mapping[str, tuple[str, ...]] = {
    "opening": (LineKind.OPENING,),
    "earned": (LineKind.EARNED, LineKind.LATE),
    "adjusted": (LineKind.ADJUSTMENT,),
    "clawed_back": (LineKind.CLAWBACK,),
    "held": (LineKind.HOLD, LineKind.RELEASE),
    "tax": (LineKind.TAX, LineKind.WITHHOLDING),
}


@dataclass
class Material:
    """Everything of one partner that goes into its statement."""

    opening: Decimal = ZERO
    frozen: list[FrozenAccrual] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    releases: list[StatementLine] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    #: Accruals with a line that is still on hold: corrections wait with it. Accrual id -> hold.
    waiting: dict[int, Hold] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator's settings say: percents, and the smallest payout."""

    vat: int = 0
    withholding: int = 0
    minimum: Decimal = ZERO


def lines_of(run: SettlementRun, found: Material, terms: Terms) -> list[StatementLine]:
    """The lines in the order of the statement, without positions."""
    lines = [line for row in found.frozen if (line := _of_accrual(run, row))]
    lines += [_of_adjustment(run, each) for each in found.adjustments]
    lines += [_released(run, each) for each in found.releases]
    held = [made for line in lines if (made := _held(line, found))]
    every = [*lines, *held]
    if found.opening:
        every.insert(0, _line(run, LineKind.OPENING, found.opening))
    return every + _taxes(run, lines + held, terms)


def _line(run: SettlementRun, kind: str, amount: Decimal) -> StatementLine:
    return StatementLine(kind=kind, amount=amount, exact=amount, period=run.period)


def _of_accrual(run: SettlementRun, row: FrozenAccrual) -> StatementLine | None:
    amount = row.amount - row.settled
    if not amount:
        return None
    current = row.period == run.period and not row.settled
    kind = LineKind.EARNED if current else LineKind.LATE
    line = _line(run, LineKind.CLAWBACK if amount < 0 else kind, amount)
    line.scheme_id, line.version_id, line.accrual_id = row.scheme_id, row.version_id, row.accrual_id
    line.rep_id, line.period, line.digest = row.rep_id, row.period, row.digest
    line.exact = row.exact - row.settled if row.settled else row.exact
    line.components, line.inputs, line.cuts = row.components, row.inputs, row.cuts
    line.corrects_id = row.corrects_id
    if line.kind != LineKind.EARNED:
        line.reason = row.reason or (CorrectionReason.RETURN if amount < 0 else CorrectionReason.LATE)
    return line


def _of_adjustment(run: SettlementRun, row: Adjustment) -> StatementLine:
    line = _line(run, LineKind.ADJUSTMENT, row.amount)
    line.adjustment, line.scheme_id = row, row.scheme_id
    line.reason, line.text, line.reference = row.reason, row.text, row.reference
    return line


def _released(run: SettlementRun, row: StatementLine) -> StatementLine:
    line = _line(run, LineKind.RELEASE, row.amount)
    line.corrects, line.scheme_id, line.rep_id, line.period = row, row.scheme_id, row.rep_id, row.period
    line.hold_id = row.hold_id
    return line


def _held(line: StatementLine, found: Material) -> StatementLine | None:
    """The line that takes ``line`` out again while a hold stands; marks ``line`` itself."""
    hold = _hold_for(line, found)
    if hold is None:
        return None
    line.hold, line.release_on, line.state = hold, hold.until, LineState.ON_HOLD
    back = StatementLine(kind=LineKind.HOLD, amount=-line.amount, exact=-line.amount, period=line.period)
    back.hold, back.release_on, back.corrects = hold, hold.until, line
    back.scheme_id, back.rep_id = line.scheme_id, line.rep_id
    back.text = hold.text
    return back


def _hold_for(line: StatementLine, found: Material) -> Hold | None:
    if line.kind in (LineKind.RELEASE, LineKind.ADJUSTMENT):
        return None
    if line.accrual_id in found.waiting:
        return found.waiting[line.accrual_id]
    if line.kind == LineKind.CLAWBACK:
        return None
    return next((hold for hold in found.holds if _covers(hold, line)), None)


def _covers(hold: Hold, line: StatementLine) -> bool:
    same_scheme = hold.scheme_id in (None, line.scheme_id)
    return hold.reason not in PAYOUT_REASONS and same_scheme and hold.rep_id in (None, line.rep_id)


def _taxes(run: SettlementRun, lines: Sequence[StatementLine], terms: Terms) -> list[StatementLine]:
    """Of what is earned and paid here; a line that only comes back from a dispute was taxed in its own statement."""
    base = sum((line.amount for line in lines if not _was_taxed(line)), ZERO)
    found = []
    for kind, percent, sign in ((LineKind.TAX, terms.vat, 1), (LineKind.WITHHOLDING, terms.withholding, -1)):
        amount = rounded(base * percent / 100 * sign, run.currency)
        if amount:
            line = _line(run, kind, amount)
            line.label = f"{percent}%"
            found.append(line)
    return found


def _was_taxed(line: StatementLine) -> bool:
    origin = line.corrects if line.kind == LineKind.RELEASE else None
    return origin is not None and origin.state == LineState.DISPUTED


def rounded(amount: Decimal, currency: str, rule: Rule = "half_even") -> Decimal:
    return quantize(amount, currency, rule)


def sum_up(statement: Statement, lines: Iterable[StatementLine], terms: Terms, *, wait: bool) -> None:
    """Set the sums of a statement. ``wait``: a hold stops the payout; so does a balance below the smallest payout."""
    every = list(lines)
    for name, kinds in SUMS.items():
        setattr(statement, name, sum((line.amount for line in every if line.kind in kinds), ZERO))
    statement.net = sum((line.amount for line in every), ZERO)
    rolls = wait or statement.net <= 0 or statement.net < terms.minimum
    statement.closing = statement.net if rolls else ZERO


def digest_of(statement: Statement, lines: Iterable[StatementLine], partner_code: str) -> str:
    """SHA-256 over what the statement says, in one fixed form."""
    said = {
        "number": statement.number,
        "partner": partner_code,
        "period": statement.period,
        "currency": statement.currency,
        "sums": [text(getattr(statement, name)) for name in (*SUMS, "net", "closing")],
        "lines": [
            [
                line.position,
                line.kind,
                line.period,
                text(line.amount),
                text(line.exact),
                line.digest,
                line.reason,
                line.reference,
                _day(line.release_on),
            ]
            for line in lines
        ],
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def text(amount: Decimal) -> str:
    """A number in one form whatever its scale."""
    plain = f"{amount:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
