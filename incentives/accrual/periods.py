"""Period schemes: rebates over the KPIs of a period."""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from incentives.accrual import ceilings, store
from incentives.accrual.affected import Change, touched_slots
from incentives.accrual.groups import outcomes, with_siblings
from incentives.accrual.readings import Readings, read
from incentives.accrual.result import Outcome
from incentives.accrual.store import Slot
from incentives.accrual.versions import Rules, published_rules
from incentives.models import Accrual
from performance.models import Kpi
from tenancy.actors import Actor


def evaluate_periods(actor: Actor, changes: Iterable[Change]) -> int:
    """Evaluate again what these measurements feed; returns how many accruals were looked at. Runs in a worker's scope."""
    schemes = published_rules(actor.operator, "period")
    if not schemes:
        return 0
    names = {name for versions in schemes.values() for rules in versions for name in rules.program.names}
    kpis = {kpi.pk: kpi for kpi in Kpi.objects.filter(code__in=names)}
    today = timezone.now().astimezone(actor.operator.zone).date()
    return evaluate_slots(actor, touched_slots(actor.operator, schemes, kpis, changes, today))


def evaluate_slots(actor: Actor, slots: Mapping[Slot, Rules]) -> int:
    """Lock, read, evaluate and store these accruals (and those that they stack with); returns their number."""
    if not slots:
        return 0
    ceilings.hold()
    every = with_siblings(actor.operator, slots)
    rows = store.lock(every)
    readings = read(actor.operator, every)
    found = outcomes(every, readings)
    changed = [_renew(row, slot, every[slot], readings, found[slot]) for slot, row in rows.items()]
    store.save(changed)
    ceilings.share_out(actor.operator, {rules.version.pk: rules for rules in every.values()})
    return len(changed)


def _renew(row: Accrual, slot: Slot, rules: Rules, readings: Readings, outcome: Outcome) -> Accrual:
    sources = readings.sources(slot, rules)
    row.lines = sum(readings.lines.get(key, 0) for key in sources)
    row.as_of = max((readings.newest[key] for key in sources if key in readings.newest), default=None)
    return store.put(row, outcome, rules.program.digest)
