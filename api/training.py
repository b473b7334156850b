"""Training: certifications, who is enrolled, who is certified."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import Calls, CodedResource, NamedBody, WithCode, coded_paths, location
from api.fields import Body, Ref, Text, Whole
from api.filters import CODED, choice, code
from catalog.enums import Layer
from common.errors import DomainError, NotFound
from programs.enums import CertificateSource, CertificateState, EnrolmentState
from programs.models import Certificate, CourseEnrolment
from programs.training import authoring, certificates, enrolments, selectors
from tenancy.enums import Permission

VIEW, MANAGE = Permission.VIEW_TRAINING, Permission.MANAGE_TRAINING


class CertificationBody(NamedBody):
    layer = serializers.ChoiceField(choices=Layer.choices, required=False, allow_blank=True)
    valid_months = Whole(required=False, allow_null=True, min_value=1, max_value=240)


class NewCertification(WithCode, CertificationBody):
    pass


class Certifications(CodedResource):
    resource = "certifications"
    reads, writes = VIEW, MANAGE
    serializer_class = CertificationBody
    new_serializer_class = NewCertification
    filters = CODED | {"layer": choice("layer", Layer.values)}
    calls = Calls(
        selectors.certifications_for,
        selectors.get_certification,
        authoring.create_certification,
        authoring.save_certification,
        authoring.change_certification,
    )


class MemberField(Whole):
    """The number of a person's membership, as in ``/me/``."""


@contextmanager
def named_as_sent() -> Iterator[None]:
    """Errors name the person as the body does."""
    try:
        yield
    except DomainError as error:
        if error.field == "member_id":
            error.at("member")
        raise


class EnrolmentBody(Body):
    id = Whole(read_only=True)
    course = Ref()
    partner = Ref(read_only=True)
    member = MemberField(source="member_id", required=False, help_text="Without it: oneself.")
    person = Text(source="person_name", read_only=True)
    state = serializers.ChoiceField(choices=EnrolmentState.choices, read_only=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    result_percent = serializers.DecimalField(source="best", max_digits=5, decimal_places=2, read_only=True)
    enrolled_at = serializers.DateTimeField(read_only=True)
    completed_at = serializers.DateTimeField(read_only=True)


class Enrolments(Resource):
    resource = "enrolments"
    reads = VIEW
    writes = VIEW  # The service tells apart who enrols whom.
    serializer_class = EnrolmentBody
    filters = {
        "state": choice("state", EnrolmentState.values),
        "course": code("course__code"),
        "partner": code("partner__code"),
    }
    ordering_fields = ("id", "completed_at")

    def get_queryset(self) -> QuerySet[CourseEnrolment]:
        return selectors.enrolments_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def create(self, request: Request) -> Response:
        """Enrol oneself, or somebody whom one may enrol."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        with named_as_sent():
            made = enrolments.enrol(self.actor, **body.validated_data)
        data = self.get_serializer(selectors.get_enrolment(self.actor, made.pk)).data
        return Response(
            data, status=201, headers={"Location": location(request, self.resource, str(made.pk))}
        )

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(selectors.get_enrolment(self.actor, pk)).data)

    @extend_schema(request=None, responses=EnrolmentBody)
    def cancel(self, request: Request, pk: int) -> Response:
        """Take the person out of a course that is not done."""
        enrolments.cancel_enrolment(self.actor, enrolment_id=pk)
        return self.retrieve(request, pk)


class CertificateBody(Body):
    id = Whole(read_only=True)
    certification = Ref()
    partner = Ref(read_only=True)
    member = MemberField(source="member_id")
    person = Text(source="person_name", read_only=True)
    state = serializers.ChoiceField(choices=CertificateState.choices, read_only=True)
    passed_on = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True)
    counts_until = serializers.DateField(read_only=True)
    reference = Text(required=False, allow_blank=True, max_length=80)
    origin = serializers.ChoiceField(source="source", choices=CertificateSource.choices, read_only=True)


class RevokeBody(Body):
    reason = Text(max_length=1000)


class Certificates(Resource):
    resource = "certificates"
    reads, writes = VIEW, MANAGE
    serializer_class = CertificateBody
    filters = {
        "state": choice("state", CertificateState.values),
        "certification": code("certification__code"),
        "partner": code("partner__code"),
    }
    ordering_fields = ("id", "valid_until", "passed_on")

    def get_queryset(self) -> QuerySet[Certificate]:
        return selectors.certificates_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def create(self, request: Request) -> Response:
        """Enter a certificate of an examination elsewhere."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(body.validated_data)
        passed_on: date = given.pop("passed_on")
        with named_as_sent():
            made = certificates.enter_certificate(self.actor, passed_on=passed_on, **given)
        data = self.get_serializer(selectors.get_certificate(self.actor, made.pk)).data
        return Response(
            data, status=201, headers={"Location": location(request, self.resource, str(made.pk))}
        )

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(selectors.get_certificate(self.actor, pk)).data)

    @extend_schema(request=RevokeBody, responses=CertificateBody)
    def revoke(self, request: Request, pk: int) -> Response:
        """Take it back, with a reason."""
        body = RevokeBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        if not self.get_queryset().filter(pk=pk).exists():
            raise NotFound()
        certificates.revoke_certificate(self.actor, certificate_id=pk, **body.validated_data)
        return self.retrieve(request, pk)


def training_paths() -> list[URLPattern]:
    both: Any = {"get": "list", "post": "create"}
    return [
        *coded_paths(Certifications),
        path("enrolments/", Enrolments.as_view(both), name="enrolments"),
        path("enrolments/<int:pk>/", Enrolments.as_view({"get": "retrieve"}), name="enrolments-one"),
        path("enrolments/<int:pk>/cancel/", Enrolments.as_view({"post": "cancel"}), name="enrolments-cancel"),
        path("certificates/", Certificates.as_view(both), name="certificates"),
        path("certificates/<int:pk>/", Certificates.as_view({"get": "retrieve"}), name="certificates-one"),
        path(
            "certificates/<int:pk>/revoke/",
            Certificates.as_view({"post": "revoke"}),
            name="certificates-revoke",
        ),
    ]
