"""Endpoints without DRF's machinery, for addresses where every tenth of a millisecond counts.

Same tokens, scopes, errors and ``Idempotency-Key`` as everywhere; the view gets the request and returns status and body.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, NotAuthenticated
from rest_framework.views import APIView

from api.authentication import CHALLENGE, TokenAuthentication
from api.base import KEY_HEADER, Resource, keep, replay, request_hash
from api.errors import HEADERS, answer_to
from api.permissions import check_access
from tenancy.enums import Permission
from tenancy.idempotency import recall
from tenancy.token_use import note_use

View = Callable[[HttpRequest, bytes], dict[str, Any]]


@dataclass(frozen=True)
class Endpoint:
    """One POST address: what it takes and who may call it. ``described`` is the resource that OpenAPI reads."""

    view: View
    described: type[Resource]
    permission: Permission
    max_body: int

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self._answer(request)
        except Exception as error:
            response = refusal(error)
            transaction.set_rollback(True)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self._check(request)
        key, raw = request.headers.get(KEY_HEADER), request.read()
        if key is None:
            return JsonResponse(self.view(request, raw), headers=HEADERS)
        once = (key, request_hash(request, raw))
        reply = recall(request.actor, key=key, request_hash=once[1])
        if reply is not None:
            return replay(reply)
        response = JsonResponse(self.view(request, raw), headers=HEADERS)
        keep(request.actor, once, response)
        return response

    def _check(self, request: HttpRequest) -> None:
        if request.actor is None:
            TokenAuthentication.refuse(request)
            raise NotAuthenticated()
        note_use(request.token)
        check_access(request.actor, request.token, self.described.resource, "write", self.permission)
        if request.method != "POST":
            raise MethodNotAllowed(request.method or "")
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.max_body:
            raise RequestDataTooBig()


def refusal(error: Exception) -> HttpResponse:
    """The answer to an exception that is the caller's fault; any other one is raised again."""
    answer = answer_to(error)
    if answer is None:
        raise error
    status, body, headers = answer
    if isinstance(error, NotAuthenticated | AuthenticationFailed):
        headers["WWW-Authenticate"] = CHALLENGE
    return JsonResponse(body, status=status, headers=HEADERS | headers)


def plain(endpoint: Endpoint) -> Callable[[HttpRequest], HttpResponse]:
    """The endpoint as a Django view, which drf-spectacular takes for a view of ``endpoint.described``.

    The request has a transaction already (``tenancy.scope``); a savepoint of its own would cost two round trips.
    """

    @csrf_exempt
    @transaction.non_atomic_requests
    def call(request: HttpRequest) -> HttpResponse:
        return endpoint(request)

    described: type[APIView] = endpoint.described
    call.cls = described  # type: ignore[attr-defined]
    call.initkwargs, call.actions = {}, {"post": "create"}  # type: ignore[attr-defined]
    return call
