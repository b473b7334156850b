"""Prospects: companies that could become partners, with their scores and stages."""

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
from api.coded import location
from api.fields import Body, Ref, Text
from api.filters import Filter, choice, code
from catalog.enums import Layer, PartnerRole
from common.text import search_key
from partners.enums import ProspectStage
from partners.scouting import services
from partners.scouting.rules import BY_HAND
from partners.scouting.selectors import get_prospect, prospects_for
from tenancy.enums import Language, Permission


class ProspectChange(Body):
    """Left out, a field stays as it is. ``product``, ``territory`` and ``segment`` are codes."""

    company_name = Text(required=False, max_length=200)
    product = Ref(required=False, allow_null=True)
    layer = serializers.ChoiceField(choices=Layer.choices, required=False, allow_blank=True)
    role = serializers.ChoiceField(choices=PartnerRole.choices, required=False, allow_blank=True)
    territory = Ref(required=False, allow_null=True)
    segment = Ref(required=False, allow_null=True)
    country = Text(required=False, allow_blank=True, max_length=2)
    legal_id = Text(required=False, allow_blank=True, max_length=40)
    city = Text(required=False, allow_blank=True, max_length=80)
    website = Text(required=False, allow_blank=True, max_length=200)
    phone = Text(required=False, allow_blank=True, max_length=32)
    contact_name = Text(required=False, allow_blank=True, max_length=120)
    contact_email = Text(required=False, allow_blank=True, max_length=254)
    source = Text(required=False, allow_blank=True, max_length=120)  # type: ignore[assignment]


class ProspectBody(ProspectChange):
    code = Text(required=False, max_length=40)
    company_name = Text(max_length=200)
    stage = serializers.ChoiceField(choices=ProspectStage.choices, read_only=True, source="state")
    reason = serializers.CharField(read_only=True)
    technical = serializers.DecimalField(max_digits=5, decimal_places=1, read_only=True)
    commercial = serializers.DecimalField(max_digits=5, decimal_places=1, read_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class ProspectScores(Body):
    scores = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=100),
        help_text="Code of a criterion -> 0 to 100.",
    )


class ProspectMove(Body):
    stage = serializers.ChoiceField(choices=[(each.value, each.label) for each in BY_HAND])
    text = Text(required=False, allow_blank=True, max_length=2000, help_text="Needed for dropping.")


class ProspectInvitation(Body):
    language = serializers.ChoiceField(choices=Language.choices, required=False)


SEARCH = Filter(
    lambda rows, text, _operator: rows.filter(
        Q(search_key__contains=search_key(text)) | Q(code__iexact=text)
    ),
    description="The code, or a part of the company's name.",
)


class Prospects(Resource):
    resource = "prospects"
    reads = Permission.SCOUT
    writes = Permission.SCOUT
    serializer_class = ProspectBody
    filters = {
        "search": SEARCH,
        "stage": choice("state", ProspectStage.values),
        "layer": choice("layer", Layer.values),
        "role": choice("role", PartnerRole.values),
        "product": code("product__code"),
    }
    ordering_fields = ("id", "technical", "commercial", "created_at")

    def get_queryset(self) -> QuerySet[Any]:
        return prospects_for(self.actor)

    def _answer(self, code: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        row = get_prospect(self.actor, code)
        return Response(self.get_serializer(row).data, status=status, headers=headers)

    def _given(self, body: type[Body]) -> dict[str, Any]:
        read = body(data=self.request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def _step(self, code: str, body: type[Body], service: Callable[..., Any]) -> Response:
        service(self.actor, code=code, **self._given(body))
        return self._answer(code)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def create(self, request: Request) -> Response:
        given = self._given(ProspectBody)
        code = given.pop("code", "")
        made = services.create_prospect(self.actor, fields=given, code=code)
        return self._answer(made.code, 201, {"Location": location(request, self.resource, made.code)})

    def retrieve(self, request: Request, prospect: str) -> Response:
        return self._answer(prospect)

    @extend_schema(request=ProspectChange, responses=ProspectBody)
    def partial_update(self, request: Request, prospect: str) -> Response:
        services.change_prospect(self.actor, code=prospect, fields=self._given(ProspectChange))
        return self._answer(prospect)

    @extend_schema(request=ProspectScores, responses=ProspectBody)
    def score(self, request: Request, prospect: str) -> Response:
        """Judge by some or all criteria."""
        return self._step(prospect, ProspectScores, services.score_prospect)

    @extend_schema(request=ProspectMove, responses=ProspectBody)
    def move(self, request: Request, prospect: str) -> Response:
        """Another stage by hand."""
        return self._step(prospect, ProspectMove, services.move_prospect)

    @extend_schema(request=ProspectInvitation, responses=ProspectBody)
    def invite(self, request: Request, prospect: str) -> Response:
        """Mail the company a link to a prefilled application."""
        return self._step(prospect, ProspectInvitation, services.invite_prospect)


def prospect_paths() -> list[URLPattern]:
    one: Any = {"get": "retrieve", "patch": "partial_update"}
    verbs = [
        path(f"prospects/<str:prospect>/{verb}/", Prospects.as_view({"post": verb}), name=f"prospects-{verb}")
        for verb in ("score", "move", "invite")
    ]
    return [
        path("prospects/", Prospects.as_view({"get": "list", "post": "create"}), name="prospects"),
        *verbs,
        path("prospects/<str:prospect>/", Prospects.as_view(one), name="prospects-one"),
    ]
