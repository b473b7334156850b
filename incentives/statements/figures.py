"""Figures for those who pay for the programme: accrued, settled, paid; how old liabilities are; cost against revenue."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils import timezone

from common.money import from_minor
from common.periods import Period, parse_period, periods_between
from incentives.disputes import disputes_for
from incentives.enums import PAYABLE
from incentives.models import Accrual, Hold, Payment, Scheme, SettlementRun, Statement, StatementLine
from incentives.settlement.overview import group_titles
from incentives.standing import clock_of
from incentives.statements.selectors import held_lines, statements_for
from incentives.states import DisputeState, LineKind, PaymentState, StatementState
from performance.headline import headline_kpi, values_by_partner, visible_kpis
from tenancy.actors import Actor
from tenancy.enums import Permission

COUNTING = (StatementState.APPROVED, StatementState.PAID)
#: Lines that move what a scheme costs; opening balances and taxes do not.
OF_SCHEMES = (
    LineKind.EARNED,
    LineKind.LATE,
    LineKind.CLAWBACK,
    LineKind.ADJUSTMENT,
    LineKind.HOLD,
    LineKind.RELEASE,
)
OPEN = (PaymentState.PAYABLE, PaymentState.IN_BATCH, PaymentState.EXPORTED)
#: Days since the end of the period up to which a liability counts as this old; the last one is open.
AGES = (30, 60, 90)
RUNS = 12


@dataclass(frozen=True, slots=True)
class SchemeMoney:
    """``accrued`` is everything that the scheme gave so far, ``settled`` what statements say, ``paid`` what they paid."""

    scheme: Scheme
    accrued: Decimal
    settled: Decimal
    paid: Decimal

    @property
    def unsettled(self) -> Decimal:
        return max(self.accrued - self.settled, Decimal(0))

    @property
    def liability(self) -> Decimal:
        """Settled and not yet paid."""
        return self.settled - self.paid


def money_by_scheme(actor: Actor) -> list[SchemeMoney]:
    """Every published scheme with money in it, the dearest first. Three queries."""
    actor.require(Permission.VIEW_LEDGER)
    accrued = _sums(_owed().values_list("version__scheme_id").annotate(total=Sum("amount")))
    lines = StatementLine.objects.filter(kind__in=OF_SCHEMES, statement__state__in=COUNTING).exclude(
        scheme=None
    )
    settled = _sums(lines.order_by().values_list("scheme_id").annotate(total=Sum("amount")))
    paid_lines = lines.filter(statement__state=StatementState.PAID)
    paid = _sums(paid_lines.order_by().values_list("scheme_id").annotate(total=Sum("amount")))
    schemes = Scheme.objects.in_bulk({*accrued, *settled})
    nothing = Decimal(0)
    found = [
        SchemeMoney(scheme, accrued.get(pk, nothing), settled.get(pk, nothing), paid.get(pk, nothing))
        for pk, scheme in schemes.items()
    ]
    return sorted(found, key=lambda each: (-each.accrued, each.scheme.code))


def _owed() -> QuerySet[Accrual]:
    """Accruals that statements pay; points and benefits are no money, funds and discounts are paid otherwise."""
    found: QuerySet[Accrual] = Accrual.objects.filter(version__scheme__kind__in=PAYABLE).order_by()
    return found


def _sums(rows: object) -> dict[int, Decimal]:
    return {pk: Decimal(total or 0) for pk, total in rows}  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Age:
    """Money that is owed for periods that ended up to ``most`` days ago (``None``: longer).

    ``payable`` waits for the bank, ``rolling`` are balances that go on to the next statement (no account yet, too small),
    ``held`` stands on hold and is in no balance yet.
    """

    most: int | None
    payable: Decimal
    rolling: Decimal
    held: Decimal

    @property
    def total(self) -> Decimal:
        return self.payable + self.rolling + self.held


def ageing(actor: Actor) -> list[Age]:
    """Open payments, balances that roll on and held lines by the days since their period ended."""
    actor.require(Permission.VIEW_LEDGER)
    today = clock_of(actor.operator).today
    payable: dict[int | None, Decimal] = defaultdict(Decimal)
    rolling: dict[int | None, Decimal] = defaultdict(Decimal)
    held: dict[int | None, Decimal] = defaultdict(Decimal)
    for statement in _newest():
        rolling[_age(_end_of(actor, statement.period), today)] += statement.closing
    for payment in Payment.objects.filter(state__in=OPEN).select_related("statement"):
        age = _age(_end_of(actor, payment.statement.period), today)
        payable[age] += from_minor(payment.amount, payment.currency)
    for line in held_lines(actor):
        held[_age(_end_of(actor, line.period), today)] += line.amount
    return [Age(most, payable[most], rolling[most], held[most]) for most in (*AGES, None)]


def _newest() -> QuerySet[Statement]:
    """The newest statement of each partner and group: its closing balance is what rolls on."""
    found: QuerySet[Statement] = Statement.objects.filter(state__in=COUNTING)
    return found.order_by("partner_id", "run__group", "-pk").distinct("partner_id", "run__group")


def _end_of(actor: Actor, code: str) -> date:
    return parse_period(code, actor.operator.days, actor.operator.fiscal_start_month).last_day


def _age(ended: date, today: date) -> int | None:
    return next((most for most in AGES if (today - ended).days <= most), None)


@dataclass(frozen=True, slots=True)
class Ratio:
    """What was accrued for a quarter against the revenue that the channel brought in it."""

    period: Period
    cost: Decimal
    revenue: Decimal

    @property
    def share(self) -> Decimal | None:
        return self.cost / self.revenue if self.revenue > 0 else None


def cost_against_revenue(actor: Actor) -> list[Ratio]:
    """The last quarters, the running one last; nothing where no KPI measures sales by the quarter."""
    actor.require(Permission.VIEW_LEDGER)
    clock = clock_of(actor.operator)
    kpi = headline_kpi([each for each in visible_kpis(actor) if each.period == "quarter"])
    if kpi is None:
        return []
    periods = clock.trend("quarter")
    revenue = [
        sum(column, Decimal(0)) for column in _columns(values_by_partner(actor, kpi, periods), periods)
    ]
    cost = _cost(actor, periods)
    return [Ratio(each, cost[each.code], amount) for each, amount in zip(periods, revenue, strict=True)]


def _columns(values: dict[int, list[Decimal]], periods: Sequence[Period]) -> list[list[Decimal]]:
    return [[row[place] for row in values.values()] for place in range(len(periods))]


def _cost(actor: Actor, periods: Sequence[Period]) -> dict[str, Decimal]:
    """Accruals of the quarters and of the months inside them."""
    inside = {each.code: each.code for each in periods}
    operator = actor.operator
    for each in periods:
        for month in periods_between(
            each.start, each.end, "month", operator.days, operator.fiscal_start_month
        ):
            inside[month.code] = each.code
    rows = _owed().filter(period__in=inside).values_list("period").annotate(Sum("amount"))
    found: dict[str, Decimal] = defaultdict(Decimal)
    for code, total in rows:
        found[inside[code]] += total
    return found


@dataclass(frozen=True, slots=True)
class Duration:
    """Days from the end of a period to the last payment of its settlement, with what people call its schemes."""

    run: SettlementRun
    days: int
    schemes: str


def days_to_paid(actor: Actor) -> list[Duration]:
    """The newest settlements that are paid out, oldest first."""
    actor.require(Permission.VIEW_LEDGER)
    zone = actor.operator.zone
    runs = SettlementRun.objects.filter(closed_at__isnull=False).order_by("-period_end", "-pk")[:RUNS]
    names = group_titles()
    return [
        Duration(
            run,
            (timezone.localtime(run.closed_at, zone).date() - run.period_end).days,
            names.get(run.group, run.group),
        )
        for run in reversed(runs)
        if run.closed_at
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one hold holds in all, with one of its lines to open."""

    hold: Hold | None
    line: StatementLine
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Payout:
    """What a partner asks first: what was paid, what comes next and when, what waits and what to do about it."""

    last: Payment | None
    next_amount: Decimal
    next_day: date | None
    held: list[StatementLine]
    unconfirmed: int
    asked: int

    @property
    def held_total(self) -> Decimal:
        return sum((line.amount for line in self.held), Decimal(0))

    @property
    def holds(self) -> list[Waiting]:
        """The same hold by hold, the largest first."""
        lines: dict[int, list[StatementLine]] = defaultdict(list)
        for line in self.held:
            lines[line.hold_id or 0].append(line)
        found = [
            Waiting(each[0].hold, each[0], sum((line.amount for line in each), Decimal(0)))
            for each in lines.values()
        ]
        return sorted(found, key=lambda waiting: -waiting.amount)

    @property
    def last_amount(self) -> Decimal | None:
        return from_minor(self.last.amount, self.last.currency) if self.last else None


def payout_of(actor: Actor, partner_id: int) -> Payout:
    """The payout side of one partner's home."""
    actor.require(Permission.VIEW_STATEMENTS)
    payments = Payment.objects.filter(partner_id=partner_id).select_related("statement")
    open_ones = list(payments.filter(state__in=OPEN).order_by("due_on"))
    due = [each.due_on for each in open_ones if each.due_on]
    statements = statements_for(actor).filter(partner_id=partner_id, acknowledged_at=None)
    asked = disputes_for(actor).filter(partner_id=partner_id, state=DisputeState.INFORMATION_REQUIRED)
    return Payout(
        last=payments.filter(state=PaymentState.PAID).order_by("-pk").first(),
        next_amount=sum((from_minor(each.amount, each.currency) for each in open_ones), Decimal(0)),
        next_day=min(due, default=None),
        held=list(held_lines(actor, partner_id)),
        unconfirmed=statements.filter(state__in=COUNTING).count(),
        asked=asked.count(),
    )
