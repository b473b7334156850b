"""Asking for simulations and stopping them."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from common.periods import Period
from incentives.accrual.affected import read_period
from incentives.models import Scheme, SchemeVersion, Simulation
from incentives.overview import today_of
from incentives.services import clean_eligibility
from incentives.simulation.rules import Trial, stored
from incentives.simulation.selectors import get_simulation
from incentives.states import GOING_ON, SimulationState
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.timers import schedule

#: Periods that one simulation looks at, at most.
MOST_PERIODS = 24
#: Seconds after which somebody looks whether a simulation still goes on.
LOOK_AFTER = 120


def start_simulation(
    actor: Actor,
    *,
    trial: Trial,
    periods: Sequence[str],
    scheme: Scheme | None = None,
    version: SchemeVersion | None = None,
    label: str = "",
) -> Simulation:
    """Have these rules tried over past periods, in the background.

    ``scheme``: compared with its published version of today; without one, with nothing. ``version``: the stored version
    that the rules are of, where they are one's. Raises ``FormulaInvalid``, ``InputError`` for periods.
    """
    actor.require(Permission.MANAGE_SCHEMES)
    rules, digest = stored(actor.operator, trial)
    rules["eligibility"] = clean_eligibility(rules["eligibility"])
    job: Simulation = Simulation.objects.create(
        scheme=scheme,
        version=version,
        baseline=published_today(actor, scheme) if scheme else None,
        label=label or (str(scheme.name) if scheme else ""),
        rules=rules,
        digest=digest,
        periods=[period.code for period in check_periods(actor, trial.period, periods)],
        membership_id=actor.membership_id,
    )
    audit.record(actor, "scheme.simulate", job, changes={"periods": [None, job.periods]})
    schedule("incentives.simulation", job, timezone.now() + timedelta(seconds=LOOK_AFTER))
    transaction.on_commit(partial(ring, actor.operator.pk, job.pk), robust=True)
    return job


def published_today(actor: Actor, scheme: Scheme) -> SchemeVersion | None:
    """The version in force today, else the newest published one."""
    published = scheme.versions.filter(published_at__isnull=False).select_related("scheme")
    newest = published.order_by("-starts", "-number")
    return newest.filter(starts__lte=today_of(actor)).first() or newest.first()


def check_periods(actor: Actor, kind: str, codes: Sequence[str]) -> list[Period]:
    """Different periods of this kind that have begun, in their order; raises ``InputError``."""
    periods = {code: read_period(actor.operator, code) for code in codes}
    if not periods or len(periods) > MOST_PERIODS:
        raise InputError(
            "periods", _("Choose between 1 and %(most)s periods."), "periods", {"most": MOST_PERIODS}
        )
    today = today_of(actor)
    for period in periods.values():
        if period.kind != kind:
            raise InputError("periods", _("The periods have to be those of the scheme."), "periods")
        if period.start > today:
            raise InputError("periods", _("A simulation looks at periods that have begun."), "periods")
    return sorted(periods.values(), key=lambda period: period.start)


def last_periods(actor: Actor, kind: str, count: int) -> list[Period]:
    """The last ``count`` complete periods, oldest first."""
    from incentives.selectors import current_period

    found = [current_period(actor, kind).previous()]
    while len(found) < count:
        found.append(found[-1].previous())
    return found[::-1]


def cancel_simulation(actor: Actor, *, simulation_id: int) -> Simulation:
    """Stop a simulation; it ends with the chunk that it is at. Raises ``Conflict`` where it has ended."""
    actor.require(Permission.MANAGE_SCHEMES)
    get_simulation(actor, simulation_id)
    job: Simulation = Simulation.objects.select_for_update().get(pk=simulation_id)
    if job.state not in GOING_ON:
        raise Conflict("ended", _("This simulation has ended already."))
    job.state, job.finished_at = SimulationState.CANCELLED, timezone.now()
    job.save(update_fields=["state", "finished_at"])
    audit.record(actor, "simulation.cancel", job)
    return job


def ring(operator_id: int, simulation_id: int) -> None:
    """Tell a worker to look at the job."""
    from incentives.simulation.tasks import run_simulation_job

    run_simulation_job.apply_async((operator_id, simulation_id), retry=False)
