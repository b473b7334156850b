"""The door of the web: host name -> operator -> person or token -> member, in one transaction per request."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from tenancy.access import as_actor
from tenancy.actors import Actor, actor_of
from tenancy.context import Context
from tenancy.enums import Audience
from tenancy.models import Membership, Operator
from tenancy.scope import scope, switch
from tenancy.selectors import token_by_secret

Next = Callable[[HttpRequest], HttpResponseBase]
#: Answered without a tenant: the process is asked how it is, or a file is served.
OUTSIDE = ("/healthz", "/readyz", settings.STATIC_URL)
#: Pages that work on logins (password, TOTP, sessions), which business audiences cannot read.
LOGIN_SURFACE = ("/accounts/", "/invitation/")
API = "/api/"
MEMBERSHIP_KEY = "membership"
OPERATOR_KEY = "operator"
_OF_HOST = f"select * from {Operator._meta.db_table} where active and (custom_domain = %s or slug = %s)"


def public(view: Any) -> Any:
    """Mark a view as open to everybody on the operator's host."""
    view.public = True
    return view


def operator_of_host(host: str) -> Operator | None:
    """The active operator reached at ``host`` (custom domain first, then ``<slug>.<base domain>``)."""
    name, _port = split_domain_port(host.lower())
    slug, dot, base = name.partition(".")
    named = slug if dot and base == settings.BASE_DOMAIN else ""
    found = list(Operator.objects.raw(_OF_HOST, [name, named]))
    return min(found, key=lambda operator: operator.custom_domain != name, default=None)


class DoorMiddleware:
    """Opens the transaction of the request as the login audience and names the operator of the host.

    Everything inside, sessions and rendering too, shares that transaction. An answer of 500 or above undoes it.
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
        host = request.get_host()
        with scope(None, Audience.AUTH):
            request.operator = operator_of_host(host)
            if request.operator is None:
                return page(settings.NO_OPERATOR_VIEW, request)
            with switch(Context(request.operator.pk, Audience.AUTH), back=False):
                response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response


def page(view: str, request: HttpRequest) -> HttpResponseBase:
    """A page of the portal, which stands above this layer, by its dotted name."""
    response: HttpResponseBase = import_string(view)(request)
    return response


class AudienceMiddleware:
    """Turns the person of the session, or the token of the API, into a member and becomes that audience for the view.

    A session belongs to the host it was opened at: on another operator's host it is nobody's. A view is closed unless
    it is marked ``public``, belongs to the login surface, or the visitor is a member here; a person without a membership
    gets the same 404 as for a page that does not exist.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.operator is None:
            return self.get_response(request)
        if request.path.startswith(API):
            self._identify_token(request)
        else:
            self._identify_person(request)
        if request.actor is None or request.path.startswith(LOGIN_SURFACE):
            return self.get_response(request)
        # Nothing follows the view of the API but the commit; after a page its session is written.
        with as_actor(request.actor, back=not request.path.startswith(API)):
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

    def _identify_token(self, request: HttpRequest) -> None:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret:
            return
        token = token_by_secret(secret.strip())
        if token is not None:
            request.token = token
            request.actor = actor_of(token.membership, request.operator)

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
