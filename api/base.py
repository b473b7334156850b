"""What every resource shares: access, limits, ``Idempotency-Key``, answers nobody may store."""

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from api.errors import HEADERS
from api.filters import Allowed, Filter
from api.parsers import StrictJSONParser, check_storable
from api.schema import ApiSchema
from api.scopes import Access
from common.errors import NotFound
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.idempotency import Reply, recall, remember

KEY_HEADER = "Idempotency-Key"
REPLAY_HEADER = "Idempotent-Replay"
SAFE = ("GET", "HEAD")


class Replayed(Exception):
    """The request was answered before."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


class AlwaysJson(BaseContentNegotiation):
    """The API speaks JSON, whatever ``Accept`` says."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        from rest_framework.negotiation import DefaultContentNegotiation

        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Resource(GenericViewSet[Any]):
    """A resource: its name in scopes, and the permissions that reading and writing need.

    ``post_reads``: actions whose POST changes nothing, so that a reading token may call them.
    """

    resource: ClassVar[str] = ""
    reads: ClassVar[Permission | None] = None
    writes: ClassVar[Permission | None] = None
    post_reads: ClassVar[frozenset[str]] = frozenset()

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    parser_classes = [StrictJSONParser]
    content_negotiation_class = AlwaysJson
    metadata_class = None
    filter_backends = [Allowed]
    filters: ClassVar[Mapping[str, Filter]] = {}
    ordering_fields: ClassVar[tuple[str, ...]] = ()
    schema = ApiSchema()
    _once: tuple[str, str] | None = None

    @property
    def actor(self) -> Actor:
        actor: Actor = self.request.actor
        return actor

    def access_of(self, request: Request) -> tuple[Access, Permission | None]:
        reading = request.method in SAFE or self.action in self.post_reads
        return ("read", self.reads) if reading else ("write", self.writes)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_storable(dict(request.query_params.lists()))
        if any("\x00" in str(value) for value in kwargs.values()):
            raise NotFound()
        key = request.headers.get(KEY_HEADER)
        if key is not None and request.method == "POST":
            self._begin(request, key)

    def paged(self, rows: Any, body: type[BaseSerializer[Any]] | None = None) -> Response:
        """One page of ``rows``, as the description promises of every list; ``body`` where it is not the view's own."""
        page = self.paginate_queryset(rows)
        if body is None:
            return self.get_paginated_response(self.get_serializer(page, many=True).data)
        written = body(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(written.data)

    def _begin(self, request: Request, key: str) -> None:
        digest = request_hash(request._request, request._request.body)
        reply = recall(self.actor, key=key, request_hash=digest)
        if reply is not None:
            raise Replayed(reply)
        self._once = (key, digest)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Replayed):
            return replay(exc.reply)  # type: ignore[return-value]
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if self._once is not None and response.status_code < 400:
            keep(self.actor, self._once, response.render())
        return response


def request_hash(request: HttpRequest, raw: bytes) -> str:
    """What makes two requests the same: method, address and body."""
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + raw).hexdigest()


def keep(actor: Actor, once: tuple[str, str], response: HttpResponse) -> None:
    """Store the rendered ``response`` for the request's key, byte for byte."""
    key, digest = once
    stored = {"body": response.content.decode(), "location": response.headers.get("Location")}
    remember(actor, key=key, request_hash=digest, status=response.status_code, response=stored)


def replay(reply: Reply) -> HttpResponse:
    """The stored answer again."""
    headers = {REPLAY_HEADER: "true"}
    if reply.response["location"]:
        headers["Location"] = reply.response["location"]
    return HttpResponse(
        reply.response["body"], status=reply.status, content_type="application/json", headers=headers
    )
