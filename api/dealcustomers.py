"""Which of the operator's customers a deal is about: what may be meant, and what a person says."""

from typing import Any

from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Text
from catalog.enums import KeyKind
from deals import selectors
from deals.customers import choose_customer, likely_customers
from deals.newcustomers import take_in
from tenancy.enums import Permission


class LikelyCustomer(serializers.Serializer[Any]):
    """``score``: 1 for the same legal id, else how alike the names are."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KeyKind.choices)
    score = serializers.FloatField()


class DealsCustomer(serializers.Serializer[Any]):
    """``customer``: the code of the one that the deal is about; where nobody knows yet, ``likely`` are those that may be meant."""

    customer = serializers.CharField(allow_null=True)
    likely = LikelyCustomer(many=True)


class CustomerChoice(Body):
    code = Text(max_length=64)


class DealCustomers(Resource):
    resource = "deals"
    reads = writes = Permission.DECIDE_DEALS
    serializer_class = DealsCustomer

    def retrieve(self, request: Request, ref: str) -> Response:
        """The customer that the operator knows the deal's by."""
        deal = selectors.get_deal(self.actor, ref)
        review = selectors.review_of(self.actor, deal)
        known = review.customer.code if review is not None and review.customer else None
        return Response(DealsCustomer({"customer": known, "likely": likely_customers(self.actor, deal)}).data)

    @extend_schema(request=CustomerChoice, responses=DealsCustomer)
    def choose(self, request: Request, ref: str) -> Response:
        """It is the customer with this code. Its transactions find the deal."""
        body = CustomerChoice(data=request.data)
        body.is_valid(raise_exception=True)
        choose_customer(self.actor, ref=ref, code=body.validated_data["code"])
        return self.retrieve(request, ref)

    @extend_schema(request=None, responses=DealsCustomer)
    def take_in(self, request: Request, ref: str) -> Response:
        """It is none of them: the deal's customer enters the catalogue. For deals that were approved."""
        take_in(self.actor, ref=ref)
        return self.retrieve(request, ref)


def deal_customer_paths() -> list[URLPattern]:
    def to(verb: str, **calls: Any) -> URLPattern:
        return path(f"deals/<str:ref>/{verb}/", DealCustomers.as_view(calls), name=f"deals-{verb}")

    return [
        to("customer", get="retrieve"),
        to("choose-customer", post="choose"),
        to("new-customer", post="take_in"),
    ]
