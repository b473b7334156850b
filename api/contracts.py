"""Contracts that bind partners: their versions with the words, and who accepts them."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.documents import AcceptanceBody
from api.fields import Body, Text
from partners.contracts import selectors, services
from partners.models import Contract
from tenancy.enums import Permission


class VersionBody(serializers.Serializer[Any]):
    """``hashes``: language code to the SHA-256 of the text, empty before publication."""

    id = serializers.IntegerField()
    contract = serializers.IntegerField(source="contract_id")
    number = serializers.IntegerField()
    texts = serializers.DictField(child=serializers.CharField())
    hashes = serializers.DictField(child=serializers.CharField())
    changes = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    accept_until = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)


class ContractBody(serializers.Serializer[Any]):
    """``versions``: ids, the newest first; a partner's token sees those that are published."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    roles = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    versions = serializers.SerializerMethodField()

    def get_versions(self, contract: Contract) -> list[int]:
        partner = self.context["request"].actor.is_partner
        found = [each for each in contract.versions.all() if each.published_at is not None or not partner]
        return [each.pk for each in sorted(found, key=lambda each: -each.number)]


class Accept(Body):
    """For the own company, by whoever holds the token. ``sha256`` and ``language`` name the text that was read."""

    sha256 = Text(max_length=64)
    language = Text(max_length=5)
    capacity = Text(max_length=120, help_text="What the person is in the company.")


class OnPaper(Body):
    """Signed on paper: the operator notes who signed for which partner."""

    partner = Text(max_length=64)
    person = Text(max_length=200)
    capacity = Text(required=False, allow_blank=True, max_length=120, default="")


class Contracts(Resource):
    """The services tell apart who may sign and who may note a signature."""

    resource = "contracts"
    reads = Permission.VIEW_ONBOARDING
    writes = Permission.VIEW_ONBOARDING
    serializer_class = ContractBody

    def get_queryset(self) -> QuerySet[Contract]:
        return selectors.contracts_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(operation_id="contracts_version", responses=VersionBody)
    def version(self, request: Request, pk: int) -> Response:
        """One version with its words in every language."""
        return Response(VersionBody(selectors.get_version(self.actor, pk)).data)

    @extend_schema(request=Accept, responses={201: AcceptanceBody})
    def accept(self, request: Request, pk: int) -> Response:
        """Accept the version for the own company; name, time and address are kept."""
        given = self._given(Accept)
        address = get_adapter().get_client_ip(request._request)
        made = services.accept_version(self.actor, version_id=pk, address=address, **given)
        return self._accepted(made.pk)

    @extend_schema(request=OnPaper, responses={201: AcceptanceBody})
    def record(self, request: Request, pk: int) -> Response:
        """Note that the version was signed on paper."""
        made = services.record_acceptance(self.actor, version_id=pk, **self._given(OnPaper))
        return self._accepted(made.pk)

    def _given(self, body: type[Body]) -> dict[str, Any]:
        read = body(data=self.request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def _accepted(self, pk: int) -> Response:
        return Response(AcceptanceBody(selectors.get_acceptance(self.actor, pk)).data, status=201)


def contract_paths() -> list[URLPattern]:
    return [
        path("contracts/", Contracts.as_view({"get": "list"}), name="contracts"),
        path("contracts/versions/<int:pk>/", Contracts.as_view({"get": "version"}), name="contracts-version"),
        path(
            "contracts/versions/<int:pk>/accept/",
            Contracts.as_view({"post": "accept"}),
            name="contracts-accept",
        ),
        path(
            "contracts/versions/<int:pk>/record/",
            Contracts.as_view({"post": "record"}),
            name="contracts-record",
        ),
    ]
