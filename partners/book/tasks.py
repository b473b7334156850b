"""Tasks of both sides about a partner."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError, NotFound
from common.text import clean_line
from partners.book.enums import Side, TaskState
from partners.models import BookEntry, Partner, Task
from partners.selectors import get_partner
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership
from workflow.enums import Urgency
from workflow.notices import declare, done, members, names_of, notify, partner_people
from workflow.states import note

LONGEST, LONGEST_TEXT = 200, 4000
ASKED = declare("tasks.asked", Urgency.ACTION, _("%(partner)s: %(title)s, due on %(due)s"))


def tasks_for(actor: Actor) -> QuerySet[Task]:
    """Tasks that the actor may see, the earliest due first."""
    if not actor.can(Permission.WORK_BOOK):
        actor.require(Permission.VIEW_PLANS)
    found: QuerySet[Task] = Task.objects.select_related("partner", "owner")
    return found.order_by("due_on", "pk")


def get_task(actor: Actor, pk: int) -> Task:
    """One of ``tasks_for``; raises ``NotFound``."""
    task = tasks_for(actor).filter(pk=pk).first()
    if task is None:
        raise NotFound()
    return task


def is_overdue(task: Task, today: date) -> bool:
    overdue: bool = task.state == TaskState.OPEN and task.due_on < today
    return overdue


def add_task(
    actor: Actor,
    *,
    partner: str,
    title: str,
    due_on: date | None,
    side: str = Side.OPERATOR,
    text: str = "",
    internal: bool = False,
    owner_id: int | None = None,
) -> Task:
    """Give one side something to do; its people are told. Raises ``NotFound`` outside the book, ``InputError``."""
    actor.require(Permission.WORK_BOOK)
    company = get_partner(actor, partner)
    task = Task(partner=company, internal=internal, made_by_name=actor.name)
    _put(task, title=title, due_on=due_on, side=side, text=text, owner_id=owner_id)
    if task.side == Side.OPERATOR and task.owner_id is None:
        task.owner_id = owner_of(company, actor.membership_id)
    return _born(actor, task)


def make_task(
    actor: Actor,
    *,
    partner: Partner,
    title: str,
    due_on: date,
    side: str,
    origin: str,
    path: str,
    owner_id: int | None = None,
) -> Task:
    """A task out of something that was agreed (a review, a plan), in the system's or an account manager's scope.

    ``origin`` names it once: the same again returns the task that is there.
    """
    found: Task | None = Task.objects.filter(origin=origin).first()
    if found is not None:
        return found
    owner = owner_id or (owner_of(partner, None) if side == Side.OPERATOR else None)
    task = Task(
        partner=partner, title=title[:LONGEST], due_on=due_on, side=side, origin=origin, path=path, owner_id=owner,
        made_by_name=actor.name,
    )  # fmt: skip
    return _born(actor, task)


def change_task(actor: Actor, *, task_id: int, **fields: Any) -> Task:
    """Any of ``title, text, due_on, side, owner_id`` of an open task."""
    task = _open(actor, task_id)
    before = {name: getattr(task, name) for name in fields}
    _put(task, **{name: fields.get(name, getattr(task, name)) for name in _FIELDS})
    task.save()
    audit.record(
        actor, "task.change", task, changes=audit.difference(before, {n: getattr(task, n) for n in fields})
    )
    return task


_FIELDS = ("title", "text", "due_on", "side", "owner_id")


def finish_task(actor: Actor, *, task_id: int, text: str = "") -> Task:
    """It is done: by the operator's people, or by the partner's for a task of their side."""
    task = _locked(get_task(actor, task_id).pk)
    if actor.is_partner:
        actor.require(Permission.MANAGE_PLANS)
        if task.side != Side.PARTNER or task.partner_id != actor.partner_id:
            raise Forbidden()
    else:
        actor.require(Permission.WORK_BOOK)
    _end(actor, task, TaskState.DONE, text)
    return task


def cancel_task(actor: Actor, *, task_id: int, reason: str) -> Task:
    """It need not be done any more."""
    task = _open(actor, task_id)
    if not reason.strip():
        raise InputError("required", _("Give a reason."), "reason")
    _end(actor, task, TaskState.CANCELLED, reason)
    return task


def reopen_task(actor: Actor, *, task_id: int) -> Task:
    """It was not done after all."""
    actor.require(Permission.WORK_BOOK)
    task = _locked(get_task(actor, task_id).pk)
    if task.state == TaskState.OPEN:
        raise Conflict("open", _("This task is open."))
    before, task.state, task.done_at, task.done_by_name = task.state, TaskState.OPEN, None, ""
    task.save()
    note(actor, task, before, TaskState.OPEN, internal=task.internal)
    audit.record(actor, "task.open", task)
    return task


def owner_of(partner: Partner, otherwise: int | None) -> int | None:
    """The account manager of the partner: the one who asks where it is in several books."""
    entries = BookEntry.objects.filter(partner=partner, member__active=True).order_by("pk")
    found = list(entries.values_list("member_id", flat=True))
    return otherwise if otherwise in found or not found else found[0]


def _born(actor: Actor, task: Task) -> Task:
    task.save()
    note(actor, task, "", TaskState.OPEN, internal=task.internal)
    audit.record(actor, "task.add", task, changes={"title": [None, task.title]})
    told: dict[str, Any] = {"partner": names_of(task.partner), "title": task.title, "due": task.due_on}
    if task.side == Side.PARTNER:
        to = partner_people(task.partner_id, Permission.MANAGE_PLANS)
        notify(ASKED, task, to=to, path=f"/tasks/{task.pk}/", **told)
    elif task.owner_id and task.owner_id != actor.membership_id:
        notify(ASKED, task, to=members([task.owner_id]), path=f"/tasks/{task.pk}/", **told)
    return task


def _put(task: Task, *, title: str, due_on: date | None, side: str, text: str, owner_id: int | None) -> None:
    title = clean_line(title)
    if not title:
        raise InputError("required", _("This must not be empty."), "title")
    if len(title) > LONGEST:
        raise InputError("too_long", _("At most %(most)s characters."), "title", {"most": LONGEST})
    if len(text) > LONGEST_TEXT:
        raise InputError("too_long", _("At most %(most)s characters."), "text", {"most": LONGEST_TEXT})
    if due_on is None:
        raise InputError("required", _("This must not be empty."), "due_on")
    if side not in Side.values:
        raise InputError("unknown_choice", _("This value is not valid."), "side")
    if side == Side.PARTNER and task.internal:
        raise InputError("internal", _("What the partner does cannot be hidden from it."), "internal")
    if owner_id is not None and not _may_own(task, side, owner_id):
        raise InputError("unknown_member", _("This person cannot do it."), "owner_id")
    task.title, task.text, task.due_on, task.side = title, text.strip(), due_on, side
    task.owner_id = owner_id


def _may_own(task: Task, side: str, owner_id: int) -> bool:
    wanted = task.partner_id if side == Side.PARTNER else None
    return Membership.objects.filter(pk=owner_id, active=True, partner_id=wanted).exists()


def _open(actor: Actor, task_id: int) -> Task:
    actor.require(Permission.WORK_BOOK)
    task = _locked(get_task(actor, task_id).pk)
    if task.state != TaskState.OPEN:
        raise Conflict("not_open", _("This task is not open any more."))
    return task


def _locked(pk: int) -> Task:
    task: Task = (
        Task.objects.select_for_update(of=("self",), no_key=True).select_related("partner").get(pk=pk)
    )
    return task


def _end(actor: Actor, task: Task, state: str, text: str) -> None:
    if task.state != TaskState.OPEN:
        raise Conflict("not_open", _("This task is not open any more."))
    task.state, task.done_at, task.done_by_name = state, timezone.now(), actor.name
    task.save(update_fields=["state", "done_at", "done_by_name"])
    note(actor, task, TaskState.OPEN, state, text=text.strip(), internal=task.internal)
    audit.record(actor, f"task.{state}", task)
    done(task, [ASKED])
