"""The tree of territories: branches open where one asks for them, a search shows places with what they are part of."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog import selectors
from portal.catalog.views import may_manage
from portal.shell.access import actor_of_request, member_page
from portal.shell.lists import Action
from tenancy.enums import Permission

MOST_FOUND = 100


@member_page(Permission.VIEW_CATALOG, audience="staff")
def tree(request: HttpRequest) -> HttpResponse:
    actor = actor_of_request(request)
    text = request.GET.get("search", "").strip()
    manages = may_manage(actor)
    bring_in = Action(_("Import"), f"{reverse('imports:new')}?kind=territories", "upload", plain=True)
    add = Action(_("Add a territory"), reverse("catalog:new_territory"))
    context = {
        "title": _("Territories"),
        "search": text,
        "found": selectors.territories_found(actor, text, MOST_FOUND) if text else None,
        "branch": [] if text else selectors.territory_branch(actor, None),
        "may_manage": manages,
        "page_actions": [bring_in, add] if manages else [],
    }
    return render(request, "portal/catalog/territories.html", context)


@member_page(Permission.VIEW_CATALOG, audience="staff")
def branch(request: HttpRequest) -> HttpResponse:
    """What is right below ``?of=<code>``, to be put into the tree."""
    actor = actor_of_request(request)
    parent = selectors.get_territory(actor, request.GET.get("of", ""))
    context = {"branch": selectors.territory_branch(actor, parent), "may_manage": may_manage(actor)}
    return render(request, "portal/catalog/branch.html", context)
