"""Drafting statements, some hundred partners per transaction; who has one already is passed over."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from common.periods import Period
from incentives.models import (
    Adjustment,
    BankAccount,
    Dispute,
    FrozenAccrual,
    Hold,
    SettlementRun,
    Statement,
    StatementLine,
)
from incentives.settlement import options
from incentives.settlement.lines import (
    PAYOUT_REASONS,
    ZERO,
    Material,
    Terms,
    digest_of,
    lines_of,
    sum_up,
)
from incentives.settlement.runs import schemes_of
from incentives.states import (
    AdjustmentState,
    BankAccountState,
    DisputeState,
    HoldReason,
    HoldState,
    LineKind,
    LineState,
    StatementState,
)
from partners.models import Partner

CHUNK = 500
COUNTING = (StatementState.APPROVED, StatementState.PAID)


def due_partners(run: SettlementRun, period: Period) -> list[int]:
    """Everybody of whom the run may have something to say and who has no draft yet, in order."""
    schemes = [scheme.pk for scheme in schemes_of(run, period)]
    moved = FrozenAccrual.objects.filter(run=run).exclude(amount=F("settled"))
    ids: set[int] = set(moved.values_list("partner_id", flat=True))
    ids |= {pk for pk, balance in openings(run).items() if balance}
    ids |= set(adjustments_due(schemes).values_list("partner_id", flat=True))
    ids |= set(releases_due(run.group, schemes).values_list("partner_id", flat=True))
    drafted = Statement.objects.filter(run=run).values_list("partner_id", flat=True)
    return sorted(ids - set(drafted))


def openings(run: SettlementRun, partner_ids: Iterable[int] | None = None) -> dict[int, Decimal]:
    """Partner id -> what the newest statement of the group left open."""
    found = Statement.objects.filter(run__group=run.group, state__in=COUNTING)
    if partner_ids is not None:
        found = found.filter(partner_id__in=list(partner_ids))
    newest = found.order_by("partner_id", "-pk").distinct("partner_id")
    return dict(newest.values_list("partner_id", "closing"))


def adjustments_due(schemes: Sequence[int]) -> QuerySet[Adjustment]:
    """Approved adjustments that no statement has: those of these schemes, and those of none."""
    found = Adjustment.objects.filter(state=AdjustmentState.APPROVED)
    taken = StatementLine.objects.filter(adjustment__isnull=False).values("adjustment_id")
    return found.filter(Q(scheme=None) | Q(scheme_id__in=schemes)).exclude(pk__in=taken)


def releases_due(group: str, schemes: Sequence[int]) -> QuerySet[StatementLine]:
    """Lines of earlier statements whose hold ended, or that left their payment and whose dispute is decided."""
    decided = Dispute.objects.filter(
        state__in=(DisputeState.UPHELD, DisputeState.UPHELD_IN_PART, DisputeState.CLOSED)
    ).values("pk")
    back = StatementLine.objects.filter(kind=LineKind.RELEASE).values("corrects_id")
    ended = Q(state=LineState.ON_HOLD, hold__state=HoldState.RELEASED)
    decided_on = Q(state=LineState.DISPUTED, dispute_id__in=decided)
    found = StatementLine.objects.filter(ended | decided_on, statement__state__in=COUNTING)
    own = Q(scheme_id__in=schemes) | Q(scheme=None, statement__run__group=group)
    return found.filter(own).exclude(pk__in=back)


def draft_some(run: SettlementRun, period: Period, partner_ids: Sequence[int]) -> int:
    """Statements of these partners; those to whom there is nothing to say get none. The run is locked by the caller."""
    materials = gather(run, period, partner_ids)
    terms = terms_now()
    waiting = payout_waits(partner_ids)
    codes = dict(Partner.objects.filter(pk__in=list(partner_ids)).values_list("pk", "code"))
    number = Statement.objects.filter(run=run).count()
    statements: list[Statement] = []
    lines: list[StatementLine] = []
    for partner_id in partner_ids:
        own = lines_of(run, materials[partner_id], terms)
        if not own:
            continue
        number += 1
        statement = _statement(run, partner_id, number)
        statement.as_of = run.frozen_at
        sum_up(statement, own, terms, wait=partner_id in waiting)
        for position, line in enumerate(own, 1):
            line.statement, line.position, line.partner_id = statement, position, partner_id
        statement.digest = digest_of(statement, own, codes[partner_id])
        statements.append(statement)
        lines += own
    Statement.objects.bulk_create(statements)
    _store(lines)
    return len(statements)


def _statement(run: SettlementRun, partner_id: int, number: int) -> Statement:
    return Statement(
        number=f"{run.period}-{run.pk:04d}-{number:05d}",
        run=run,
        partner_id=partner_id,
        period=run.period,
        currency=run.currency,
    )


def _store(lines: Sequence[StatementLine]) -> None:
    """Lines that take others out name them, so these come first."""
    for line in lines:
        line.statement_id = line.statement.pk
    first = [line for line in lines if line.kind != LineKind.HOLD]
    StatementLine.objects.bulk_create(first)
    second = [line for line in lines if line.kind == LineKind.HOLD]
    for line in second:
        line.corrects_id = line.corrects.pk if line.corrects else None
    StatementLine.objects.bulk_create(second)


def gather(run: SettlementRun, period: Period, partner_ids: Sequence[int]) -> defaultdict[int, Material]:
    """What each partner's statement is made of, in six queries."""
    found: defaultdict[int, Material] = defaultdict(Material)
    schemes = [scheme.pk for scheme in schemes_of(run, period)]
    ids = list(partner_ids)
    for partner_id, balance in openings(run, ids).items():
        found[partner_id].opening = balance
    moved = FrozenAccrual.objects.filter(run=run, partner_id__in=ids).exclude(amount=F("settled"))
    for row in moved.order_by("scheme__code", "period", "rep_id", "pk"):
        found[row.partner_id].frozen.append(row)
    for adjustment in adjustments_due(schemes).filter(partner_id__in=ids).order_by("pk"):
        found[adjustment.partner_id].adjustments.append(adjustment)
    for line in releases_due(run.group, schemes).filter(partner_id__in=ids).order_by("pk"):
        found[line.partner_id].releases.append(line)
    for hold in Hold.objects.filter(state=HoldState.ACTIVE, partner_id__in=ids).order_by("pk"):
        found[hold.partner_id].holds.append(hold)
    _waiting(found, ids)
    return found


def _waiting(found: defaultdict[int, Material], ids: Sequence[int]) -> None:
    lines = StatementLine.objects.filter(
        partner_id__in=ids, state=LineState.ON_HOLD, accrual__isnull=False, hold__state=HoldState.ACTIVE
    )
    for line in lines.select_related("hold"):
        if line.hold is not None and line.accrual_id is not None:
            found[line.partner_id].waiting[line.accrual_id] = line.hold


def terms_now() -> Terms:
    return Terms(options.vat(), options.withholding(), Decimal(options.minimum_payout()))


def payout_waits(partner_ids: Iterable[int]) -> set[int]:
    """Partners who cannot be paid now: without an active account, or held as a whole."""
    ids = set(partner_ids)
    ready = BankAccount.objects.filter(partner_id__in=ids, state=BankAccountState.ACTIVE)
    held = Hold.objects.filter(state=HoldState.ACTIVE, partner_id__in=ids, reason__in=PAYOUT_REASONS)
    held = held.exclude(reason=HoldReason.BANK_DATA_MISSING)
    without = ids - set(ready.values_list("partner_id", flat=True))
    return without | set(held.values_list("partner_id", flat=True))


def finish_drafts(run: SettlementRun) -> None:
    """Total and report of the run, once every draft stands."""
    statements = list(Statement.objects.filter(run=run).values_list("net", "closing"))
    run.total = sum((net for net, _closing in statements), ZERO)
    frozen = FrozenAccrual.objects.filter(run=run)
    paid = sum(1 for net, closing in statements if net > 0 and not closing)
    excluded = {
        "not_eligible": frozen.filter(eligible=False).count(),
        "nothing_earned": frozen.filter(eligible=True, amount=0, settled=0).count(),
        "on_hold": StatementLine.objects.filter(statement__run=run, state=LineState.ON_HOLD).count(),
        "balance_rolls_on": len(statements) - paid,
    }
    run.report = {
        "evaluated": frozen.count(),
        "statements": len(statements),
        "paid": paid,
        "payable": str(sum((net for net, closing in statements if net > 0 and not closing), ZERO)),
        "excluded": {name: count for name, count in excluded.items() if count},
        "drafted_at": timezone.now().isoformat(),
    }
