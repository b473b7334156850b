"""The account manager's start: the book by health, what to do next, what is overdue; and one partner of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.book.enums import MeetingState, Side, TaskState
from partners.book.handing import hand_overs_of
from partners.book.meetings import meetings_for
from partners.book.notes import notes_for
from partners.book.tasks import is_overdue, tasks_for
from partners.models import Partner
from portal.book.gathered import gather, health_lines, today_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from tenancy.actors import Actor
from tenancy.enums import Permission, Role

WORK = Permission.WORK_BOOK
#: Ideas and overdue things that the start shows.
FEW = 8
#: Notes and meetings that a partner's page shows.
SHOWN = 10


def book_partners(actor: Actor, request: HttpRequest) -> tuple[list[Partner], list[Any], Any]:
    """The own book of a PAM; others choose one (``?pam=``), the first one without a choice."""
    if actor.role == Role.PAM:
        return list(selectors.book_of(actor).filter(active=True).order_by("name")), [], None
    pams = list(selectors.pams_for(actor))
    asked = request.GET.get("pam", "")
    pam = next((each for each in pams if str(each.pk) == asked), pams[0] if pams else None)
    if pam is None:
        return [], pams, None
    partners = selectors.in_book(selectors.partners_for(actor), pam.pk).filter(active=True)
    return list(partners.order_by("name")), pams, pam


@member_page(WORK, audience="staff")
def home(request: HttpRequest) -> HttpResponse:
    """The book at a glance."""
    actor = actor_of_request(request)
    partners, pams, pam = book_partners(actor, request)
    found = gather(actor, partners, formats_of(request))
    return render(request, "portal/book/home.html", {
        "title": _("My book") if pam is None else _("Book of %(name)s") % {"name": pam.name},
        "subtitle": _("Health, what to do next, and what is overdue on either side"),
        "book": found,
        "ideas": found.ideas[:FEW],
        "late": found.late[:FEW],
        "more": len(found.late) > FEW,
        "pams": pams,
        "pam": pam,
    })  # fmt: skip


@member_page(WORK, audience="staff")
def late(request: HttpRequest) -> HttpResponse:
    """Everything overdue, of the operator's side (first) and of the partners'."""
    actor = actor_of_request(request)
    partners, pams, pam = book_partners(actor, request)
    found = gather(actor, partners, formats_of(request)).late
    return render(request, "portal/book/overdue.html", {
        "title": _("Overdue"),
        "subtitle": _("What the operator owes stands here just like what partners owe"),
        "sides": [
            (_("On our side"), [each for each in found if each.side == Side.OPERATOR]),
            (_("On the partners' side"), [each for each in found if each.side == Side.PARTNER]),
        ],
        "pams": pams,
        "pam": pam,
        "today": today_of(actor),
    })  # fmt: skip


@member_page(WORK, audience="staff")
def partner(request: HttpRequest, code: str) -> HttpResponse:
    """One partner of the book: score with reasons, tasks, meetings, notes and who had it before."""
    actor = actor_of_request(request)
    found, formats = selectors.get_partner(actor, code), formats_of(request)
    gathered, today = gather(actor, [found], formats), today_of(actor)
    tasks = tasks_for(actor).filter(partner=found, state=TaskState.OPEN)
    meetings = meetings_for(actor).filter(partner=found).exclude(state=MeetingState.CANCELLED)
    return render(request, "portal/book/partner.html", {
        "title": found.label(),
        "partner": found,
        "health": gathered.rows[0].health,
        "lines": health_lines(gathered.rows[0].health, formats),
        "ideas": gathered.ideas,
        "late": gathered.late,
        "tasks": [(task, is_overdue(task, today)) for task in tasks],
        "meetings": meetings.order_by("-starts_at")[:SHOWN],
        "notes": notes_for(actor).filter(partner=found)[:SHOWN],
        "hand_overs": hand_overs_of(found),
        "crumbs": [(_("My book"), reverse("book:home"))],
    })  # fmt: skip
