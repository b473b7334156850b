"""Tasks of both sides: the list, one task, writing one down, and what ends it."""

from collections.abc import Callable
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import DomainError, Forbidden, InputError, NotFound
from partners.book import tasks as services
from partners.book.enums import Side, TaskState
from partners.book.tasks import get_task, is_overdue, tasks_for
from partners.models import Task
from partners.selectors import partners_for
from portal.book.gathered import today_of
from portal.catalog.columns import ThingColumn
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import DayColumn, SharikTable, StateColumn
from portal.templatetags.sharik import state_badge
from portal.workflow.about import about, register_about
from tenancy.actors import Actor
from tenancy.enums import Permission

WORK = Permission.WORK_BOOK
AREA = forms.Textarea({"rows": 3, "dir": "auto"})

register_about(
    "partners.task",
    fetch=get_task,
    may_write=lambda actor, task: may_finish(actor, task) or actor.can(WORK),
    title=lambda task: task.title,
    path=lambda task: f"/tasks/{task.pk}/",
    tells=Permission.MANAGE_PLANS,
)


def may_finish(actor: Actor, task: Task) -> bool:
    if task.state != TaskState.OPEN:
        return False
    if actor.is_partner:
        own = task.side == Side.PARTNER and task.partner_id == actor.partner_id
        return own and actor.can(Permission.MANAGE_PLANS)
    return actor.can(WORK)


class TaskTable(SharikTable):
    title = tables.Column(verbose_name=_("Task"))
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    side = tables.Column(verbose_name=_("Who does it"))
    due_on = DayColumn(verbose_name=_("Due on"))
    state = StateColumn(verbose_name=_("State"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today_of(actor)

    def render_title(self, record: Task) -> str:
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a>',
            reverse("tasks:task", args=[record.pk]),
            record.title,
        )

    def render_side(self, record: Task, value: str) -> str:
        if record.owner is None:
            return value
        return format_html(
            '<div>{}<span class="row-sub"><bdi>{}</bdi></span></div>', value, record.owner.name
        )

    def render_state(self, record: Task, value: str) -> str:
        if is_overdue(record, self.today):
            return state_badge("overdue", _("Overdue"), "bad")
        return state_badge(record.state, value)


class TaskFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label=_("State"), choices=TaskState.choices, empty_label=_("All"))
    side = filters.ChoiceFilter(label=_("Who does it"), choices=Side.choices, empty_label=_("All"))
    partner = filters.CharFilter(field_name="partner__code", label=_("Partner"))

    class Meta:
        model = Task
        fields: list[str] = []


class TaskList(ListPage):
    title = _("Tasks")
    subtitle = _("What both sides have to do, the earliest due first")
    table_class = TaskTable
    filter_class = TaskFilter
    export_name = "tasks"
    empty = Empty(
        _("No tasks"),
        _("What is agreed in meetings, plans and reviews stands here with its day."),
        "checklist",
    )

    def rows(self) -> QuerySet[Task]:
        return tasks_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("New task"), reverse("tasks:new"))] if self.actor.can(WORK) else []

    def table_options(self) -> dict[str, Any]:
        alone = self.actor.is_partner and partners_for(self.actor).count() < 2
        return {"actor": self.actor, "exclude": ("partner",) if alone else ()}


class TaskForm(forms.Form):
    title = forms.CharField(
        label=_("Task"), max_length=services.LONGEST, widget=forms.TextInput({"dir": "auto"})
    )
    side = forms.ChoiceField(label=_("Who does it"), choices=Side.choices)
    due_on = DayField(label=_("Due on"))
    text = forms.CharField(label=_("Details"), required=False, max_length=services.LONGEST_TEXT, widget=AREA)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].calendar = actor.operator.days  # type: ignore[attr-defined]


class TaskNewForm(TaskForm):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
    internal = forms.BooleanField(label=_("Not seen by the partner"), required=False)
    field_order = ("partner", "title", "side", "due_on", "text", "internal")


class _TaskPage(FormPage):
    permission = WORK
    audience = "staff"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Tasks")), reverse("tasks:list"))]


class TaskCreate(_TaskPage):
    title = _("New task")
    form_class = TaskNewForm
    draft = "task"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "initial": {"partner": self.request.GET.get("partner", "")}}

    def save(self, form: Any) -> str:
        try:
            made = services.add_task(self.actor, **form.cleaned_data)
        except NotFound as error:
            raise InputError("unknown_code", _("There is no such partner."), "partner") from error
        return reverse("tasks:task", args=[made.pk])


class TaskChange(_TaskPage):
    title = _("Change the task")
    form_class = TaskForm
    found: Task

    def prepare(self) -> None:
        self.found = get_task(self.actor, self.kwargs["pk"])

    def form_kwargs(self) -> dict[str, Any]:
        initial = {name: getattr(self.found, name) for name in ("title", "side", "due_on", "text")}
        return {"actor": self.actor, "initial": initial}

    def save(self, form: Any) -> str:
        services.change_task(self.actor, task_id=self.found.pk, **form.cleaned_data)
        return reverse("tasks:task", args=[self.found.pk])


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=services.LONGEST_TEXT, widget=AREA)


class TaskCancel(_TaskPage):
    title = _("Cancel the task")
    form_class = ReasonForm
    submit_label = _("Cancel the task")
    found: Task

    def prepare(self) -> None:
        self.found = get_task(self.actor, self.kwargs["pk"])

    def form_kwargs(self) -> dict[str, Any]:
        return {}

    def save(self, form: Any) -> str:
        services.cancel_task(self.actor, task_id=self.found.pk, reason=form.cleaned_data["reason"])
        return reverse("tasks:task", args=[self.found.pk])


@member_page()
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task with its history and conversation."""
    actor = actor_of_request(request)
    found = get_task(actor, pk)
    return render(request, "portal/book/task.html", {
        "title": found.title,
        "task": found,
        "overdue": is_overdue(found, today_of(actor)),
        "may_finish": may_finish(actor, found),
        "may_change": actor.can(WORK) and found.state == TaskState.OPEN,
        "may_reopen": actor.can(WORK) and found.state != TaskState.OPEN,
        "crumbs": [(_("Tasks"), reverse("tasks:list"))],
        **about(actor, found, states=TaskState),
    })  # fmt: skip


def _click(request: HttpRequest, pk: int, act: Callable[..., Any]) -> HttpResponse:
    try:
        act(actor_of_request(request), task_id=pk)
    except (NotFound, Forbidden):
        raise
    except DomainError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("tasks:task", args=[pk]))


@require_POST
@member_page()
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """It is done."""
    return _click(request, pk, services.finish_task)


@require_POST
@member_page(WORK, audience="staff")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """It was not done after all."""
    return _click(request, pk, services.reopen_task)
