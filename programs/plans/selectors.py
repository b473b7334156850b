"""Reads of plans."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from common.errors import NotFound
from common.money import plain
from common.periods import Period, parse_period, period_of
from partners.book.enums import Side
from partners.models import Task
from programs.models import Commitment, Objective, Plan, PlanVersion
from programs.plans.enums import PlanState
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Operator

#: The texts of a plan that people write.
TEXTS = ("title", "summary", "strengths", "weaknesses", "opportunities", "threats")


def plans_for(actor: Actor) -> QuerySet[Plan]:
    """Plans that the actor may see, the newest year first; partners see no outline."""
    actor.require(Permission.VIEW_PLANS)
    found: QuerySet[Plan] = Plan.objects.select_related("partner")
    if actor.is_partner:
        found = found.exclude(state=PlanState.OUTLINE)
    return found.order_by("-year", "partner__name", "pk")


def get_plan(actor: Actor, pk: int) -> Plan:
    """One of ``plans_for``; raises ``NotFound``."""
    plan = plans_for(actor).filter(pk=pk).first()
    if plan is None:
        raise NotFound()
    return plan


def is_side(actor: Actor, plan: Plan) -> bool:
    """Whether the actor may act for one of the two sides."""
    own = not actor.is_partner or plan.partner_id == actor.partner_id
    return own and actor.can(Permission.MANAGE_PLANS)


def objectives_of(plan: Plan) -> QuerySet[Objective]:
    found: QuerySet[Objective] = Objective.objects.filter(plan=plan).select_related("kpi")
    return found.prefetch_related("targets")


def commitments_of(plan: Plan, side: str = "") -> QuerySet[Commitment]:
    found: QuerySet[Commitment] = Commitment.objects.filter(plan=plan)
    return found.filter(side=side) if side else found


def tasks_of(plan: Plan) -> dict[str, Task]:
    """Origin -> task, of what the plan's commitments became."""
    origins = [f"commitment:{row.pk}" for row in commitments_of(plan)]
    return {task.origin: task for task in Task.objects.filter(origin__in=origins)}


def versions_of(plan: Plan) -> QuerySet[PlanVersion]:
    found: QuerySet[PlanVersion] = PlanVersion.objects.filter(plan=plan)
    return found


def year_of(operator: Operator, plan: Plan) -> Period:
    return parse_period(plan.year, operator.days, operator.fiscal_start_month)


def periods_in(operator: Operator, year: Period, kind: str) -> list[Period]:
    """The periods of a kind (quarter, half or year) in a fiscal year, in order."""
    found = [period_of(year.start, kind, operator.days, operator.fiscal_start_month)]  # type: ignore[arg-type]
    while found[-1].end < year.end:
        found.append(found[-1].next())
    return found


def content_of(plan: Plan) -> dict[str, Any]:
    """Everything that is signed, as JSON values in a fixed order."""
    return {
        **{name: getattr(plan, name) for name in ("year", *TEXTS)},
        "partner": plan.partner.code,
        "accounts": plan.accounts,
        "objectives": [
            {
                "title": each.title,
                "kpi": each.kpi.code if each.kpi else "",
                "weight": each.weight,
                "targets": {row.period: plain(row.target) for row in each.targets.all()},
            }
            for each in objectives_of(plan)
        ],
        "commitments": {
            side: [
                {"title": row.title, "due_on": row.due_on.isoformat()} for row in commitments_of(plan, side)
            ]
            for side in (Side.OPERATOR, Side.PARTNER)
        },
    }


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 over the content with its keys in order."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def signed_plans(partner_ids: Iterable[int], on: date, operator: Operator) -> dict[int, Decimal]:
    """Partner id -> 1 where a signed plan covers the fiscal year of ``on``."""
    year = period_of(on, "year", operator.days, operator.fiscal_start_month)
    found = Plan.objects.filter(partner_id__in=list(partner_ids), year=year.code, version__gt=0)
    found = found.exclude(state__in=[PlanState.ENDED, PlanState.DROPPED])
    return {pk: Decimal(1) for pk in found.values_list("partner_id", flat=True)}
