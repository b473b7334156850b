"""What incentives do when lower apps say that something changed."""

from collections.abc import Iterator
from typing import Any

from incentives.accrual import ceilings, evaluate_credits, evaluate_periods
from incentives.accrual.affected import Change
from incentives.accrual.backfill import backfill_version, reevaluate_partners
from incentives.accrual.transactions import RELEASE, renew_sums
from incentives.accrual.versions import Rules
from incentives.grants import renew_days
from incentives.models import Accrual, SchemeVersion
from incentives.overruns import RAISED
from incentives.programs import program_of
from tenancy.actors import Actor
from tenancy.outbox import on
from workflow.timers import on_timer


@on("measurements.changed")
def measurements_changed(actor: Actor, payload: dict[str, Any]) -> None:
    """Measurements moved and credits were counted: evaluate what they feed."""
    evaluate_periods(actor, _changes(payload))
    credit_ids = payload.get("credit_ids", [])
    evaluate_credits(actor, credit_ids)
    renew_days(actor, credit_ids)


def _changes(payload: dict[str, Any]) -> Iterator[Change]:
    for kpi_id, period, partner_id, rep_id in payload.get("keys", []):
        yield Change(kpi_id, period, partner_id, rep_id)


@on("scheme.published")
def scheme_published(actor: Actor, payload: dict[str, Any]) -> None:
    """A version is in force: everything since its start counts."""
    version = SchemeVersion.objects.select_related("scheme").get(pk=payload["version_id"])
    backfill_version(actor, version)
    renew_days(actor, versions=[version.pk])


@on("partners.changed")
def partners_changed(actor: Actor, payload: dict[str, Any]) -> None:
    """Tier, roles or territory of partners changed: their accruals may too."""
    reevaluate_partners(actor, payload["partner_ids"])


@on(RAISED)
def budget_raised(actor: Actor, payload: dict[str, Any]) -> None:
    """More money was approved: give it out."""
    version = SchemeVersion.objects.select_related("scheme").get(pk=payload["version_id"])
    ceilings.hold()
    program = program_of(version, version.scheme, actor.operator.currency)
    ceilings.share_out(actor.operator, {version.pk: Rules(version.scheme, version, program)})


@on_timer(RELEASE)
def released(actor: Actor, accrual_id: int, payload: dict[str, Any]) -> None:
    """A payment has fallen due: it counts from today on, if the customer is still there."""
    rows = Accrual.objects.filter(pk=accrual_id)
    renew_sums(actor, rows)
    renew_days(actor, versions=list(rows.values_list("version_id", flat=True)))
