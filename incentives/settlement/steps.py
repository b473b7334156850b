"""Walking a run forward: every step is a transaction of its own that finds by the run's state what is to be done.

Killed anywhere, a run goes on where it stood: what a step did is committed with the state that follows it.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.conf import settings as django_settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from common.periods import Period
from incentives.accrual.affected import read_period
from incentives.holds import end_answered
from incentives.machines import RUN
from incentives.models import FrozenAccrual, SettlementRun, Statement, StatementLine
from incentives.settlement import freeze as freezing
from incentives.settlement import options, verify
from incentives.settlement.drafts import CHUNK, draft_some, due_partners, finish_drafts
from incentives.settlement.holdrules import place_holds
from incentives.settlement.runs import locked, today_of
from incentives.states import RunState
from performance.counting.service import count_pending
from performance.tasks import deliver_events
from tenancy import audit
from tenancy.access import scope_of
from tenancy.actors import Actor, system_actor
from tenancy.enums import Permission
from tenancy.outbox import emit
from workflow.calendar import work_calendar
from workflow.states import move
from workflow.timers import schedule

GRACE_OVER = "incentives.grace_over"
ADVANCE = "settlement.advance"
Step = Callable[[Actor, SettlementRun, Period], bool]


def advance_run(actor: Actor, *, run_id: int) -> None:
    """Take the run as far as it gets now: to approval, to the end of its grace time, or to a stop by differences.

    Each step is a transaction of its own (inside an open one: a savepoint). Raises ``Conflict`` while another run of the
    group waits for approval. Runs as the worker.
    """
    actor.require(Permission.SETTLE)
    drain(actor, run_id)
    while step(actor, run_id):
        continue


def ask_to_advance(actor: Actor, *, run_id: int) -> None:
    """Have the worker take the run further; a stopped one is tried again."""
    actor.require(Permission.SETTLE)
    run = locked(run_id)
    if run.state == RunState.STOPPED:
        move(actor, run, RunState.GRACE, RUN)
    if run.prepared_by_id is None:
        run.prepared_by_id = actor.membership_id
        run.save(update_fields=["prepared_by"])
    emit(ADVANCE, {"run_id": run.pk})


def drain(actor: Actor, run_id: int) -> None:
    """Count what waits, so that the grace time's last transactions are in."""
    system = system_actor(actor.operator, "settlement")
    for lane in range(django_settings.FEED_LANES):
        while count_pending(system, lane).lines:
            continue
    deliver_events(system)


def step(actor: Actor, run_id: int) -> bool:
    """One step; returns whether the next one can follow at once."""
    system = system_actor(actor.operator, actor.name)
    with scope_of(system):
        run = locked(run_id)
        work = STEPS.get(RunState(run.state))
        return work(actor, run, read_period(actor.operator, run.period)) if work else False


def _close(actor: Actor, run: SettlementRun, period: Period) -> bool:
    move(actor, run, RunState.CLOSING, RUN)
    return True


def _wait(actor: Actor, run: SettlementRun, period: Period) -> bool:
    days = options.grace_days()
    calendar = work_calendar(actor.operator)
    run.grace_until = calendar.add_days(period.last_day, days) if days else period.last_day
    move(actor, run, RunState.GRACE, RUN, save=["grace_until"])
    schedule(GRACE_OVER, run, calendar.end_of(run.grace_until))
    return True


def _freeze(actor: Actor, run: SettlementRun, period: Period) -> bool:
    """Freeze and recompute in one transaction: both must see the same transactions."""
    if run.grace_until is None or today_of(actor) <= run.grace_until:
        return False
    others = SettlementRun.objects.filter(
        group=run.group, state__in=(RunState.FROZEN, RunState.VERIFIED, RunState.STATEMENTS)
    )
    if others.exclude(pk=run.pk).exists():
        raise Conflict("run_open", _("Another settlement of these schemes waits for approval."))
    freezing.stand_still(system_actor(actor.operator, "settlement"))
    freezing.freeze(actor, run, period)
    run.frozen_at = timezone.now()
    move(actor, run, RunState.FROZEN, RUN, save=["frozen_at"])
    periods = _periods(actor, run)
    freezing.give_reasons(actor, run, periods)
    run.differences = verify.differences(actor, run, periods)
    target = RunState.STOPPED if run.differences else RunState.VERIFIED
    move(actor, run, target, RUN, save=["differences"])
    return target == RunState.VERIFIED


def _periods(actor: Actor, run: SettlementRun) -> dict[str, Period]:
    codes = FrozenAccrual.objects.filter(run=run).order_by().values_list("period", flat=True).distinct()
    return {code: read_period(actor.operator, code) for code in codes}


def _draft(actor: Actor, run: SettlementRun, period: Period) -> bool:
    """Some drafts; with the last of them the run waits for approval."""
    if not Statement.objects.filter(run=run).exists():
        end_answered(actor)
        place_holds(actor, run, period)
    partners = due_partners(run, period)
    draft_some(run, period, partners[:CHUNK])
    if len(partners) > CHUNK:
        return True
    finish_drafts(run)
    move(actor, run, RunState.STATEMENTS, RUN, save=["total", "report"])
    return False


STEPS: Mapping[RunState, Step] = {
    RunState.OPEN: _close,
    RunState.CLOSING: _wait,
    RunState.GRACE: _freeze,
    RunState.VERIFIED: _draft,
}


def discard_drafts(actor: Actor, *, run_id: int, reason: str) -> SettlementRun:
    """Take the drafts away, so that the run freezes anew. Nobody but the operator has seen them."""
    actor.require(Permission.SETTLE)
    run = locked(run_id)
    move(actor, run, RunState.GRACE, RUN, text=reason)
    StatementLine.objects.filter(statement__run=run).exclude(corrects=None).delete()
    StatementLine.objects.filter(statement__run=run).delete()
    Statement.objects.filter(run=run).delete()
    run.total, run.report, run.differences = Decimal(0), {}, []
    run.save(update_fields=["total", "report", "differences"])
    audit.record(
        actor, "settlement.discard", run, ref=f"{run.group} {run.period}", changes={"reason": reason}
    )
    return run
