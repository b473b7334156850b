"""Applications for the operator's own systems: read them, and take the steps of the review. Applicants themselves use the public page."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Flag, Ref, Text, Whole
from api.filters import Filter, choice
from catalog.enums import PartnerRole
from partners.applications import review, selectors
from partners.applications.rules import ASKABLE
from partners.enums import ApplicationState, FlagKind, FlagLevel
from partners.models import Application
from tenancy.enums import Permission


class ApplicationFlagBody(Body):
    """``evidence`` is what of the application matched; whom it matched is seen in the portal."""

    kind = serializers.ChoiceField(choices=FlagKind.choices)
    level = serializers.ChoiceField(choices=FlagLevel.choices)
    evidence = serializers.CharField()


class ApplicationBody(Body):
    """An application as staff see it."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=ApplicationState.choices)
    version = serializers.IntegerField()
    company_name = serializers.CharField()
    legal_id = serializers.CharField()
    country = serializers.CharField()
    city = serializers.CharField()
    territory = Ref(read_only=True, allow_null=True)
    website = serializers.CharField()
    phone = serializers.CharField()
    contact_name = serializers.CharField()
    contact_email = serializers.CharField()
    contact_position = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    layers = serializers.ListField(child=serializers.CharField())
    founded = serializers.IntegerField(allow_null=True)
    technicians = serializers.IntegerField(allow_null=True)
    sellers = serializers.IntegerField(allow_null=True)
    customers = serializers.IntegerField(allow_null=True)
    certificates = serializers.CharField()
    about = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    technical = serializers.DecimalField(max_digits=5, decimal_places=1, allow_null=True)
    commercial = serializers.DecimalField(max_digits=5, decimal_places=1, allow_null=True)
    question = serializers.CharField()
    asked_fields = serializers.ListField(child=serializers.CharField())
    answer_due_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    reapply_after = serializers.DateField(allow_null=True)
    partner = Ref(read_only=True, allow_null=True)
    flags = serializers.SerializerMethodField()

    @extend_schema(responses=ApplicationFlagBody(many=True))
    def get_flags(self, row: Application) -> list[dict[str, Any]]:
        return [
            {"kind": flag.kind, "level": flag.level, "evidence": flag.evidence} for flag in row.flags.all()
        ]


class ApplicationStep(Body):
    """``version``: of the application that was read."""

    version = Whole(required=False, min_value=1)


class ApplicationQuestion(ApplicationStep):
    text = Text(max_length=4000)
    fields_asked = serializers.MultipleChoiceField(choices=[(name, name) for name in ASKABLE], required=False)


class ApplicationScores(ApplicationStep):
    scores = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=100),
        help_text="Code of a criterion -> 0 to 100.",
    )


class ApplicationInterview(ApplicationStep):
    text = Text(required=False, allow_blank=True, max_length=4000)


class ApplicationApproval(ApplicationStep):
    code = Text(required=False, max_length=64, help_text="The code of the new partner.")


class ApplicationRejection(ApplicationStep):
    text = Text(max_length=4000, help_text="The applicant reads it.")
    days = Whole(required=False, min_value=0, max_value=3650)
    block = Flag(required=False)


SEARCH = Filter(
    lambda rows, text, _operator: rows.filter(
        Q(number__iexact=text) | Q(company_name__icontains=text) | Q(legal_id__iexact=text)
    ),
    description="The number, the legal id, or a part of the company's name.",
)


class Applications(Resource):
    resource = "applications"
    reads = Permission.REVIEW_APPLICATIONS
    writes = Permission.REVIEW_APPLICATIONS
    serializer_class = ApplicationBody
    filters = {
        "search": SEARCH,
        "state": choice("state", [state for state in ApplicationState.values if state != "draft"]),
        "role": Filter(
            lambda rows, text, _operator: rows.filter(roles__contains=[text]),
            {"type": "string", "enum": PartnerRole.values},
        ),
    }
    ordering_fields = ("id", "submitted_at")

    def get_queryset(self) -> QuerySet[Any]:
        return selectors.applications_for(self.actor).prefetch_related("flags")

    def _answer(self, number: str) -> Response:
        selectors.get_application(self.actor, number)
        return Response(self.get_serializer(self.get_queryset().get(number=number)).data)

    def _step(self, number: str, body: type[Body], service: Callable[..., Any]) -> Response:
        read = body(data=self.request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        given = dict(read.validated_data)
        if "fields_asked" in given:
            given["fields"] = given.pop("fields_asked")
        service(self.actor, number=number, **given)
        return self._answer(number)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, application: str) -> Response:
        return self._answer(application)

    @extend_schema(request=ApplicationQuestion, responses=ApplicationBody)
    def request_information(self, request: Request, application: str) -> Response:
        """Ask the applicant; the clock stops, and only the named fields can be changed."""
        return self._step(application, ApplicationQuestion, review.request_information)

    @extend_schema(request=ApplicationScores, responses=ApplicationBody)
    def score(self, request: Request, application: str) -> Response:
        """Fill in the score card, or a part of it."""
        return self._step(application, ApplicationScores, review.score_application)

    @extend_schema(request=ApplicationInterview, responses=ApplicationBody)
    def interview(self, request: Request, application: str) -> Response:
        return self._step(application, ApplicationInterview, review.invite_to_interview)

    @extend_schema(request=ApplicationApproval, responses=ApplicationBody)
    def approve(self, request: Request, application: str) -> Response:
        """Make it a partner in onboarding; with a high flag a second person has to as well."""
        return self._step(application, ApplicationApproval, review.approve_application)

    @extend_schema(request=ApplicationRejection, responses=ApplicationBody)
    def reject(self, request: Request, application: str) -> Response:
        return self._step(application, ApplicationRejection, review.reject_application)


VERBS = ("request_information", "score", "interview", "approve", "reject")


def application_paths() -> list[URLPattern]:
    verbs = [
        path(
            f"applications/<str:application>/{verb.replace('_', '-')}/",
            Applications.as_view({"post": verb}),
            name=f"applications-{verb.replace('_', '-')}",
        )
        for verb in VERBS
    ]
    return [
        path("applications/", Applications.as_view({"get": "list"}), name="applications"),
        *verbs,
        path(
            "applications/<str:application>/",
            Applications.as_view({"get": "retrieve"}),
            name="applications-one",
        ),
    ]
