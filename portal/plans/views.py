"""The list of plans, one plan with both sides on one page, and what was signed."""

from datetime import date
from decimal import Decimal
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.errors import NotFound
from partners.book.enums import Side
from partners.models import Task
from partners.selectors import partners_for
from portal.book.gathered import today_of
from portal.catalog.columns import ThingColumn
from portal.kpis.wording import value_writer
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import Formats, formats_of
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import NumberColumn, PeriodColumn, SharikTable, StateColumn
from portal.workflow.about import about
from programs.models import Plan
from programs.plans.enums import PlanState
from programs.plans.machine import IN_FORCE, OPEN
from programs.plans.scoring import Scored, score_of
from programs.plans.selectors import (
    commitments_of,
    content_of,
    digest_of,
    get_plan,
    is_side,
    plans_for,
    tasks_of,
    versions_of,
    year_of,
)
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_PLANS
SWOT = (
    ("strengths", _("Strengths")), ("weaknesses", _("Weaknesses")), ("opportunities", _("Opportunities")),
    ("threats", _("Threats")),
)  # fmt: skip


SIGNATURES = {
    "signed_by_partner": _("Signed by the partner"),
    "signed_by_operator": _("Signed by the operator"),
}


class PlanTable(SharikTable):
    title = tables.Column(verbose_name=_("Plan"))
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    year = PeriodColumn(verbose_name=_("Fiscal year"))
    version = NumberColumn(verbose_name=_("Version"))
    state = StateColumn(verbose_name=_("State"))
    score = NumberColumn(verbose_name=_("Final score"))

    def render_title(self, record: Plan) -> str:
        url = reverse("plans:plan", args=[record.pk])
        return format_html('<a class="row-title" href="{}" dir="auto">{}</a>', url, record.title)


class PlanFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label=_("State"), choices=PlanState.choices, empty_label=_("All"))
    partner = filters.CharFilter(field_name="partner__code", label=_("Partner"))

    class Meta:
        model = Plan
        fields: list[str] = []


class PlanList(ListPage):
    title = _("Business plans")
    subtitle = _("What both sides want to reach in a year, and what each does for it")
    table_class = PlanTable
    filter_class = PlanFilter
    permission = VIEW
    export_name = "plans"
    empty = Empty(
        _("No business plans yet"),
        _("The account manager draws a plan up, shares it, and both sides sign it."),
        "file-text",
    )

    def rows(self) -> QuerySet[Plan]:
        return plans_for(self.actor)

    def actions(self) -> list[Action]:
        may = self.actor.is_staff and self.actor.can(Permission.MANAGE_PLANS)
        if not may:
            return []
        own = Action(_("Templates"), reverse("plans:templates"), "template", plain=True)
        return [Action(_("New business plan"), reverse("plans:new")), own]

    def table_options(self) -> dict[str, Any]:
        alone = self.actor.is_partner and partners_for(self.actor).count() < 2
        return {"exclude": ("partner",) if alone else ()}


@member_page(VIEW)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: words, objectives with actuals, commitments of both sides side by side, signatures."""
    actor = actor_of_request(request)
    found, formats = get_plan(actor, pk), formats_of(request)
    scored, staff = score_of(actor.operator, found), actor.is_staff and is_side(actor, found)
    begun = (today_of(actor) - year_of(actor.operator, found).start).days
    tasks = tasks_of(found)
    return render(request, "portal/plans/plan.html", {
        "title": found.title,
        "plan": found,
        "passed": min(max(Decimal(begun) / year_of(actor.operator, found).days, Decimal(0)), Decimal(1)),
        "score": found.score if found.score is not None else scored.score,
        "objectives": [_objective(each, formats) for each in scored.objectives],
        "weights": sum(each.objective.weight for each in scored.objectives),
        "sides": [_side(found, side, tasks, actor) for side in (Side.OPERATOR, Side.PARTNER)],
        "swot": [(label, getattr(found, name)) for name, label in SWOT],
        "editable": staff and found.state in OPEN,
        "enters": is_side(actor, found) and found.state in IN_FORCE,
        "in_force": found.version > 0,
        "may_sign": _may_sign(actor, found),
        "digest": digest_of(content_of(found)),
        "versions": versions_of(found),
        "steps": [
            (reverse(f"plans:{name}", args=[pk]), label, icon, at_once) for name, label, icon, at_once in steps_of(actor, found)
        ],
        "crumbs": [(_("Business plans"), reverse("plans:list"))],
        **about(actor, found, states=PlanState, reasons=SIGNATURES),
    })  # fmt: skip


@member_page(VIEW)
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was signed, as it stood then."""
    actor = actor_of_request(request)
    found, formats = get_plan(actor, pk), formats_of(request)
    row = versions_of(found).filter(number=number).first()
    if row is None:
        raise NotFound()
    return render(request, "portal/plans/version.html", {
        "title": row.content["title"],
        "plan": found,
        "row": row,
        "content": row.content,
        "swot": [(label, row.content[name]) for name, label in SWOT],
        "objectives": [
            (each, [(formats.period(code), formats.number(Decimal(value))) for code, value in each["targets"].items()])
            for each in row.content["objectives"]
        ],
        "sides": [
            (Side(side).label, [(one["title"], date.fromisoformat(one["due_on"])) for one in rows])
            for side, rows in row.content["commitments"].items()
        ],
        "genuine": digest_of(row.content) == row.digest,
        "crumbs": [(_("Business plans"), reverse("plans:list")), (found.title, reverse("plans:plan", args=[pk]))],
    })  # fmt: skip


def _objective(scored: Scored, formats: Formats) -> dict[str, Any]:
    objective = scored.objective
    write = value_writer(objective.kpi, formats) if objective.kpi else lambda value: formats.number(value, 2)
    return {
        "row": objective,
        "scored": scored,
        "target": write(scored.target),
        "actual": write(scored.actual),
        "steps": [
            {
                "row": step.row, "period": formats.period(step.row.period), "target": write(step.row.target),
                "actual": "–" if step.actual is None else write(step.actual), "share": step.share,
            }
            for step in scored.steps
        ],
    }  # fmt: skip


def _side(plan: Plan, side: Side, tasks: dict[str, Task], actor: Actor) -> dict[str, Any]:
    rows = [(each, tasks.get(f"commitment:{each.pk}")) for each in commitments_of(plan, side)]
    name, at = (
        (plan.partner_name, plan.partner_signed_at)
        if side == Side.PARTNER
        else (plan.operator_name, plan.operator_signed_at)
    )
    label = plan.partner.label() if side == Side.PARTNER else actor.operator.label(get_language() or "en")
    return {"label": label, "rows": rows, "name": name, "signed_at": at}


def _may_sign(actor: Actor, plan: Plan) -> bool:
    signed = plan.partner_signed_at if actor.is_partner else plan.operator_signed_at
    return plan.state == PlanState.IN_AGREEMENT and signed is None and is_side(actor, plan)


def steps_of(actor: Actor, plan: Plan) -> list[tuple[str, Any, str, bool]]:
    """What the actor can do now besides signing: name of the address, label, icon, and whether a click alone does it."""
    if not is_side(actor, plan):
        return []
    back = ("return", _("Send it back"), "arrow-back-up", False)
    if actor.is_partner:
        return [back] if plan.state == PlanState.IN_AGREEMENT else []
    ask = ("ask", _("Put it to signature"), "signature", True)
    give_up = ("drop", _("Give it up"), "trash", False)
    end = [("end", _("End it early"), "player-stop", False)] if actor.can(Permission.MANAGE_PROGRAMS) else []
    found: dict[str, list[tuple[str, Any, str, bool]]] = {
        PlanState.OUTLINE: [("share", _("Share it"), "share", True), give_up],
        PlanState.SHARED: [ask, give_up],
        PlanState.IN_AGREEMENT: [back],
        PlanState.AMENDING: [ask, *end],
        PlanState.SIGNED: [("amend", _("Amend"), "pencil", False), *end],
    }
    return found.get(plan.state, [])
