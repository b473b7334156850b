"""The figures of a review, frozen when it is prepared: sales, goals, plan, what is overdue.

Values are kept as values, so that the document is written in each language and calendar; sentences of the health score, whose
values come from other domains, are kept once per language.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation

from common.formats import formats_for
from common.money import plain
from common.periods import parse_period
from partners.book.enums import Side, TaskState
from partners.book.health import health_of
from partners.book.registry import overdue
from partners.book.words import said
from partners.models import Task
from performance.headline import headline_kpi, values_by_partner, visible_kpis
from programs.goals.enums import GoalState
from programs.goals.selectors import goals_for, reached
from programs.models import Plan, Review
from programs.plans.enums import PlanState
from programs.plans.scoring import score_of
from tenancy.actors import Actor

LANGUAGES = ("en", "fa", "ar")
#: Parts that would tell of tasks which the partner does not see.
KEPT_BACK = ("ours",)
#: Quarters that the chart of sales shows.
QUARTERS = 5


def pack_of(actor: Actor, review: Review, today: date) -> dict[str, Any]:
    """JSON values; amounts as texts."""
    return {
        "as_of": today.isoformat(),
        "sales": _sales(actor, review),
        "goals": _goals(actor, review, today),
        "plan": _plan(actor, review),
        "words": _words(actor, review, today),
        "tasks": _tasks(review, today),
    }


def _sales(actor: Actor, review: Review) -> dict[str, Any] | None:
    kpi = headline_kpi(visible_kpis(actor))
    if kpi is None or kpi.period != "quarter":
        return None
    operator = actor.operator
    periods = [parse_period(review.period, operator.days, operator.fiscal_start_month)]
    while len(periods) < QUARTERS:
        periods.insert(0, periods[0].previous())
    values = values_by_partner(actor, kpi, periods, partner_id=review.partner_id)
    found = values.get(review.partner_id, [Decimal(0)] * len(periods))
    return {
        "kpi": _names(kpi),
        "quarters": [
            {"period": period.code, "value": plain(value)}
            for period, value in zip(periods, found, strict=True)
        ],
    }


def _goals(actor: Actor, review: Review, today: date) -> list[dict[str, Any]]:
    """Goals of the quarter that were agreed."""
    goals = goals_for(actor).filter(
        partner_id=review.partner_id, period=review.period, agreed_target__isnull=False
    )
    found = reached(actor.operator, goals, today)
    return [
        {
            "kpi": _names(goal.kpi),
            "measure": goal.kpi.measure,
            "target": plain(round(found[goal.pk].target, 6)),
            "value": plain(round(found[goal.pk].value, 6)),
            "share": plain(round(found[goal.pk].share, 4)),
            "state": GoalState(goal.state).value,
        }
        for goal in goals
    ]


def _plan(actor: Actor, review: Review) -> dict[str, Any] | None:
    operator = actor.operator
    start = parse_period(review.period, operator.days, operator.fiscal_start_month).start
    for plan in Plan.objects.filter(partner_id=review.partner_id, version__gt=0).exclude(
        state__in=[PlanState.ENDED, PlanState.DROPPED]
    ):
        if parse_period(plan.year, operator.days, operator.fiscal_start_month).contains(start):
            scored = score_of(operator, plan)
            return {
                "title": plan.title,
                "version": plan.version,
                "score": plain(round(scored.score, 2)),
                "objectives": [
                    {
                        "title": each.objective.title,
                        "weight": each.objective.weight,
                        "attainment": plain(round(each.attainment, 4)),
                        "points": plain(round(each.points, 2)),
                    }
                    for each in scored.objectives
                ],
            }
    return None


def _words(actor: Actor, review: Review, today: date) -> dict[str, Any]:
    """What stands behind the health score (not the score: both sides read this) and what is overdue, by language."""
    pk = review.partner_id
    lines = [line for line in health_of(actor, [pk], today)[pk].lines if line.part.code not in KEPT_BACK]
    late = [each for each in overdue(actor, [pk], today) if not each.internal]
    words: dict[str, Any] = {}
    for language in LANGUAGES:
        formats = formats_for(actor.operator, language)
        with translation.override(language):
            words[language] = {
                "facts": [
                    [str(line.part.label), said(line.reading.why, formats)] for line in lines if line.reading
                ],
                "late": [[each.side, said(each.what, formats), each.due.isoformat()] for each in late],
            }
    return words


def _tasks(review: Review, today: date) -> dict[str, dict[str, int]]:
    """Of tasks that the partner may see, too."""
    rows = Task.objects.filter(partner_id=review.partner_id, internal=False).exclude(
        state=TaskState.CANCELLED
    )
    found = {side: {"open": 0, "done": 0, "overdue": 0} for side in Side.values}
    for side, state, due in rows.values_list("side", "state", "due_on"):
        found[side][state] += 1
        found[side]["overdue"] += state == TaskState.OPEN and due < today
    return found


def _names(thing: Any) -> dict[str, Any]:
    return {"name": thing.name, "names": thing.names}
