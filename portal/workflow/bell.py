"""The bell: how many notifications wait, and the newest of them. Asked for on every page, so it costs one small query."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.workflow.wording import notice_text
from tenancy.access import as_actor
from tenancy.actors import Actor
from tenancy.context import active
from tenancy.enums import Audience
from workflow.enums import Urgency
from workflow.inbox import MOST_COUNTED, notifications_for, unread_count
from workflow.models import Notification

SHOWN = 8
ICONS = {
    Urgency.INFO: "info-circle",
    Urgency.ACTION: "checkbox",
    Urgency.MONEY: "coins",
    Urgency.SECURITY: "shield-lock",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A notification as it is shown."""

    row: Notification
    text: str
    icon: str
    urgency: str

    @property
    def open(self) -> bool:
        return self.row.read_at is None and self.row.done_at is None


def line_of(row: Notification, request: HttpRequest) -> Line:
    """``row`` in the reader's words."""
    urgency = Urgency(row.urgency)
    return Line(row, notice_text(row, formats_of(request)), ICONS[urgency], str(urgency.label))


def bell_of(actor: Actor) -> dict[str, Any]:
    """``unread`` (a number up to ``MOST_COUNTED``), ``many`` (there are more) and the ``etag`` of both in this language."""
    context = active.get()
    # The pages of the login surface work as the login audience, which has no notifications.
    elsewhere = context is not None and context.audience is Audience.AUTH
    with as_actor(actor) if elsewhere else nullcontext():
        unread = unread_count(actor)
    return {
        "unread": min(unread, MOST_COUNTED - 1),
        "many": unread >= MOST_COUNTED,
        "etag": f'"{actor.membership_id}-{unread}-{get_language()}"',
    }


@member_page()
def count(request: HttpRequest) -> HttpResponse:
    """The number on the bell."""
    bell = bell_of(actor_of_request(request))
    if request.headers.get("If-None-Match") == bell["etag"]:
        return HttpResponse(status=304, headers={"ETag": bell["etag"]})
    response = render(request, "portal/workflow/bell_count.html", {"bell": bell})
    response["ETag"] = bell["etag"]
    return response


@member_page()
def latest(request: HttpRequest) -> HttpResponse:
    """The newest notifications, for the menu below the bell."""
    rows = notifications_for(actor_of_request(request)).filter(done_at=None)[:SHOWN]
    return render(
        request, "portal/workflow/bell_list.html", {"lines": [line_of(row, request) for row in rows]}
    )
