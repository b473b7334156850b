"""Running a simulation chunk by chunk. Each chunk is one transaction with its place, so a run that dies goes on from there."""

import logging

from django.db.models import Count
from django.utils import timezone

from common.errors import DomainError
from incentives.accrual.affected import read_period
from incentives.models import SimulatedAmount, Simulation
from incentives.simulation.evaluating import Chunk, Result, evaluate_chunk, partners_with_numbers
from incentives.simulation.rules import baseline_of, rules_of
from incentives.simulation.summary import summarise
from incentives.states import GOING_ON, SimulationState
from tenancy.access import scope_of
from tenancy.actors import Actor

#: Partners of one period in one transaction.
CHUNK = 200
logger = logging.getLogger(__name__)
NOTHING = Result()


def run_simulation(actor: Actor, simulation_id: int) -> None:
    """Bring a simulation to its end. Call it outside of any scope; two at once do no harm, one of them leaves."""
    try:
        while run_step(actor, simulation_id):
            continue
    except Exception as error:
        logger.exception("Simulation %s failed", simulation_id)
        _fail(actor, simulation_id, error)


def run_step(actor: Actor, simulation_id: int) -> bool:
    """The next chunk; returns whether there is more to do."""
    with scope_of(actor):
        found = Simulation.objects.select_for_update(skip_locked=True, of=("self",))
        job = found.select_related("baseline__scheme").filter(pk=simulation_id, state__in=GOING_ON).first()
        if job is None:
            return False
        if job.state == SimulationState.WAITING:
            _begin(actor, job)
        else:
            _step(actor, job)
        job.save()
        return bool(job.state == SimulationState.RUNNING)


def _begin(actor: Actor, job: Simulation) -> None:
    job.state = SimulationState.RUNNING
    rules = [each for each in (rules_of(actor.operator, job), baseline_of(actor.operator, job)) if each]
    for code in job.periods:
        rows = partners_with_numbers(rules, read_period(actor.operator, code))
        job.total += rows.aggregate(n=Count("partner_id", distinct=True))["n"]


def _step(actor: Actor, job: Simulation) -> None:
    if job.at >= len(job.periods):
        job.state, job.finished_at = SimulationState.DONE, timezone.now()
        job.done = job.total
        job.summary = summarise(job)
        return
    operator = actor.operator
    period = read_period(operator, job.periods[job.at])
    rules, baseline = rules_of(operator, job), baseline_of(operator, job)
    rows = partners_with_numbers([each for each in (rules, baseline) if each], period)
    waiting = (
        rows.filter(partner_id__gt=job.after).order_by("partner_id").values_list("partner_id", flat=True)
    )
    partner_ids = list(waiting.distinct()[:CHUNK])
    _keep(job, period.code, evaluate_chunk(operator, rules, baseline, period, partner_ids))
    job.done += len(partner_ids)
    job.after = partner_ids[-1] if partner_ids else job.after
    if len(partner_ids) < CHUNK:
        job.at, job.after = job.at + 1, 0


def _keep(job: Simulation, period: str, chunk: Chunk) -> None:
    everybody = sorted({*chunk.rules, *chunk.baseline}, key=lambda who: (who[0], who[1] or 0))
    rows = []
    for who in everybody:
        now, before = chunk.rules.get(who, NOTHING), chunk.baseline.get(who, NOTHING)
        rows.append(
            SimulatedAmount(
                simulation=job,
                period=period,
                partner_id=who[0],
                rep_id=who[1],
                amount=now.amount,
                exact=now.exact,
                before=before.amount,
                cut=now.cut,
                failed=now.failed,
            )
        )
    SimulatedAmount.objects.bulk_create(rows, batch_size=2000)


def _fail(actor: Actor, simulation_id: int, error: Exception) -> None:
    text = error.message if isinstance(error, DomainError) else type(error).__name__
    with scope_of(actor):
        going = Simulation.objects.filter(pk=simulation_id, state__in=GOING_ON)
        going.update(state=SimulationState.FAILED, error=str(text)[:400], finished_at=timezone.now())
