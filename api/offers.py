"""Quotes: which discounts a line gets, and what lines that are not sold yet would earn."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Exact, Flag, MoneyField, Ref, Text
from catalog.enums import Contribution, EngagementModel
from catalog.models import Customer, Product
from catalog.selectors import get_customer, get_product
from common.errors import NotFound
from incentives.discounts import resolve_discounts
from incentives.estimate import Line, estimate_rewards
from incentives.levels import NAME, Level
from partners.models import Partner, Rep
from partners.selectors import get_partner, get_rep
from tenancy.actors import Actor
from tenancy.enums import Permission


class LineBody(Body):
    """One line of a quote. ``segment`` and ``new_customer`` stand in for a customer whom the caller may not see."""

    product = Text(max_length=64)
    quantity = Exact(required=False)
    customer = Text(max_length=64, required=False, allow_null=True)
    segment = Text(max_length=64, required=False, allow_blank=True)
    new_customer = Flag(required=False, allow_null=True)
    engagement_model = serializers.ChoiceField(
        choices=EngagementModel.choices, required=False, allow_blank=True
    )
    contribution = serializers.ChoiceField(choices=Contribution.choices, required=False)


class DiscountBody(LineBody):
    """``partner`` is the caller's own where it is left out by a partner."""

    partner = Text(max_length=64, required=False)
    unit_price = MoneyField(required=False, allow_null=True, help_text="Instead of the partner price.")
    on = serializers.DateField(required=False, allow_null=True)


class SchemeRef(serializers.Serializer[Any]):
    """Where a discount comes from: a scheme, or the discount level that the partner's tier gives (``benefit``)."""

    scheme = serializers.SerializerMethodField()
    benefit = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    reason = serializers.CharField()

    def get_scheme(self, found: Any) -> str | None:
        return None if isinstance(found.scheme, Level) else str(found.scheme.code)

    def get_benefit(self, found: Any) -> str | None:
        return NAME if isinstance(found.scheme, Level) else None

    def get_name(self, found: Any) -> str:
        return str(found.scheme.label())


class AppliedBody(SchemeRef):
    """``rate`` is the share of the partner price; ``base`` what the discount was taken of."""

    rate = Exact()
    amount = MoneyField()
    base = MoneyField()


class PriceBody(serializers.Serializer[Any]):
    """Amounts are for all of ``quantity``. ``refused`` names discounts that the line does not get, and why."""

    product = Ref()
    quantity = Exact()
    list_price = MoneyField(allow_null=True)
    partner_price = MoneyField()
    applied = AppliedBody(many=True)
    refused = SchemeRef(many=True)
    discount = MoneyField()
    net = MoneyField()


class EstimateLine(LineBody):
    amount = MoneyField(help_text="Of all of the quantity, after discounts.")
    margin = MoneyField(required=False, allow_null=True)
    kind = Text(max_length=30, required=False)


class EstimateBody(Body):
    partner = Text(max_length=64, required=False)
    rep = Text(max_length=64, required=False, allow_null=True)
    lines = serializers.ListField(child=EstimateLine(), max_length=200)
    on = serializers.DateField(required=False, allow_null=True)


class RewardEstimate(serializers.Serializer[Any]):
    """``amount`` is null for points and benefits, which ``pieces`` counts; ``beneficiary`` is who would get it."""

    scheme = Ref()
    name = serializers.SerializerMethodField()
    kind = serializers.CharField(source="scheme.kind")
    beneficiary = serializers.CharField(source="payee")
    amount = MoneyField(allow_null=True)
    pieces = Exact(allow_null=True)
    explanation = serializers.CharField()

    def get_name(self, found: Any) -> str:
        return str(found.scheme.label())

    def to_representation(self, instance: Any) -> Any:
        money = instance.scheme.in_money
        shown = {
            "scheme": instance.scheme,
            "payee": instance.payee,
            "amount": instance.amount if money else None,
            "pieces": None if money else instance.amount,
            "explanation": instance.explanation,
        }
        return super().to_representation(_Shown(shown))


class _Shown:
    """A record with these attributes."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


class EstimatesBody(serializers.Serializer[Any]):
    results = RewardEstimate(many=True)


def partner_asked(actor: Actor, code: str | None) -> Partner:
    """The named partner that the actor may see; a partner's own where none is named. Raises ``NotFound``."""
    if code:
        found: Partner = get_partner(actor, code)
        return found
    own: Partner | None = Partner.objects.filter(pk=actor.partner_id or 0).first()
    if own is None:
        raise NotFound()
    return own


def _customer(actor: Actor, code: str | None) -> Customer | None:
    if not code:
        return None
    found: Customer = get_customer(actor, code)
    return found


class Discounts(Resource):
    resource = "discounts"
    reads = Permission.VIEW_SCHEMES
    post_reads = frozenset({"resolve"})
    serializer_class = DiscountBody

    @extend_schema(operation_id="discounts_resolve", request=DiscountBody, responses=PriceBody)
    def resolve(self, request: Request) -> Response:
        """The price of a line with the discounts that apply, in their order, and the reasons."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        price = resolve_discounts(
            self.actor,
            partner_asked(self.actor, given.get("partner")),
            get_product(self.actor, given["product"]),
            _customer(self.actor, given.get("customer")),
            given.get("quantity", 1),
            given.get("engagement_model", ""),
            given.get("on"),
            segment=given.get("segment", ""),
            new_customer=given.get("new_customer"),
            unit_price=given.get("unit_price"),
            contribution=given.get("contribution", "sell"),
        )
        return Response(PriceBody(price, context=self.get_serializer_context()).data)


class Estimates(Resource):
    resource = "estimates"
    reads = Permission.VIEW_SCHEMES
    post_reads = frozenset({"estimate"})
    serializer_class = EstimateBody

    @extend_schema(operation_id="estimates", request=EstimateBody, responses=EstimatesBody)
    def estimate(self, request: Request) -> Response:
        """What lines that are not sold yet would earn in rebates, SPIFFs, fees, points and funds."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        rep: Rep | None = get_rep(self.actor, given["rep"]) if given.get("rep") else None
        found = estimate_rewards(
            self.actor,
            partner_asked(self.actor, given.get("partner")),
            [self._line(each) for each in given["lines"]],
            rep=rep,
            on=given.get("on"),
        )
        return Response(EstimatesBody({"results": found}, context=self.get_serializer_context()).data)

    def _line(self, given: dict[str, Any]) -> Line:
        product: Product = get_product(self.actor, given["product"])
        more = {name: given[name] for name in _OF_LINE if name in given}
        customer = _customer(self.actor, given.get("customer"))
        return Line(product, given.get("quantity", 1), given["amount"], customer, **more)


_OF_LINE = ("segment", "new_customer", "engagement_model", "contribution", "kind", "margin")
