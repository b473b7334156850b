"""The start page, the language switch and the style guide."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from portal.shell.access import actor_of_request, member_page
from portal.shell.home import panels_for
from portal.shell.navigation import navigation_for


@member_page()
def home(request: HttpRequest) -> HttpResponse:
    """What to do, how one stands, what one earned; where no panel has anything yet, the way to each part."""
    actor = actor_of_request(request)
    panels = panels_for(request)
    context = {
        "panels": panels,
        "has_sides": any(panel.place == "side" for panel in panels),
        "sections": [section for section in navigation_for(actor, request.path) if section.label],
    }
    return render(request, "portal/shell/home.html", context)


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """The ``next`` of a form if it stays on this host (not merely on an allowed one, which may be another tenant's)."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    allowed = url_has_allowed_host_and_scheme(wanted, allowed_hosts=here, require_https=request.is_secure())
    return wanted if allowed else default


def set_language_cookie(response: HttpResponseBase, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose one of the operator's languages for this browser and come back to the same page."""
    language = request.POST.get("language", "")
    operator = getattr(request, "operator", None)
    if operator is None or language not in operator.languages:
        raise Http404
    response = HttpResponseRedirect(safe_next(request))
    set_language_cookie(response, language)
    return response
