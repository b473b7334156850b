"""The list of goals, and one goal with its offers, its attainment and what can follow."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from partners.selectors import partners_for
from portal.catalog.columns import ThingColumn
from portal.kpis.wording import value_writer
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import Formats, formats_of
from portal.shell.lists import Action, Empty, ListPage, yes_no
from portal.shell.tables import NOTHING, NUMBER, PeriodColumn, SharikTable, StateColumn
from portal.workflow.about import about
from programs.goals.enums import GoalState
from programs.goals.machine import CLOSED, LIVE, WAITING
from programs.goals.selectors import Reached, get_goal, goals_for, is_answering, is_side, offers_of, reached
from programs.models import Goal, GoalOffer
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_PLANS


class GoalTable(SharikTable):
    kpi = tables.Column(verbose_name=_("Goal"), order_by=("kpi__name", "pk"))
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    period = PeriodColumn(verbose_name=_("Period"))
    target = tables.Column(verbose_name=_("Target"), attrs=NUMBER)
    value = tables.Column(verbose_name=_("Reached"), attrs=NUMBER, empty_values=(), orderable=False)
    share = tables.Column(verbose_name=_("Attainment"), attrs=NUMBER, empty_values=(), orderable=False)
    state = StateColumn(verbose_name=_("State"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self._reached: dict[int, Reached] = {}

    def reached(self, goal: Goal) -> Reached:
        """Of all rows that are shown, read at once."""
        if goal.pk not in self._reached:
            rows = [
                row.record for row in (self.page.object_list if getattr(self, "page", None) else self.rows)
            ]
            self._reached = reached(self.actor.operator, rows, today_of(self.actor))
        return self._reached[goal.pk]

    def render_kpi(self, record: Goal) -> str:
        url = reverse("goals:goal", args=[record.pk])
        return format_html('<a class="row-title" href="{}" dir="auto">{}</a>', url, record.kpi.label())

    def value_kpi(self, record: Goal) -> str:
        return str(record.kpi.label())

    def render_target(self, record: Goal) -> str:
        return figure(self.formats, record, record.agreed_target or record.target)

    def value_target(self, record: Goal) -> Decimal:
        found: Decimal = record.agreed_target or record.target
        return found

    def render_value(self, record: Goal) -> str:
        return figure(self.formats, record, self.reached(record).value)

    def value_value(self, record: Goal) -> Decimal:
        return self.reached(record).value

    def render_share(self, record: Goal) -> str:
        return format_html("<bdi>{}</bdi>", self.formats.percent(self.reached(record).share))

    def value_share(self, record: Goal) -> Decimal:
        return self.reached(record).share


class GoalFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label=_("State"), choices=GoalState.choices, empty_label=_("All"))
    partner = filters.CharFilter(field_name="partner__code", label=_("Partner"))
    waiting = filters.BooleanFilter(label=_("Waits for an answer"), method="by_waiting", widget=yes_no())

    class Meta:
        model = Goal
        fields: list[str] = []

    def by_waiting(self, rows: QuerySet[Goal], name: str, value: bool) -> QuerySet[Goal]:
        return rows.filter(state__in=WAITING) if value else rows.exclude(state__in=WAITING)


class GoalList(ListPage):
    title = _("Goals")
    subtitle = _("What both sides agreed to reach, and how far it is")
    table_class = GoalTable
    filter_class = GoalFilter
    permission = VIEW
    export_name = "goals"
    empty = Empty(
        _("No goals yet"), _("Propose a target; it is in force once the other side agrees."), "target-arrow",
        "goals:new", _("New goal"),
    )  # fmt: skip

    def rows(self) -> QuerySet[Goal]:
        return goals_for(self.actor)

    def actions(self) -> list[Action]:
        may = self.actor.can(Permission.MANAGE_PLANS)
        return [Action(_("New goal"), reverse("goals:new"))] if may else []

    def table_options(self) -> dict[str, Any]:
        alone = self.actor.is_partner and partners_for(self.actor).count() < 2
        return {"actor": self.actor, "exclude": ("partner",) if alone else ()}


def today_of(actor: Actor) -> Any:
    return timezone.now().astimezone(actor.operator.zone).date()


def figure(formats: Formats, goal: Goal, value: Decimal | None) -> SafeString | str:
    """A value of the goal's KPI, written for the reader."""
    if value is None:
        return NOTHING
    return format_html("<bdi>{}</bdi>", value_writer(goal.kpi, formats)(value))


@member_page(VIEW)
def goal(request: HttpRequest, pk: int) -> HttpResponse:
    """One goal."""
    actor = actor_of_request(request)
    found = get_goal(actor, pk)
    formats = formats_of(request)
    far = reached(actor.operator, [found], today_of(actor))[found.pk]
    write = value_writer(found.kpi, formats)
    return render(request, "portal/goals/goal.html", {
        "title": found.kpi.label(),
        "crumbs": [(_("Goals"), reverse("goals:list"))],
        "goal": found,
        "far": far,
        "live": found.state in LIVE,
        "value": write(far.value),
        "target": write(far.target),
        "missing": write(max(far.target - far.value, Decimal(0))),
        "offer": offer_words(found, write, formats),
        "offers": [(each, offer_words(each, write, formats)) for each in offers_of(found)],
        "differs": found.agreed_target is not None and found.state in WAITING,
        "answering": found.state in WAITING and is_answering(actor, found),
        "waits": found.state in WAITING,
        "steps": [
            (reverse(f"goals:{name}", args=[pk]), label, icon, at_once)
            for name, label, icon, at_once in steps_of(actor, found)
        ],
        **about(actor, found, states=GoalState),
    })  # fmt: skip


def offer_words(
    offer: Goal | GoalOffer, write: Callable[[Decimal | int], str], formats: Formats
) -> dict[str, Any]:
    """An offer in words: the number that counts and where it comes from."""
    growth = "" if offer.growth is None else formats.percent(offer.growth / 100)
    return {
        "target": write(offer.target),
        "growth": growth,
        "base": "" if offer.base_value is None else write(offer.base_value),
        "whole": write(offer.whole) if offer.counts_from else "",
        "from": offer.counts_from,
    }


def steps_of(actor: Actor, goal: Goal) -> list[tuple[str, Any, str, bool]]:
    """What the actor can do now: name of the address, label, icon, and whether a click alone does it."""
    if not is_side(actor, goal) or goal.state in CLOSED:
        return []
    if goal.state == GoalState.DRAFT:
        return [("propose", _("Propose"), "send", True), ("withdraw", _("Drop the draft"), "trash", True)]
    if goal.state == GoalState.AGREED:
        return [("revise", _("Change it"), "pencil", False)]
    if goal.state not in WAITING:
        return []
    if not is_answering(actor, goal):
        return [("withdraw", _("Take the offer back"), "arrow-back-up", True)]
    return [
        ("agree", _("Agree"), "check", True),
        ("counter", _("Offer another target"), "arrows-exchange", False),
        ("refuse", _("Refuse"), "x", False),
    ]
