"""Tasks of both sides about a partner."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import location
from api.fields import Body, Flag, Text
from api.filters import choice, code
from partners.book import tasks as services
from partners.book.enums import Side, TaskState
from partners.models import Task
from tenancy.enums import Permission


class TaskBody(Body):
    """``internal`` tasks are among the operator's people; what the partner does is never internal."""

    id = serializers.IntegerField(source="pk", read_only=True)
    partner = Text(source="partner.code", max_length=64)
    title = Text(max_length=services.LONGEST)
    text = Text(required=False, allow_blank=True, max_length=services.LONGEST_TEXT)
    side = serializers.ChoiceField(choices=Side.choices, required=False)
    due_on = serializers.DateField()
    internal = Flag(required=False)
    state = serializers.ChoiceField(choices=TaskState.choices, read_only=True)
    made_by = Text(source="made_by_name", read_only=True)
    done_by = Text(source="done_by_name", read_only=True)
    done_at = serializers.DateTimeField(read_only=True, allow_null=True)


class TaskReason(Body):
    reason = Text(max_length=services.LONGEST_TEXT)


class TaskResult(Body):
    text = Text(required=False, allow_blank=True, max_length=services.LONGEST_TEXT)


class Tasks(Resource):
    resource = "tasks"
    reads = Permission.VIEW_PLANS
    writes = Permission.MANAGE_PLANS
    serializer_class = TaskBody
    filters = {
        "partner": code("partner__code"),
        "state": choice("state", TaskState.values),
        "side": choice("side", Side.values),
    }
    ordering_fields = ("id", "due_on")

    def get_queryset(self) -> QuerySet[Task]:
        return services.tasks_for(self.actor)

    def _answer(self, pk: int, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        body = self.get_serializer(services.get_task(self.actor, pk))
        return Response(body.data, status=status, headers=headers)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    def create(self, request: Request) -> Response:
        """Give one side something to do (account managers)."""
        given = self._given(TaskBody, request)
        made = services.add_task(self.actor, partner=given.pop("partner")["code"], **given)
        return self._answer(made.pk, 201, {"Location": location(request, "tasks", str(made.pk))})

    @extend_schema(request=TaskResult, responses=TaskBody)
    def done(self, request: Request, pk: int) -> Response:
        """It is done; partners finish what their side does."""
        services.finish_task(self.actor, task_id=pk, text=self._given(TaskResult, request).get("text", ""))
        return self._answer(pk)

    @extend_schema(request=TaskReason, responses=TaskBody)
    def cancel(self, request: Request, pk: int) -> Response:
        """It need not be done any more (account managers)."""
        services.cancel_task(self.actor, task_id=pk, reason=self._given(TaskReason, request)["reason"])
        return self._answer(pk)

    def _given(self, kind: type[Body], request: Request) -> dict[str, Any]:
        body = kind(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


def task_paths() -> list[URLPattern]:
    one = "tasks/<int:pk>/"
    return [
        path("tasks/", Tasks.as_view({"get": "list", "post": "create"}), name="tasks"),
        path(one, Tasks.as_view({"get": "retrieve"}), name="tasks-one"),
        path(f"{one}done/", Tasks.as_view({"post": "done"}), name="tasks-done"),
        path(f"{one}cancel/", Tasks.as_view({"post": "cancel"}), name="tasks-cancel"),
    ]
