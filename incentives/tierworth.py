"""What another tier would change in the rebates of the running periods: the money at stake in warnings about tiers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from incentives.accrual.counted import today_of
from incentives.accrual.groups import outcomes
from incentives.accrual.readings import read
from incentives.accrual.result import payable
from incentives.accrual.store import Slot
from incentives.accrual.versions import Rules, for_period, published_rules
from incentives.models import Accrual
from incentives.selectors import current_period
from tenancy.actors import Actor


def worth_of(actor: Actor, tiers: Mapping[int, str]) -> dict[int, Decimal]:
    """Partner id -> how much more its running rebates would pay with the tier that is named; caps count, budgets do not."""
    slots = _slots(actor, tiers)
    if not slots:
        return {}
    readings = read(actor.operator, slots)
    before = outcomes(slots, readings)
    readings.profiles = {
        pk: replace(profile, tier=tiers[pk]) for pk, profile in readings.profiles.items() if pk in tiers
    }
    after = outcomes(slots, readings)
    found: dict[int, Decimal] = defaultdict(Decimal)
    for slot, rules in slots.items():
        now, then = (
            payable(rules.version, each[slot].wanted, actor.operator.currency) for each in (before, after)
        )
        found[slot.partner_id] += then - now
    return dict(found)


def _slots(actor: Actor, tiers: Mapping[int, str]) -> dict[Slot, Rules]:
    """The accruals of these partners in the running periods of rebates in money."""
    day, found = today_of(actor.operator), {}
    for versions in published_rules(actor.operator, "period").values():
        period = current_period(actor, versions[0].scheme.period, day)
        rules = for_period(versions, period)
        if rules is None or not rules.scheme.in_money:
            continue
        rows = Accrual.objects.filter(
            version_id=rules.version.pk, period=period.code, partner_id__in=list(tiers)
        )
        for partner_id, rep_id in rows.values_list("partner_id", "rep_id"):
            found[Slot(rules.version.pk, period.code, partner_id, rep_id)] = rules
    return found
