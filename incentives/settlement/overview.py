"""Reads of settlement runs."""

from typing import Any

from django.db.models import Q, QuerySet

from common.errors import NotFound
from common.money import quantize
from incentives.models import Scheme, SettlementRun
from incentives.settlement.runs import group_of, schemes_in
from tenancy.actors import Actor
from tenancy.enums import Permission


def runs_for(actor: Actor) -> QuerySet[SettlementRun]:
    """All runs, newest period first. Of the operator's staff alone."""
    if not actor.can(Permission.SETTLE):
        actor.require(Permission.APPROVE_SETTLEMENTS)
    found: QuerySet[SettlementRun] = SettlementRun.objects.select_related("prepared_by", "approved_by")
    return found


def get_run(actor: Actor, pk: int) -> SettlementRun:
    """One of ``runs_for``; raises ``NotFound``."""
    run = runs_for(actor).filter(pk=pk).first()
    if run is None:
        raise NotFound()
    return run


def by_scheme(runs: QuerySet[SettlementRun], code: str) -> QuerySet[SettlementRun]:
    """Runs that settle this scheme, or the group of this name."""
    scheme = Scheme.objects.filter(code=code).first()
    names = Q(group=code) | Q(group=group_of(scheme)) if scheme else Q(group=code)
    return runs.filter(names)


def run_facts(actor: Actor, run: SettlementRun) -> dict[str, Any]:
    """What the command and the API tell of a run."""
    return {
        "id": run.pk,
        "scheme": run.group,
        "schemes": [scheme.code for scheme in schemes_in(run.group)],
        "period": run.period,
        "state": run.state,
        "total": {"amount": plain_money(run), "currency": run.currency},
        "differences": run.differences,
        "report": run.report,
        "grace_until": run.grace_until,
    }


def plain_money(run: SettlementRun) -> str:
    """The total with the decimals of its currency."""
    return f"{quantize(run.total, run.currency):f}"
