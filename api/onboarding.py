"""Onboarding: a partner's checklist with its steps, and what both sides do with them."""

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
from api.fields import Body, Ref, Text, Whole
from api.filters import choice, code
from partners.models import Onboarding
from partners.onboarding import running, selectors, steps
from partners.onboarding.enums import OnboardingState, Side, StepKind, StepState
from tenancy.enums import Permission


class StepBody(serializers.Serializer[Any]):
    """``holder``: the side that has to do something now; empty where nobody has. ``opened_at`` is ``null`` while it waits."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=StepKind.choices)
    name = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.choices)
    holder = serializers.CharField()
    mandatory = serializers.BooleanField()
    document_kind = serializers.CharField()
    after = serializers.IntegerField(source="after_id", allow_null=True)
    state = serializers.ChoiceField(choices=StepState.choices)
    opened_at = serializers.DateTimeField(allow_null=True)
    held_since = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    answers = serializers.DictField(source="data")
    text = serializers.CharField()


class OnboardingBody(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    partner = Ref()
    state = serializers.ChoiceField(choices=OnboardingState.choices)
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class OnboardingWithSteps(OnboardingBody):
    steps = StepBody(many=True)


class NewOnboarding(Body):
    """``checklist``: the template's id; without it the one that fits the partner's roles."""

    partner = Text(max_length=64)
    checklist = Whole(required=False, min_value=1)


class StepAnswers(Body):
    """``answers``: what a profile or legal step asks, by field. Files are attached in the portal."""

    answers = serializers.DictField(child=Text(allow_blank=True, max_length=1000), required=False)
    text = Text(required=False, allow_blank=True, max_length=steps.LONGEST, default="")


class StepText(Body):
    text = Text(required=False, allow_blank=True, max_length=steps.LONGEST, default="")


class StepReason(Body):
    text = Text(max_length=steps.LONGEST)


class Onboardings(Resource):
    """The services tell apart who may what."""

    resource = "onboarding"
    reads = Permission.VIEW_ONBOARDING
    writes = Permission.VIEW_ONBOARDING
    serializer_class = OnboardingBody
    filters = {"partner": code("partner__code"), "state": choice("state", OnboardingState.values)}
    ordering_fields = ("id", "started_at")

    def get_queryset(self) -> QuerySet[Onboarding]:
        return selectors.onboardings_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(responses=OnboardingWithSteps)
    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=NewOnboarding, responses={201: OnboardingWithSteps})
    def create(self, request: Request) -> Response:
        """Begin a partner's checklist."""
        given = self._given(NewOnboarding)
        made = running.start_onboarding(
            self.actor, code=given["partner"], checklist_id=given.get("checklist")
        )
        return self._answer(made.pk, 201, {"Location": location(request, self.resource, str(made.pk))})

    @extend_schema(request=StepReason, responses=OnboardingWithSteps)
    def stop(self, request: Request, pk: int) -> Response:
        """End a checklist that leads nowhere, with a reason."""
        selectors.get_onboarding(self.actor, pk)
        running.stop_onboarding(self.actor, onboarding_id=pk, text=self._given(StepReason)["text"])
        return self._answer(pk)

    def _given(self, body: type[Body]) -> dict[str, Any]:
        read = body(data=self.request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def _answer(self, pk: int, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        found: Any = selectors.get_onboarding(self.actor, pk)
        shown = {
            name: getattr(found, name) for name in ("id", "partner", "state", "started_at", "finished_at")
        }
        shown["steps"] = selectors.steps_of(self.actor, found)
        return Response(OnboardingWithSteps(shown).data, status=status, headers=headers)


class Steps(Resource):
    resource = "onboarding"
    reads = Permission.VIEW_ONBOARDING
    writes = Permission.VIEW_ONBOARDING
    serializer_class = StepBody

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=StepAnswers, responses=StepBody)
    def submit(self, request: Request, pk: int) -> Response:
        """Hand the step in."""
        return self._step(pk, StepAnswers, steps.submit_step)

    @extend_schema(request=StepText, responses=StepBody)
    def approve(self, request: Request, pk: int) -> Response:
        return self._step(pk, StepText, steps.approve_step)

    @extend_schema(request=StepReason, responses=StepBody)
    def send_back(self, request: Request, pk: int) -> Response:
        """Ask for something more, also when it was done."""
        return self._step(pk, StepReason, steps.return_step)

    @extend_schema(request=StepReason, responses=StepBody)
    def confirm(self, request: Request, pk: int) -> Response:
        """It happened elsewhere; ``text`` says how the operator knows."""
        return self._step(pk, StepReason, steps.confirm_step)

    @extend_schema(request=StepReason, responses=StepBody)
    def skip(self, request: Request, pk: int) -> Response:
        """The partner does not need it."""
        return self._step(pk, StepReason, steps.skip_step)

    def _step(self, pk: int, body: type[Body], service: Any) -> Response:
        read = body(data=self.request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        service(self.actor, step_id=pk, **read.validated_data)
        return self._answer(pk)

    def _answer(self, pk: int) -> Response:
        return Response(StepBody(selectors.get_step(self.actor, pk)).data)


VERBS = ("submit", "approve", "send_back", "confirm", "skip")


def onboarding_paths() -> list[URLPattern]:
    verbs = [
        path(
            f"onboarding/steps/<int:pk>/{verb.replace('_', '-')}/",
            Steps.as_view({"post": verb}),
            name=f"onboarding-steps-{verb.replace('_', '-')}",
        )
        for verb in VERBS
    ]
    every: Any = {"get": "list", "post": "create"}
    return [
        path("onboarding/", Onboardings.as_view(every), name="onboarding"),
        *verbs,
        path("onboarding/steps/<int:pk>/", Steps.as_view({"get": "retrieve"}), name="onboarding-steps-one"),
        path("onboarding/<int:pk>/stop/", Onboardings.as_view({"post": "stop"}), name="onboarding-stop"),
        path("onboarding/<int:pk>/", Onboardings.as_view({"get": "retrieve"}), name="onboarding-one"),
    ]
