"""Joint business plans, and the quarterly reviews of what they brought."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import location
from api.fields import Body, Exact, Text, Whole
from api.filters import choice, code
from common.errors import InputError
from partners.book.enums import Side
from programs.models import Plan, Review
from programs.plans import services, signing
from programs.plans.enums import PlanState
from programs.plans.scoring import score_of
from programs.plans.selectors import TEXTS, commitments_of, content_of, digest_of, get_plan, plans_for
from programs.reviews import services as reviewing
from programs.reviews.document import review_pdf
from programs.reviews.enums import ReviewState
from tenancy.enums import Permission


class PlanTarget(Body):
    id = serializers.IntegerField(read_only=True)
    period = Text(max_length=16)
    target = Exact()
    actual = Exact(read_only=True, allow_null=True)


class PlanObjective(Body):
    """``kpi`` is empty for an objective whose actuals are entered with proof."""

    title = Text(max_length=services.LONGEST)
    kpi = Text(required=False, allow_blank=True, max_length=64)
    weight = Whole(min_value=1, max_value=100)
    targets = PlanTarget(many=True)
    attainment = Exact(read_only=True)
    points = Exact(read_only=True)


class PlanCommitment(Body):
    side = serializers.ChoiceField(choices=Side.choices)
    title = Text(max_length=services.LONGEST)
    due_on = serializers.DateField()


class PlanBody(Body):
    """``digest`` is over the words as they stand: ``sign`` takes it, so that nobody signs what was not read."""

    id = serializers.IntegerField(source="pk", read_only=True)
    partner = Text(source="partner.code", max_length=64)
    year = Text(max_length=16)
    title = Text(max_length=services.LONGEST)
    summary = Text(required=False, allow_blank=True, max_length=services.LONGEST_TEXT)
    strengths = Text(required=False, allow_blank=True, max_length=services.LONGEST_TEXT)
    weaknesses = Text(required=False, allow_blank=True, max_length=services.LONGEST_TEXT)
    opportunities = Text(required=False, allow_blank=True, max_length=services.LONGEST_TEXT)
    threats = Text(required=False, allow_blank=True, max_length=services.LONGEST_TEXT)
    accounts = serializers.ListField(child=Text(max_length=services.LONGEST), required=False)
    objectives = PlanObjective(many=True, required=False)
    commitments = PlanCommitment(many=True, required=False)
    state = serializers.ChoiceField(choices=PlanState.choices, read_only=True)
    version = serializers.IntegerField(read_only=True)
    score = Exact(read_only=True)
    digest = Text(read_only=True)
    operator_signed_by = Text(source="operator_name", read_only=True)
    operator_signed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    partner_signed_by = Text(source="partner_name", read_only=True)
    partner_signed_at = serializers.DateTimeField(read_only=True, allow_null=True)


class PlanReason(Body):
    reason = Text(max_length=services.LONGEST_TEXT)


class PlanSignature(Body):
    digest = Text(max_length=64)


class PlanActual(Body):
    """``target`` is the number of the objective's period."""

    target = Whole()
    actual = Exact()
    proof = Text(max_length=services.LONGEST_TEXT)


class PlanRow(Body):
    """A plan in a list."""

    id = serializers.IntegerField(source="pk")
    partner = Text(source="partner.code")
    year = Text()
    title = Text()
    state = serializers.ChoiceField(choices=PlanState.choices)
    version = serializers.IntegerField()


class _Asked(Resource):
    def _given(self, kind: type[Body], request: Request) -> dict[str, Any]:
        body = kind(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class Plans(_Asked):
    resource = "plans"
    reads = Permission.VIEW_PLANS
    writes = Permission.MANAGE_PLANS
    serializer_class = PlanBody
    filters = {
        "partner": code("partner__code"),
        "year": code("year"),
        "state": choice("state", PlanState.values),
    }
    ordering_fields = ("id", "year")

    def get_queryset(self) -> QuerySet[Plan]:
        return plans_for(self.actor)

    def _answer(self, pk: int, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        plan: Any = get_plan(self.actor, pk)
        scored = score_of(self.actor.operator, plan)
        shown = {
            **{name: getattr(plan, name) for name in ("pk", "partner", "year", *TEXTS, "accounts", "state", "version")},
            **{name: getattr(plan, name) for name in signing.SIGNATURES},
            "score": round(plan.score if plan.score is not None else scored.score, 3),
            "digest": digest_of(content_of(plan)),
            "objectives": [
                {
                    "title": each.objective.title,
                    "kpi": each.objective.kpi.code if each.objective.kpi else "",
                    "weight": each.objective.weight,
                    "targets": [
                        {
                            "id": step.row.pk, "period": step.row.period, "target": step.row.target,
                            "actual": None if step.actual is None else round(step.actual, 6),
                        }
                        for step in each.steps
                    ],
                    "attainment": round(each.attainment, 6),
                    "points": round(each.points, 3),
                }
                for each in scored.objectives
            ],
            "commitments": list(commitments_of(plan)),
        }  # fmt: skip
        return Response(self.get_serializer(shown).data, status=status, headers=headers)

    @extend_schema(responses=PlanRow(many=True))
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(
            PlanRow(page, many=True, context=self.get_serializer_context()).data
        )

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    def create(self, request: Request) -> Response:
        """Draw up an outline with its objectives and commitments (account managers)."""
        given = self._given(PlanBody, request)
        objectives, commitments = given.pop("objectives", []), given.pop("commitments", [])
        plan = services.create_plan(
            self.actor,
            partner=given.pop("partner")["code"],
            year=given.pop("year"),
            title=given["title"],
            filled=False,
        )
        services.change_plan(self.actor, plan_id=plan.pk, **given)
        for each in objectives:
            targets = {row["period"]: row["target"] for row in each.pop("targets")}
            services.put_objective(self.actor, plan_id=plan.pk, targets=targets, **each)
        for each in commitments:
            services.put_commitment(self.actor, plan_id=plan.pk, **each)
        return self._answer(plan.pk, 201, {"Location": location(request, "plans", str(plan.pk))})

    @extend_schema(request=None, responses=PlanBody)
    def share(self, request: Request, pk: int) -> Response:
        """Let the partner see it."""
        signing.share_plan(self.actor, plan_id=pk)
        return self._answer(pk)

    @extend_schema(request=None, responses=PlanBody)
    def ask(self, request: Request, pk: int) -> Response:
        """Close its words and put it to signature."""
        signing.ask_to_sign(self.actor, plan_id=pk)
        return self._answer(pk)

    @extend_schema(request=PlanSignature, responses=PlanBody)
    def sign(self, request: Request, pk: int) -> Response:
        """Sign for one's side what has this ``digest``."""
        signing.sign_plan(self.actor, plan_id=pk, **self._given(PlanSignature, request))
        return self._answer(pk)

    @extend_schema(request=PlanReason, responses=PlanBody)
    def send_back(self, request: Request, pk: int) -> Response:
        """Not like this: the words are open again."""
        signing.return_plan(self.actor, plan_id=pk, **self._given(PlanReason, request))
        return self._answer(pk)

    @extend_schema(request=PlanReason, responses=PlanBody)
    def amend(self, request: Request, pk: int) -> Response:
        """Open a signed plan for a new version."""
        signing.amend_plan(self.actor, plan_id=pk, **self._given(PlanReason, request))
        return self._answer(pk)

    @extend_schema(request=PlanActual, responses=PlanBody)
    def actual(self, request: Request, pk: int) -> Response:
        """Enter what was reached of an objective without a KPI, with proof."""
        given = self._given(PlanActual, request)
        signing.enter_actual(
            self.actor, plan_id=pk, target_id=given["target"], actual=given["actual"], proof=given["proof"]
        )
        return self._answer(pk)


class ReviewBody(Body):
    id = serializers.IntegerField(source="pk", read_only=True)
    partner = Text(source="partner.code", max_length=64)
    period = Text(max_length=16)
    planned_on = serializers.DateField()
    state = serializers.ChoiceField(choices=ReviewState.choices, read_only=True)
    held_on = serializers.DateField(read_only=True, allow_null=True)
    minutes = Text(read_only=True)
    prepared_at = serializers.DateTimeField(read_only=True, allow_null=True)


class Reviews(_Asked):
    resource = "reviews"
    reads = Permission.VIEW_PLANS
    writes = Permission.WORK_BOOK
    serializer_class = ReviewBody
    filters = {
        "partner": code("partner__code"),
        "period": code("period"),
        "state": choice("state", ReviewState.values),
    }
    ordering_fields = ("id", "period")

    def get_queryset(self) -> QuerySet[Review]:
        return reviewing.reviews_for(self.actor)

    def _answer(self, pk: int, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        body = self.get_serializer(reviewing.get_review(self.actor, pk))
        return Response(body.data, status=status, headers=headers)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    def create(self, request: Request) -> Response:
        """Plan the review of a quarter."""
        given = self._given(ReviewBody, request)
        made = reviewing.plan_review(self.actor, partner=given.pop("partner")["code"], **given)
        return self._answer(made.pk, 201, {"Location": location(request, "reviews", str(made.pk))})

    @extend_schema(request=None, responses=ReviewBody)
    def prepare(self, request: Request, pk: int) -> Response:
        """Freeze the figures of this moment."""
        reviewing.prepare_review(self.actor, review_id=pk)
        return self._answer(pk)

    @extend_schema(
        parameters=[OpenApiParameter("language", enum=["en", "fa", "ar"])],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def pack(self, request: Request, pk: int) -> HttpResponseBase:
        """The frozen figures as a document; 409 before the review was prepared."""
        language = request.query_params.get("language", self.actor.operator.main_language)
        if language not in ("en", "fa", "ar"):
            raise InputError("invalid", "en, fa, ar", "language")
        return HttpResponse(review_pdf(self.actor, pk, language), content_type="application/pdf")


def plan_paths() -> list[URLPattern]:
    one, review = "plans/<int:pk>/", "reviews/<int:pk>/"
    verbs = {
        "share": "share",
        "ask": "ask",
        "sign": "sign",
        "return": "send_back",
        "amend": "amend",
        "actual": "actual",
    }
    return [
        path("plans/", Plans.as_view({"get": "list", "post": "create"}), name="plans"),
        path(one, Plans.as_view({"get": "retrieve"}), name="plans-one"),
        *(
            path(f"{one}{verb}/", Plans.as_view({"post": name}), name=f"plans-{verb}")
            for verb, name in verbs.items()
        ),
        path("reviews/", Reviews.as_view({"get": "list", "post": "create"}), name="reviews"),
        path(review, Reviews.as_view({"get": "retrieve"}), name="reviews-one"),
        path(f"{review}prepare/", Reviews.as_view({"post": "prepare"}), name="reviews-prepare"),
        path(f"{review}pack/", Reviews.as_view({"get": "pack"}), name="reviews-pack"),
    ]
