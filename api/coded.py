"""Things with a natural key ``code``: list, create, read, put, change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.http import urlencode
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Flag, Names, Text
from api.filters import CODED, CODED_ORDER
from tenancy.actors import Actor


@dataclass(frozen=True)
class Calls:
    """The selectors and services behind a resource. ``create``, ``save``, ``change`` take ``code`` and the fields."""

    every: Callable[[Actor], QuerySet[Any]]
    one: Callable[[Actor, str], Any]
    create: Callable[..., Any]
    save: Callable[..., tuple[Any, bool]]
    change: Callable[..., Any]


class NamedBody(Body):
    """What all have: a code that never changes, a name, and whether it is in use."""

    code = Text(read_only=True)
    name = Text(max_length=200)
    names = Names(required=False)
    active = Flag(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class WithCode(serializers.Serializer[Any]):
    """The code, which only a new object may be given."""

    code = Text(max_length=64)


class CodedResource(Resource):
    """``GET`` list, ``POST``; ``GET``, ``PUT`` (create or change), ``PATCH`` (change) of one."""

    calls: ClassVar[Calls]
    new_serializer_class: ClassVar[type[Body]]
    filters = CODED
    ordering_fields = CODED_ORDER

    def get_serializer_class(self) -> type[Body]:
        chosen: Any = self.new_serializer_class if self.action == "create" else self.serializer_class
        return chosen  # type: ignore[no-any-return]

    def get_queryset(self) -> QuerySet[Any]:
        return self.calls.every(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def create(self, request: Request) -> Response:
        thing = self.calls.create(self.actor, **self._given(request))
        return self._answer(self.calls.one(self.actor, thing.code), created=True)

    def retrieve(self, request: Request, code: str) -> Response:
        return self._answer(self.calls.one(self.actor, code))

    def update(self, request: Request, code: str) -> Response:
        """Create or change; fields that are left out stay as they are."""
        _thing, created = self.calls.save(self.actor, code=code, **self._given(request))
        return self._answer(self.calls.one(self.actor, code), created=created)

    def partial_update(self, request: Request, code: str) -> Response:
        self.calls.one(self.actor, code)
        self.calls.change(self.actor, code=code, **self._given(request, partial=True))
        return self._answer(self.calls.one(self.actor, code))

    def _given(self, request: Request, partial: bool = False) -> dict[str, Any]:
        body = self.get_serializer(data=request.data, partial=partial)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _answer(self, thing: Any, *, created: bool = False) -> Response:
        data = self.get_serializer(thing).data
        if not created:
            return Response(data)
        return Response(
            data, status=201, headers={"Location": location(self.request, self.resource, thing.code)}
        )


def location(request: Request, resource: str, code: str) -> str:
    """The address of one object."""
    quoted = urlencode({"": code}).removeprefix("=").replace("+", "%20")
    return f"/api/v1/{resource}/{quoted}/"


def coded_paths(view: type[CodedResource]) -> list[URLPattern]:
    """Its addresses. Codes may hold dots and slashes."""
    one: Any = {"get": "retrieve", "put": "update", "patch": "partial_update"}
    return [
        path(f"{view.resource}/", view.as_view({"get": "list", "post": "create"}), name=view.resource),
        path(f"{view.resource}/<path:code>/", view.as_view(one), name=f"{view.resource}-one"),
    ]
