"""Reads of settlement runs."""

from typing import Any

from django.db.models import Q, QuerySet

from common.errors import NotFound
from common.money import quantize
from common.names import listed
from common.periods import Period, period_of
from incentives.enums import PAYABLE
from incentives.models import Scheme, SettlementRun, Statement
from incentives.settlement.runs import group_of, schemes_in, today_of
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.models import Transition
from workflow.states import history


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


def groups(actor: Actor) -> list[tuple[str, str]]:
    """What can be settled: the name of each group with the names of its schemes."""
    actor.require(Permission.SETTLE)
    return sorted(scheme_names().items())


def scheme_names() -> dict[str, str]:
    """Name of each group -> the names of its schemes, in the reader's language."""
    found: dict[str, list[str]] = {}
    for scheme in Scheme.objects.filter(published=True, kind__in=PAYABLE).order_by("code"):
        found.setdefault(group_of(scheme), []).append(scheme.label())
    return {name: listed(names) for name, names in found.items()}


def group_titles() -> dict[str, str]:
    """Name of each group -> what people call it: a scheme that is settled alone by its own name."""
    found = Scheme.objects.filter(published=True, kind__in=PAYABLE)
    return {group_of(scheme): scheme.settlement_group or scheme.label() for scheme in found}


def periods_to_settle(actor: Actor, most: int = 8) -> list[str]:
    """Codes of the newest periods that are over, of every kind that schemes have, newest first."""
    actor.require(Permission.SETTLE)
    operator, today = actor.operator, today_of(actor)
    kinds = Scheme.objects.filter(published=True, kind__in=PAYABLE).values_list("period", flat=True)
    found: list[Period] = []
    for kind in sorted(set(kinds)):
        each = period_of(today, kind, operator.days, operator.fiscal_start_month)
        for _number in range(most):
            each = each.previous()
            found.append(each)
    return [each.code for each in sorted(found, key=lambda each: (each.end, each.code), reverse=True)]


def statements_of(actor: Actor, run: SettlementRun) -> QuerySet[Statement]:
    """The run's statements, drafts too, by partner."""
    actor.require(Permission.SETTLE)
    found: QuerySet[Statement] = Statement.objects.filter(run=run).select_related("partner")
    return found.order_by("partner__name", "pk")


def history_of(actor: Actor, run: SettlementRun) -> list[Transition]:
    """The run's steps with time and person, oldest first."""
    actor.require(Permission.SETTLE)
    return list(history(run))
