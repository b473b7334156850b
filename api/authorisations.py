"""Rules of authorisation, and the question that they answer."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Text
from api.filters import Filter, choice, code
from catalog.enums import EngagementModel, Layer, PartnerRole
from catalog.selectors import products_for, segments_for, territories_for
from common.errors import InputError
from partners.selectors import own_company, partners_for
from programs.authorisations import may_sell
from programs.authorisations.about import today_of
from programs.authorisations.selectors import authorisations_for, get_authorisation, with_state
from programs.authorisations.services import add_authorisation, end_authorisation
from programs.authorisations.words import sentence
from programs.enums import Effect
from programs.models import Authorisation
from tenancy.enums import Permission

STANDING = ["planned", "now", "over"]
CODE: Any = {"required": False, "allow_blank": True, "allow_null": True, "max_length": 64}


class AuthorisationBody(Body):
    """A rule; what is left out means any. At most one of ``partner``, ``role``, ``programme`` (with or without ``tier``)."""

    id = serializers.IntegerField(source="pk", read_only=True)
    effect = serializers.ChoiceField(choices=Effect.choices)
    product = Text(source="product.code", **CODE)
    layer = serializers.ChoiceField(choices=Layer.choices, required=False, allow_blank=True)
    segment = Text(source="segment.code", **CODE)
    territory = Text(source="territory.code", **CODE)
    engagement_model = serializers.ChoiceField(
        choices=EngagementModel.choices, required=False, allow_blank=True
    )
    partner = Text(source="partner.code", **CODE)
    role = serializers.ChoiceField(choices=PartnerRole.choices, required=False, allow_blank=True)
    programme = Text(**CODE)
    tier = Text(source="tier.code", **CODE)
    starts = serializers.DateField(required=False)
    ends = serializers.DateField(required=False, allow_null=True)
    reason = Text(required=False, allow_blank=True, max_length=300)
    state = serializers.ChoiceField(source="standing", choices=STANDING, read_only=True)
    gone_on = serializers.DateField(read_only=True, allow_null=True)
    text = serializers.SerializerMethodField()

    def get_text(self, row: Authorisation) -> str:
        """The rule in a line, in the language asked for."""
        return sentence(row)

    def to_representation(self, instance: Any) -> Any:
        data = super().to_representation(instance)
        home = instance.programme or (instance.tier.programme if instance.tier else None)
        return data | {"programme": home.code if home else None}


class AuthorisationEndBody(Body):
    """``gone_on``: the first day on which it no longer holds; today where it is left out."""

    gone_on = serializers.DateField(required=False)
    reason = Text(required=False, allow_blank=True, max_length=300)


class AuthorisationQuestion(Body):
    """Partners ask about their own company and leave ``partner`` out. What is not known is left out."""

    partner = Text(**CODE)
    product = Text(max_length=64)
    segment = Text(**CODE)
    territory = Text(**CODE)
    engagement_model = serializers.ChoiceField(
        choices=EngagementModel.choices, required=False, allow_blank=True
    )
    on = serializers.DateField(required=False)


class AuthorisationAnswer(serializers.Serializer[Any]):
    """``rule``: the id of the rule that counted, if there was one."""

    allowed = serializers.BooleanField()
    reason = serializers.CharField()
    rule = serializers.IntegerField(allow_null=True)


def _by_layer(rows: QuerySet[Any], text: str, _operator: Any) -> QuerySet[Any]:
    return rows.filter(Q(layer=text) | Q(product__family__layer=text))


class Authorisations(Resource):
    """Who may sell what to whom. Rules are added and ended, never changed."""

    resource = "authorisations"
    reads = Permission.VIEW_AUTHORISATIONS
    writes = Permission.MANAGE_AUTHORISATIONS
    post_reads = frozenset({"ask"})
    serializer_class = AuthorisationBody
    filters = {
        "state": choice("standing", STANDING),
        "effect": choice("effect", list(Effect.values)),
        "partner": code("partner__code"),
        "product": code("product__code"),
        "layer": Filter(_by_layer, {"type": "string"}, "Rules about the layer or one of its products."),
    }

    def get_queryset(self) -> QuerySet[Any]:
        return with_state(authorisations_for(self.actor), today_of(self.actor)).order_by("-pk")

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(AuthorisationBody(page, many=True, context=self._context()).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        row = get_authorisation(self.actor, pk)
        return Response(AuthorisationBody(row, context=self._context()).data)

    @extend_schema(request=AuthorisationBody, responses={201: AuthorisationBody})
    def create(self, request: Request) -> Response:
        """Add a rule. ``exists`` (409) where the same one holds already."""
        body = AuthorisationBody(data=request.data, context=self._context())
        body.is_valid(raise_exception=True)
        data = dict(body.validated_data)
        given: dict[str, Any] = {
            name: value.get("code") if isinstance(value, dict) else value for name, value in data.items()
        }
        row = add_authorisation(self.actor, **given)
        answer = self.retrieve(request, row.pk)
        answer.status_code = 201
        answer.headers["Location"] = f"/api/v1/authorisations/{row.pk}/"
        return answer

    @extend_schema(request=AuthorisationEndBody, responses=AuthorisationBody)
    def end(self, request: Request, pk: int) -> Response:
        """The rule no longer holds; days that are over stay as they were."""
        get_authorisation(self.actor, pk)
        body = AuthorisationEndBody(data=request.data)
        body.is_valid(raise_exception=True)
        end_authorisation(self.actor, pk=pk, **body.validated_data)
        return self.retrieve(request, pk)

    @extend_schema(request=AuthorisationQuestion, responses=AuthorisationAnswer)
    def ask(self, request: Request) -> Response:
        """May this partner sell this here? The answer with its reason."""
        body = AuthorisationQuestion(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        answer = may_sell(
            self._partner(data.get("partner") or ""),
            self._thing("product", products_for, data["product"]),
            self._thing("segment", segments_for, data.get("segment")),
            self._thing("territory", territories_for, data.get("territory")),
            data.get("engagement_model") or "",
            data.get("on") or today_of(self.actor),
        )
        rule = answer.rule.pk if answer.rule else None
        found = {"allowed": answer.allowed, "reason": answer.reason, "rule": rule}
        return Response(AuthorisationAnswer(found).data)

    def _partner(self, code: str) -> Any:
        if self.actor.is_partner and not code:
            return own_company(self.actor)
        if not code:
            raise InputError("required", _("Name the partner."), "partner")
        return self._thing("partner", partners_for, code)

    def _thing(self, name: str, things: Any, code: str | None) -> Any:
        if not code:
            return None
        found = things(self.actor).filter(code=code).first()
        if found is None:
            raise InputError("unknown_code", _("There is no “%(code)s”."), name, {"code": code})
        return found

    def _context(self) -> dict[str, Any]:
        return {"request": self.request}


def authorisation_paths() -> list[URLPattern]:
    def view(**verbs: Any) -> Any:
        return Authorisations.as_view(verbs)

    return [
        path("authorisations/", view(get="list", post="create"), name="authorisations"),
        path("authorisations/ask/", view(post="ask"), name="authorisations-ask"),
        path("authorisations/<int:pk>/", view(get="retrieve"), name="authorisations-one"),
        path("authorisations/<int:pk>/end/", view(post="end"), name="authorisations-end"),
    ]
