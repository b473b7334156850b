"""Who reaches a page. Services authorise again; this decides between sign-in, 404 and 403 before any work is done."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from common.errors import Forbidden, NotFound
from tenancy.actors import Actor
from tenancy.enums import Permission

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def actor_of_request(request: HttpRequest) -> Actor:
    """The member behind ``request``; raises ``Http404`` for a person without a membership here."""
    actor: Actor | None = request.actor
    if actor is None:
        raise Http404
    return actor


def to_login(request: HttpRequest) -> HttpResponse:
    """Off to the login page and back here afterwards; htmx is told to move the whole page."""
    address = f"{resolve_url(settings.LOGIN_URL)}?next={quote(request.get_full_path())}"
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    return HttpResponseRedirect(address)


def member_page(permission: Permission | None = None, *, audience: str = "") -> Callable[[View[P]], View[P]]:
    """A view for members, with ``permission`` where one is named; ``audience`` is "staff", "partner" or anyone.

    Without a session: the login page. Signed in without a membership here, or of the other audience: 404. Without the
    permission: 403. A service's ``NotFound`` and ``Forbidden`` become 404 and 403.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.actor is None and not request.user.is_authenticated:
                return to_login(request)
            actor = actor_of_request(request)
            if audience and (audience == "partner") != actor.is_partner:
                raise Http404
            if permission is not None and not actor.can(permission):
                raise PermissionDenied
            try:
                response = view(request, *args, **kwargs)
            except NotFound as error:
                raise Http404 from error
            except Forbidden as error:
                raise PermissionDenied from error
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        return guarded

    return decorate
