"""What the book itself knows: tasks that are late, how a partner keeps its dates, and when one last met."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from partners.book.enums import MeetingState, Side, TaskState
from partners.book.registry import (
    Idea,
    Ids,
    Late,
    Part,
    Reading,
    Said,
    overdue,
    register_ideas,
    register_overdue,
    register_part,
)
from partners.models import Meeting, Partner, Task
from tenancy.actors import Actor
from workflow.settings import define

keeps_weight = define("book.weight_keeps", 15, _("Weight: the partner keeps its dates"), most=100)
ours_weight = define("book.weight_ours", 15, _("Weight: nothing of the operator is overdue"), most=100)
silence_days = define("book.silence_days", 60, _("Meet a partner at least every"), _("days"), least=1)
#: How far back kept and missed dates count.
LOOK_BACK = timedelta(days=180)
#: What one overdue thing of the operator costs.
STEP = Decimal("0.25")


def late_tasks(actor: Actor, partner_ids: Ids, today: date) -> list[Late]:
    rows = Task.objects.filter(partner_id__in=partner_ids, state=TaskState.OPEN, due_on__lt=today)
    return [
        Late(
            task.partner_id, task.side, Said(_("Task: %(title)s"), {"title": task.title}), task.due_on,
            f"/tasks/{task.pk}/", task.internal,
        )
        for task in rows
    ]  # fmt: skip


def keeps(actor: Actor, partner_ids: Ids, today: date) -> dict[int, Reading]:
    """The share of the partner's tasks, due in the last half year, that were done in time."""
    due = Task.objects.filter(
        partner_id__in=partner_ids, side=Side.PARTNER, due_on__gte=today - LOOK_BACK, due_on__lt=today
    ).exclude(state=TaskState.CANCELLED)
    done = Q(state=TaskState.DONE, day__lte=F("due_on"))
    zone = actor.operator.zone
    rows = due.order_by().annotate(day=TruncDate("done_at", tzinfo=zone)).values("partner_id")
    found = {}
    for row in rows.annotate(all=Count("pk"), kept=Count("pk", filter=done)):
        why = Said(_("%(kept)s of %(all)s tasks done in time"), {"kept": row["kept"], "all": row["all"]})
        found[row["partner_id"]] = Reading(Decimal(row["kept"]) / row["all"], why)
    return found


def ours(actor: Actor, partner_ids: Ids, today: date) -> dict[int, Reading]:
    """What the operator owes counts in the score, too."""
    late: dict[int, int] = defaultdict(int)
    for each in overdue(actor, partner_ids, today):
        late[each.partner_id] += each.side == Side.OPERATOR
    return {
        pk: Reading(max(1 - STEP * late[pk], Decimal(0)), Said(_("%(late)s things of ours are overdue"), {"late": late[pk]}))
        for pk in partner_ids
    }  # fmt: skip


def silent(actor: Actor, partner_ids: Ids, today: date) -> list[Idea]:
    """Partners that nobody met for long and that no meeting is planned with."""
    rows: Any = Partner.objects.filter(pk__in=partner_ids).values_list("pk", "code")
    last = _last_met(partner_ids)
    coming = set(
        Meeting.objects.filter(
            partner_id__in=partner_ids, state=MeetingState.PLANNED, ends_at__date__gte=today
        ).values_list("partner_id", flat=True)
    )
    found, most = [], silence_days()
    for pk, code in rows:
        day = last.get(pk)
        if pk in coming or (day is not None and (today - day).days < most):
            continue
        why = (
            Said(_("The last meeting was on %(day)s"), {"day": day})
            if day
            else Said(_("No meeting was held yet"))
        )
        path = f"/meetings/new/?partner={code}"
        found.append(Idea(pk, 40 if day else 45, "calendar-plus", why, _("Plan a meeting"), path))
    return found


def _last_met(partner_ids: Sequence[int]) -> dict[int, date]:
    held = Meeting.objects.filter(partner_id__in=partner_ids, state=MeetingState.HELD)
    rows = held.order_by().values("partner_id").annotate(last=Max("starts_at"))
    return {row["partner_id"]: row["last"].date() for row in rows}


register_overdue("tasks", late_tasks)
register_part(Part("keeps", _("Keeps its dates"), keeps_weight, keeps))
register_part(Part("ours", _("What we owe"), ours_weight, ours))
register_ideas("meetings", silent)
