"""The document vault and the contracts that partners accepted."""

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
from api.fields import Body, FileBytes, Ref, Text
from api.filters import choice, code
from partners.contracts.selectors import acceptances_for, get_acceptance
from partners.documents import selectors, services
from partners.documents.enums import DocumentKind, DocumentState
from partners.models import ContractAcceptance, PartnerDocument
from partners.selectors import own_company
from tenancy.enums import Permission


class DocumentBody(serializers.Serializer[Any]):
    """A document; its file is fetched in the portal."""

    id = serializers.IntegerField()
    partner = Ref()
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    title = serializers.CharField()
    number = serializers.CharField()
    issuer = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=DocumentState.choices)
    reason = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    checked_at = serializers.DateTimeField(allow_null=True)


class NewDocument(Body):
    """``partner`` only from the operator's people. ``content``: the file in base64; what it is is told from its content."""

    partner = Text(max_length=64, required=False)
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    title = Text(max_length=200, required=False, allow_blank=True, default="")
    number = Text(max_length=80, required=False, allow_blank=True, default="")
    issuer = Text(max_length=200, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField(required=False, allow_null=True, default=None)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)
    file_name = Text(max_length=200)
    content = FileBytes()


class DocumentAccepted(Body):
    """``valid_until`` corrects the date."""

    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class DocumentRefused(Body):
    text = Text(max_length=1000)


class Documents(Resource):
    """The services tell apart who may what."""

    resource = "documents"
    reads = Permission.VIEW_ONBOARDING
    writes = Permission.VIEW_ONBOARDING
    serializer_class = DocumentBody
    filters = {
        "partner": code("partner__code"),
        "kind": choice("kind", DocumentKind.values),
        "state": choice("state", DocumentState.values),
    }
    ordering_fields = ("id", "valid_until", "submitted_at")

    def get_queryset(self) -> QuerySet[PartnerDocument]:
        return selectors.documents_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=NewDocument, responses={201: DocumentBody})
    def create(self, request: Request) -> Response:
        """Add a document with its file; the operator checks it."""
        given = self._given(NewDocument)
        content = given.pop("content")
        partner = given.pop("partner", "") or own_company(self.actor).code
        made = services.add_document(self.actor, partner=partner, chunks=[content], **given)
        return self._answer(made.pk, 201, {"Location": location(request, self.resource, str(made.pk))})

    @extend_schema(request=DocumentAccepted, responses=DocumentBody)
    def accept(self, request: Request, pk: int) -> Response:
        services.accept_document(self.actor, document_id=pk, **self._given(DocumentAccepted))
        return self._answer(pk)

    @extend_schema(request=DocumentRefused, responses=DocumentBody)
    def refuse(self, request: Request, pk: int) -> Response:
        services.refuse_document(self.actor, document_id=pk, **self._given(DocumentRefused))
        return self._answer(pk)

    @extend_schema(request=None, responses=DocumentBody)
    def withdraw(self, request: Request, pk: int) -> Response:
        services.withdraw_document(self.actor, document_id=pk)
        return self._answer(pk)

    def _given(self, body: type[Body]) -> dict[str, Any]:
        read = body(data=self.request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def _answer(self, pk: int, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        shown = self.get_serializer(selectors.get_document(self.actor, pk)).data
        return Response(shown, status=status, headers=headers)


class AcceptanceBody(serializers.Serializer[Any]):
    """A named person said yes for a partner; ``sha256`` names the text."""

    id = serializers.IntegerField()
    partner = Ref()
    contract = serializers.CharField(source="version.contract.name")
    version = serializers.IntegerField(source="version.number")
    person = serializers.CharField()
    email = serializers.CharField()
    capacity = serializers.CharField()
    language = serializers.CharField()
    sha256 = serializers.CharField()
    address = serializers.CharField(allow_null=True)
    recorded_by = serializers.CharField(help_text="Who noted a signature on paper.")
    at = serializers.DateTimeField()


class Acceptances(Resource):
    resource = "contract-acceptances"
    reads = Permission.VIEW_ONBOARDING
    serializer_class = AcceptanceBody
    filters = {"partner": code("partner__code")}
    ordering_fields = ("id", "at")

    def get_queryset(self) -> QuerySet[ContractAcceptance]:
        return acceptances_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(get_acceptance(self.actor, pk)).data)


def document_paths() -> list[URLPattern]:
    every: Any = {"get": "list", "post": "create"}
    verbs = [
        path(f"documents/<int:pk>/{verb}/", Documents.as_view({"post": verb}), name=f"documents-{verb}")
        for verb in ("accept", "refuse", "withdraw")
    ]
    return [
        path("documents/", Documents.as_view(every), name="documents"),
        *verbs,
        path("documents/<int:pk>/", Documents.as_view({"get": "retrieve"}), name="documents-one"),
        path("contract-acceptances/", Acceptances.as_view({"get": "list"}), name="contract-acceptances"),
        path(
            "contract-acceptances/<int:pk>/",
            Acceptances.as_view({"get": "retrieve"}),
            name="contract-acceptances-one",
        ),
    ]
