"""Templates of business plans: what new plans begin with, by the kind of partner."""

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
from api.fields import Body, Flag, Names, Text, Whole
from catalog.enums import PartnerRole
from partners.book.enums import Side
from programs.models import PlanTemplate
from programs.plans import templating
from tenancy.enums import Permission


class TemplateObjective(Body):
    """``kpi`` measures it, or with ``headline`` the headline KPI; without both its actuals are entered with proof."""

    title = Text(max_length=200)
    weight = Whole(min_value=1, max_value=100)
    kpi = Text(required=False, allow_blank=True, max_length=64, default="")
    headline = Flag(required=False, default=False)


class TemplateCommitment(Body):
    """``month``: of the fiscal year, by whose end it is kept."""

    side = serializers.ChoiceField(choices=Side.choices)
    title = Text(max_length=200)
    month = Whole(min_value=1, max_value=templating.MONTHS)


class PlanTemplateBody(Body):
    """Without ``roles`` it is for everybody who has none of their own. Weights add up to 100."""

    id = serializers.IntegerField(source="pk", read_only=True)
    name = Text(max_length=200)
    names = Names(required=False)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=PartnerRole.choices), required=False)
    objectives = TemplateObjective(many=True)
    commitments = TemplateCommitment(many=True)
    active = Flag(required=False)


class PlanTemplates(Resource):
    resource = "plans"
    reads = Permission.MANAGE_PLANS
    writes = templating.MANAGE
    serializer_class = PlanTemplateBody

    def get_queryset(self) -> QuerySet[PlanTemplate]:
        return templating.templates_for(self.actor)

    @extend_schema(operation_id="plan_templates", responses=PlanTemplateBody(many=True))
    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def create(self, request: Request) -> Response:
        made = templating.save_template(self.actor, **self._given())
        shown = self.get_serializer(made).data
        address = location(request, "plan-templates", str(made.pk))
        return Response(shown, status=201, headers={"Location": address})

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(templating.get_template(self.actor, pk)).data)

    def update(self, request: Request, pk: int) -> Response:
        """Change it whole; plans that began with it stay as they are."""
        made = templating.save_template(self.actor, template_id=pk, **self._given())
        return Response(self.get_serializer(made).data)

    @extend_schema(request=None, responses=PlanTemplateBody)
    def remove(self, request: Request, pk: int) -> Response:
        """Take it away; new plans begin with another one."""
        shown = self.get_serializer(templating.get_template(self.actor, pk)).data
        templating.remove_template(self.actor, template_id=pk)
        return Response(shown)

    def _given(self) -> dict[str, Any]:
        body = self.get_serializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


def plan_template_paths() -> list[URLPattern]:
    both: Any = {"get": "list", "post": "create"}
    one: Any = {"get": "retrieve", "put": "update"}
    return [
        path("plan-templates/", PlanTemplates.as_view(both), name="plan-templates"),
        path("plan-templates/<int:pk>/", PlanTemplates.as_view(one), name="plan-templates-one"),
        path(
            "plan-templates/<int:pk>/remove/",
            PlanTemplates.as_view({"post": "remove"}),
            name="plan-templates-remove",
        ),
    ]
