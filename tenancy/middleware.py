"""The door of the web: host name -> operator -> person or token -> member, in one transaction per request."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from tenancy.access import as_actor, context_of
from tenancy.actors import Actor, actor_of
from tenancy.context import Context
from tenancy.entrance import enter
from tenancy.enums import Audience
from tenancy.models import Membership
from tenancy.scope import scope_of_finding

Next = Callable[[HttpRequest], HttpResponseBase]
#: Answered without a tenant: the process is asked how it is, or a file is served.
OUTSIDE = ("/healthz", "/readyz", settings.STATIC_URL)
#: Pages that work on logins (password, TOTP, sessions), which business audiences cannot read.
LOGIN_SURFACE = ("/accounts/", "/invitation/")
API = "/api/"
MEMBERSHIP_KEY = "membership"
OPERATOR_KEY = "operator"


def public(view: Any) -> Any:
    """Mark a view as open to everybody on the operator's host."""
    view.public = True
    return view


def names_of(host: str) -> tuple[str, str]:
    """The domain of ``host``, and the slug if it is ``<slug>.<base domain>``, else nothing."""
    name, _port = split_domain_port(host.lower())
    slug, dot, base = name.partition(".")
    return name, slug if dot and base == settings.BASE_DOMAIN else ""


class DoorMiddleware:
    """Opens the transaction of the request and names the operator of the host.

    A token of the API makes its member known at once; everybody else stands before the login audience. Everything inside,
    sessions and rendering too, shares that transaction. An answer of 500 or above undoes it.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.operator = None
        request.actor = None
        request.token = None
        request.membership_choices = ()
        if request.path.startswith(OUTSIDE):
            # Who asks does not matter here, and outside the door no session could be read.
            request.COOKIES = {}
            return self.get_response(request)
        try:
            return self._inside(request)
        except OperationalError:
            return page(settings.UNAVAILABLE_VIEW, request)

    def _inside(self, request: HttpRequest) -> HttpResponseBase:
        with scope_of_finding(partial(_visitor, request)):
            if request.operator is None:
                return page(settings.NO_OPERATOR_VIEW, request)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response


def _visitor(request: HttpRequest) -> Context:
    """Find out who asks, as far as host and token tell, and for whom the transaction works then."""
    request.operator, request.token = enter(*names_of(request.get_host()), _secret(request))
    if request.operator is None or request.token is None:
        return Context(request.operator.pk if request.operator else None, Audience.AUTH)
    request.actor = actor_of(request.token.membership, request.operator)
    return context_of(request.actor)


def _secret(request: HttpRequest) -> str:
    """What a client of the API shows; pages know no tokens."""
    if not request.path.startswith(API):
        return ""
    # Nor does the API know cookies: what belongs to a session could not be read as its audience.
    request.COOKIES = {}
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def page(view: str, request: HttpRequest) -> HttpResponseBase:
    """A page of the portal, which stands above this layer, by its dotted name."""
    response: HttpResponseBase = import_string(view)(request)
    return response


class AudienceMiddleware:
    """Turns the person of the session into a member and becomes that audience for the view.

    A session belongs to the host it was opened at: on another operator's host it is nobody's. A view is closed unless
    it is marked ``public``, belongs to the login surface, or the visitor is a member here; a person without a membership
    gets the same 404 as for a page that does not exist.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.operator is None or request.path.startswith(API):
            return self.get_response(request)
        self._identify_person(request)
        if request.actor is None or request.path.startswith(LOGIN_SURFACE):
            return self.get_response(request)
        with as_actor(request.actor):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        open_to_all = request.path.startswith((*LOGIN_SURFACE, *OUTSIDE, API)) or getattr(
            view, "public", False
        )
        if open_to_all or request.actor is not None:
            return None
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())

    def _identify_person(self, request: HttpRequest) -> None:
        if not request.user.is_authenticated:
            return
        if request.session.setdefault(OPERATOR_KEY, request.operator.pk) != request.operator.pk:
            request.session.flush()
            request.user = AnonymousUser()
            return
        memberships = Membership.objects.filter(person_id=request.user.pk, active=True)
        request.membership_choices = tuple(memberships.select_related("partner").order_by("pk"))
        request.actor = _chosen(request)


def _chosen(request: HttpRequest) -> Actor | None:
    choices = request.membership_choices
    if not choices:
        return None
    wanted = request.session.get(MEMBERSHIP_KEY)
    membership = next((choice for choice in choices if choice.pk == wanted), choices[0])
    return actor_of(membership, request.operator)
