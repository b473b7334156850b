"""Products, their families, segments, territories and customers."""

from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.coded import Calls, CodedResource, NamedBody, WithCode
from api.fields import Body, Flag, MoneyField, Ref, Text
from api.filters import CODED, choice, code, flag
from catalog import selectors, services
from catalog.enums import Layer, PartnerRole
from tenancy.enums import Permission


class FamilyBody(NamedBody):
    layer = serializers.ChoiceField(choices=Layer.choices)


class NewFamily(WithCode, FamilyBody):
    pass


class ProductBody(NamedBody):
    family = Ref(required=False, help_text="Code of the family; “general” when a new product has none.")
    unit = Text(required=False, allow_blank=True, max_length=40)
    strategic = Flag(required=False)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=PartnerRole.choices), required=False)
    list_price = MoneyField(required=False, allow_null=True)
    partner_price = MoneyField(required=False, allow_null=True)


class NewProduct(WithCode, ProductBody):
    pass


class SegmentBody(NamedBody):
    key_account = Flag(required=False)


class NewSegment(WithCode, SegmentBody):
    pass


class TerritoryBody(NamedBody):
    parent = Ref(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="Code of the territory that this one is part of."
    )
    level = serializers.IntegerField(read_only=True)


class NewTerritory(WithCode, TerritoryBody):
    pass


class CustomerBody(NamedBody):
    legal_id = Text(required=False, allow_blank=True, max_length=40)
    country = Text(required=False, allow_blank=True, max_length=2)
    segment = Ref(required=False, allow_null=True)
    territory = Ref(required=False, allow_null=True)
    since = serializers.DateField(required=False, allow_null=True)
    phone = Text(required=False, allow_blank=True, max_length=32)
    email = Text(required=False, allow_blank=True, max_length=254)
    address = Text(required=False, allow_blank=True, max_length=300)
    bank_account = Text(
        required=False,
        allow_blank=True,
        max_length=60,
        help_text="The account that it pays from; compared with those that partners are paid to.",
    )


class Merge(Body):
    other = Text(max_length=64, help_text="Code of the customer that is the same.")


class NewCustomer(WithCode, CustomerBody):
    pass


class CatalogResource(CodedResource):
    reads = Permission.VIEW_CATALOG
    writes = Permission.MANAGE_CATALOG


class Families(CatalogResource):
    resource = "families"
    serializer_class = FamilyBody
    new_serializer_class = NewFamily
    filters = CODED | {"layer": choice("layer", Layer.values)}
    calls = Calls(
        selectors.families_for,
        selectors.get_family,
        services.create_family,
        services.save_family,
        services.change_family,
    )


class Products(CatalogResource):
    resource = "products"
    serializer_class = ProductBody
    new_serializer_class = NewProduct
    filters = CODED | {
        "family": code("family__code"),
        "layer": choice("family__layer", Layer.values),
        "strategic": flag("strategic"),
    }
    calls = Calls(
        selectors.products_for,
        selectors.get_product,
        services.create_product,
        services.save_product,
        services.change_product,
    )


class Segments(CatalogResource):
    resource = "segments"
    serializer_class = SegmentBody
    new_serializer_class = NewSegment
    calls = Calls(
        selectors.segments_for,
        selectors.get_segment,
        services.create_segment,
        services.save_segment,
        services.change_segment,
    )


class Territories(CatalogResource):
    resource = "territories"
    serializer_class = TerritoryBody
    new_serializer_class = NewTerritory
    filters = CODED | {"parent": code("parent__code")}
    calls = Calls(
        selectors.territories_for,
        selectors.get_territory,
        services.create_territory,
        services.save_territory,
        services.change_territory,
    )


class Customers(CatalogResource):
    """Staff only: partners meet customers in their own transactions. A merged code answers with who stands for it."""

    resource = "customers"
    serializer_class = CustomerBody
    new_serializer_class = NewCustomer
    filters = CODED | {
        "segment": code("segment__code"),
        "territory": code("territory__code"),
        "legal_id": code("legal_id"),
    }
    calls = Calls(
        selectors.customers_for,
        selectors.get_customer,
        services.create_customer,
        services.save_customer,
        services.change_customer,
    )

    @extend_schema(request=Merge, responses=CustomerBody)
    def merge(self, request: Request, code: str) -> Response:
        """Two customers are one: the older stays and is answered; transactions and deals of the other follow."""
        body = Merge(data=request.data)
        body.is_valid(raise_exception=True)
        kept = services.merge_customers(self.actor, code=code, other=body.validated_data["other"])
        return self._answer(self.calls.one(self.actor, kept.code))


def customer_paths() -> list[URLPattern]:
    """More verbs of customers; they go before the codes, which may hold slashes."""
    view = Customers.as_view({"post": "merge"})
    return [path("customers/<path:code>/merge/", view, name="customers-merge")]


VIEWS: tuple[type[CodedResource], ...] = (Families, Products, Segments, Territories, Customers)
