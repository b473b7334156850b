"""The account manager that a tier promises: on the partner's page, and the list of promises that nobody keeps."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.shell.access import actor_of_request, member_page
from programs import enrolling
from programs.promised import promise_of, unkept
from tenancy.actors import Actor
from tenancy.enums import Permission


@member_page(Permission.ASSIGN_BOOKS, audience="staff")
def promised(request: HttpRequest) -> HttpResponse:
    """Partners without the account manager that their tier promises, the longest waiting first."""
    actor = actor_of_request(request)
    rows = unkept(actor)
    context = {
        "title": _("Promised account managers"),
        "subtitle": _("Partners without the account manager that their tier promises"),
        "rows": rows,
        "today": enrolling.today_of(actor),
        "crumbs": [(_("Books"), reverse("partners:books"))],
    }
    return render(request, "portal/programs/promised.html", context)


def panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any] | None:
    """For the start page: nothing where every promise is kept."""
    rows = unkept(actor)
    return {"number": len(rows)} if rows else None


def manager_of(actor: Actor, partner: Any) -> Mapping[str, Any] | None:
    """What a partner's page says about its promised manager; nothing where none is promised."""
    promise = promise_of(actor, partner)
    if promise is None:
        return None
    staff = not actor.is_partner
    return {
        "managers": [member for member, _number in promise.managers],
        "due": promise.due,
        "late": staff and not promise.kept and promise.due < enrolling.today_of(actor),
        "crowd": promise.crowd if staff and promise.managers and not promise.kept else 0,
        "most": promise.most,
        "may_assign": actor.can(Permission.ASSIGN_BOOKS),
    }
