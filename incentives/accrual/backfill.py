"""Evaluating what is already there: after publishing a version, and after a partner's profile changed."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain

from django.utils import timezone

from common.periods import Period, periods_between
from incentives.accrual import ceilings
from incentives.accrual.fitting import may_matter
from incentives.accrual.periods import evaluate_slots
from incentives.accrual.store import Slot, batched
from incentives.accrual.transactions import evaluate_credits, schemes_with
from incentives.accrual.versions import Rules, for_period, published_rules
from incentives.enums import Payee
from incentives.models import Accrual, Scheme, SchemeVersion
from incentives.programs import kpi_period
from performance.enums import Beneficiary
from performance.models import Credit, Kpi, Measurement
from tenancy.actors import Actor
from tenancy.models import Operator

CHUNK = 2000


def backfill_version(actor: Actor, version: SchemeVersion) -> int:
    """Evaluate everybody with numbers since the version's start; returns how many accruals or lines there were."""
    scheme = version.scheme
    if scheme.scope == "transaction":
        return _backfill_credits(actor, version)
    versions = published_rules(actor.operator, "period").get(scheme.pk, [])
    done = 0
    for period in started_periods(actor.operator, version, scheme):
        rules = for_period(versions, period)
        if rules is not None:
            _forget(actor.operator, versions, rules, period)
            done += _evaluate_in_chunks(actor, _slots_with_numbers(rules, period), rules)
    return done


def _forget(operator: Operator, versions: Sequence[Rules], rules: Rules, period: Period) -> None:
    """Drop what other versions owed for a period that ``rules`` decide now; their budgets are free of it."""
    earlier = Accrual.objects.filter(version__scheme_id=rules.scheme.pk, period=period.code)
    earlier = earlier.exclude(version=rules.version)
    touched = set(earlier.values_list("version_id", flat=True))
    if touched:
        ceilings.hold()
        earlier.delete()
        ceilings.share_out(
            operator, {each.version.pk: each for each in versions if each.version.pk in touched}
        )


def started_periods(operator: Operator, version: SchemeVersion, scheme: Scheme) -> Iterator[Period]:
    """The scheme's periods from the version's start up to today (or its end)."""
    today = timezone.now().astimezone(operator.zone).date()
    last = min(today, version.ends) if version.ends else today
    return periods_between(
        version.starts,
        last + timedelta(days=1),
        scheme.period,  # type: ignore[arg-type]
        operator.days,
        operator.fiscal_start_month,
    )


def _slots_with_numbers(rules: Rules, period: Period) -> list[Slot]:
    found: set[Slot] = set()
    by_rep = rules.scheme.payee == Payee.REP
    for kpi in Kpi.objects.filter(code__in=rules.program.names):
        at = kpi_period(kpi, period)
        rows = Measurement.objects.filter(kpi=kpi, period__in=[at.code, at.previous().code])
        if by_rep != (kpi.beneficiary == Beneficiary.REP):
            continue
        for partner_id, rep_id in rows.values_list("partner_id", "rep_id"):
            found.add(Slot(rules.version.pk, period.code, partner_id, rep_id if by_rep else None))
    return sorted(found, key=lambda slot: (slot.partner_id, slot.rep_id or 0))


def _evaluate_in_chunks(actor: Actor, slots: Sequence[Slot], rules: Rules) -> int:
    return sum(evaluate_slots(actor, dict.fromkeys(batch, rules)) for batch in batched(slots, CHUNK))


def _backfill_credits(actor: Actor, version: SchemeVersion) -> int:
    credits = Credit.objects.filter(day__gte=version.starts)
    if version.ends:
        credits = credits.filter(day__lte=version.ends)
    rules = chain.from_iterable(schemes_with(actor.operator, version).values())
    credits = credits.filter(may_matter(rules))
    return evaluate_credits(actor, list(credits.values_list("pk", flat=True)), only=version)


def reevaluate_partners(actor: Actor, partner_ids: Sequence[int]) -> int:
    """Evaluate the period accruals of these partners again, each under the version that decides its period."""
    schemes = published_rules(actor.operator, "period")
    rules = {each.version.pk: each for versions in schemes.values() for each in versions}
    rows = Accrual.objects.filter(partner_id__in=list(partner_ids), version_id__in=rules)
    slots = {
        Slot(row.version_id, row.period, row.partner_id, row.rep_id): rules[row.version_id] for row in rows
    }
    return evaluate_slots(actor, slots)
