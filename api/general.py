"""What a caller asks first: who am I here, and what does this API offer."""

from typing import Any

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from tenancy.enums import CalendarCode, Role


class OperatorFacts(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    calendar = serializers.ChoiceField(choices=CalendarCode.choices)
    fiscal_start_month = serializers.IntegerField()
    time_zone = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())


class Me(serializers.Serializer[Any]):
    """The member behind the token."""

    email = serializers.EmailField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    partner = serializers.CharField(allow_null=True)
    permissions = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField())
    operator = OperatorFacts()


class MeView(Resource):
    """The member behind the token, and the operator whose host this is."""

    @extend_schema(operation_id="me", responses=Me)
    def retrieve(self, request: Request) -> Response:
        actor, token = self.actor, request.token
        partner = token.membership.partner
        facts = {
            "email": actor.email,
            "name": actor.name,
            "role": actor.role,
            "partner": partner.code if partner else None,
            "permissions": sorted(actor.permissions),
            "scopes": token.scopes,
            "operator": actor.operator,
        }
        return Response(Me(facts).data)


class SchemaView(SpectacularJSONAPIView):
    """OpenAPI 3.1 of all that is here. Open to everybody: it tells nothing about anybody."""

    authentication_classes = []
    permission_classes = []
    content_negotiation_class = Resource.content_negotiation_class
    metadata_class = None
    http_method_names = ["get", "head"]
