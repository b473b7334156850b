"""What steers leads: how many a partner takes, and customers whose leads go to one partner first."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Ref, Text, Whole
from api.filters import code
from marketing.leads import selectors
from marketing.leads.availability import set_availability
from marketing.leads.pins import pin_customer, unpin_customer
from marketing.models import LeadSettings, PinnedCustomer
from partners.selectors import get_partner
from tenancy.enums import Permission

PARTNER = OpenApiParameter("partner", str, description="Staff only: the code of the company.")


class LeadAvailability(Body):
    """``null``: no pause, and the operator's own number."""

    paused_until = serializers.DateField(allow_null=True)
    capacity = Whole(allow_null=True, min_value=1)


class LeadPin(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    customer = Ref()
    partner = Ref()
    pinned_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class LeadPinNew(Body):
    customer = Text(max_length=64)
    partner = Text(max_length=64)


class Availability(Resource):
    resource = "leads"
    reads = Permission.VIEW_LEADS
    writes = Permission.VIEW_LEADS  # The service tells apart whose word it is.
    serializer_class = LeadAvailability

    def _told(self, row: LeadSettings | None) -> Response:
        names = ("paused_until", "capacity")
        return Response(LeadAvailability({name: getattr(row, name, None) for name in names}).data)

    @extend_schema(parameters=[PARTNER])
    def retrieve(self, request: Request) -> Response:
        """The company's own pause and capacity."""
        named = None if self.actor.is_partner else request.query_params.get("partner", "")
        company = None if named is None else get_partner(self.actor, named).pk
        return self._told(selectors.settings_of(self.actor, company))

    @extend_schema(parameters=[PARTNER], responses=LeadAvailability)
    def update(self, request: Request) -> Response:
        """Take no leads up to and with a day, or at most so many open ones."""
        read = LeadAvailability(data=request.data)
        read.is_valid(raise_exception=True)
        named = request.query_params.get("partner", "")
        return self._told(set_availability(self.actor, partner=named, **read.validated_data))


class LeadPins(Resource):
    resource = "leads"
    reads = Permission.MANAGE_LEADS
    writes = Permission.MANAGE_LEADS
    serializer_class = LeadPin
    filters = {"partner": code("partner__code"), "customer": code("customer__code")}
    ordering_fields = ("id",)

    def get_queryset(self) -> QuerySet[PinnedCustomer]:
        return selectors.pins_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(request=LeadPinNew, responses={201: LeadPin})
    def create(self, request: Request) -> Response:
        """Leads of this customer go to this partner first; an earlier pin of the customer gives way."""
        read = LeadPinNew(data=request.data)
        read.is_valid(raise_exception=True)
        row = pin_customer(self.actor, **read.validated_data)
        return Response(LeadPin(row).data, status=201)

    @extend_schema(request=None, responses={204: None})
    def end(self, request: Request, pk: int) -> Response:
        """The rules choose again."""
        unpin_customer(self.actor, pin_id=pk)
        return Response(status=204)


def lead_steering_paths() -> list[URLPattern]:
    return [
        path(
            "leads/availability/",
            Availability.as_view({"get": "retrieve", "put": "update"}),
            name="leads-availability",
        ),
        path("lead-pins/", LeadPins.as_view({"get": "list", "post": "create"}), name="lead-pins"),
        path("lead-pins/<int:pk>/end/", LeadPins.as_view({"post": "end"}), name="lead-pins-end"),
    ]
