"""Goals of both sides: the offer that stands, what is in force, and how far it is reached."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import location
from api.fields import Body, Exact, Text
from api.filters import choice, code
from programs.goals import services
from programs.goals.enums import GoalBasis, GoalState
from programs.goals.selectors import get_goal, goals_for, offers_of, reached
from programs.goals.targets import Wish
from programs.models import Goal
from tenancy.enums import Permission


class GoalWish(Body):
    """``target`` is for the whole period; ``growth`` in percent on the same period of the year before."""

    basis = serializers.ChoiceField(choices=GoalBasis.choices, required=False)
    target = Exact(required=False)
    growth = Exact(required=False)
    text = Text(required=False, allow_blank=True, max_length=services.LONGEST)


class GoalRevision(GoalWish):
    text = None  # type: ignore[assignment]
    reason = Text(max_length=services.LONGEST)


class GoalRefusal(Body):
    reason = Text(max_length=services.LONGEST)


class GoalOfferBody(Body):
    state = serializers.ChoiceField(choices=GoalState.choices)
    target = Exact()
    growth = Exact(allow_null=True)
    by = Text(source="by_name")
    by_partner = serializers.BooleanField()
    at = serializers.DateTimeField()


class GoalBody(Body):
    """``agreed_target`` is in force; ``target`` is the offer that stands. ``value`` is what was measured so far."""

    id = serializers.IntegerField(source="pk", read_only=True)
    partner = Text(source="partner.code", max_length=64)
    kpi = Text(source="kpi.code", max_length=64)
    period = Text(max_length=16)
    state = serializers.ChoiceField(choices=GoalState.choices, read_only=True)
    basis = serializers.ChoiceField(choices=GoalBasis.choices, required=False)
    target = Exact(required=False)
    growth = Exact(required=False, allow_null=True)
    text = Text(required=False, allow_blank=True, max_length=services.LONGEST)
    counts_from = serializers.DateField(read_only=True, allow_null=True)
    offered_by = Text(source="by_name", read_only=True)
    offered_by_partner = serializers.BooleanField(source="by_partner", read_only=True)
    offered_at = serializers.DateTimeField(read_only=True, allow_null=True)
    agreed_target = Exact(read_only=True, allow_null=True)
    agreed_by = Text(source="agreed_by_name", read_only=True)
    agreed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    closes_at = serializers.DateTimeField(read_only=True, allow_null=True)
    value = Exact(source="reached.value", read_only=True)
    attainment = Exact(source="reached.share", read_only=True)


def wish_of(given: dict[str, Any]) -> Wish:
    growth = given.get("growth")
    basis = given.get("basis") or (GoalBasis.ABSOLUTE if growth is None else GoalBasis.GROWTH)
    return Wish(basis, given.get("target"), growth)


class Goals(Resource):
    resource = "goals"
    reads = Permission.VIEW_PLANS
    writes = Permission.MANAGE_PLANS
    serializer_class = GoalBody
    filters = {
        "partner": code("partner__code"),
        "kpi": code("kpi__code"),
        "period": code("period"),
        "state": choice("state", GoalState.values),
    }
    ordering_fields = ("id", "period")

    def get_queryset(self) -> QuerySet[Goal]:
        return goals_for(self.actor)

    def _written(self, goals: list[Goal]) -> list[dict[str, Any]]:
        today = timezone.now().astimezone(self.actor.operator.zone).date()
        found = reached(self.actor.operator, goals, today)
        for goal in goals:
            far = found[goal.pk]
            goal.reached = {"value": round(far.value, 6), "share": round(far.share, 6)}  # type: ignore[attr-defined]
        return list(GoalBody(goals, many=True, context=self.get_serializer_context()).data)

    def _answer(self, pk: int, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        goal = get_goal(self.actor, pk)
        return Response(self._written([goal])[0], status=status, headers=headers)

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._written(list(page or [])))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    def create(self, request: Request) -> Response:
        """Write a draft; ``propose`` sends it to the other side."""
        body = GoalBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given = body.validated_data
        goal = services.draft_goal(
            self.actor,
            partner=given["partner"]["code"],
            kpi=given["kpi"]["code"],
            period=given["period"],
            wish=wish_of(given),
            text=given.get("text", ""),
        )
        return self._answer(goal.pk, 201, {"Location": location(request, "goals", str(goal.pk))})

    @extend_schema(responses=GoalOfferBody(many=True))
    def offers(self, request: Request, pk: int) -> Response:
        """What was offered and agreed, oldest first: old targets stay here."""
        page = self.paginate_queryset(offers_of(get_goal(self.actor, pk)))
        return self.get_paginated_response(
            GoalOfferBody(page, many=True, context=self.get_serializer_context()).data
        )

    @extend_schema(request=None, responses=GoalBody)
    def propose(self, request: Request, pk: int) -> Response:
        """Send a draft to the other side."""
        services.propose_goal(self.actor, goal_id=pk)
        return self._answer(pk)

    @extend_schema(request=GoalWish, responses=GoalBody)
    def counter(self, request: Request, pk: int) -> Response:
        """Answer an offer with another one."""
        given = self._given(GoalWish, request)
        services.counter_goal(self.actor, goal_id=pk, wish=wish_of(given), text=given.get("text", ""))
        return self._answer(pk)

    @extend_schema(request=None, responses=GoalBody)
    def agree(self, request: Request, pk: int) -> Response:
        """Take the offer: it is in force as the KPI's target."""
        services.agree_goal(self.actor, goal_id=pk)
        return self._answer(pk)

    @extend_schema(request=GoalRevision, responses=GoalBody)
    def revise(self, request: Request, pk: int) -> Response:
        """Ask for another number than the agreed one, which stays in force until the other side agrees."""
        given = self._given(GoalRevision, request)
        services.revise_goal(self.actor, goal_id=pk, wish=wish_of(given), reason=given["reason"])
        return self._answer(pk)

    @extend_schema(request=GoalRefusal, responses=GoalBody)
    def refuse(self, request: Request, pk: int) -> Response:
        """Turn an offer down; a number that was agreed before stays."""
        services.refuse_goal(self.actor, goal_id=pk, reason=self._given(GoalRefusal, request)["reason"])
        return self._answer(pk)

    @extend_schema(request=None, responses=GoalBody)
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take back your side's offer or draft."""
        services.withdraw_goal(self.actor, goal_id=pk)
        return self._answer(pk)

    def _given(self, kind: type[Body], request: Request) -> dict[str, Any]:
        body = kind(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


def goal_paths() -> list[URLPattern]:
    one = "goals/<int:pk>/"
    verbs = ("propose", "counter", "agree", "revise", "refuse", "withdraw")
    return [
        path("goals/", Goals.as_view({"get": "list", "post": "create"}), name="goals"),
        path(one, Goals.as_view({"get": "retrieve"}), name="goals-one"),
        path(f"{one}offers/", Goals.as_view({"get": "offers"}), name="goals-offers"),
        *(path(f"{one}{verb}/", Goals.as_view({"post": verb}), name=f"goals-{verb}") for verb in verbs),
    ]
