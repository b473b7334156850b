"""Quotes of deals, the pipeline's figures, and the transactions of won deals."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import location
from api.fields import Body, Exact, MoneyField, Text
from api.filters import choice, code
from common.errors import InputError
from deals import figures, winning
from deals.enums import QuoteState
from deals.models import DealTransaction, Quote
from deals.pipeline import Asked
from deals.quotedoc import quote_pdf
from deals.quotes import accept_quote, create_quote, get_quote, quotes_for, send_quote
from deals.selectors import deals_for
from tenancy.enums import Permission


def _exact(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored rows with their decimals as such."""
    return [
        {name: Decimal(value) if name in ("amount", "rate") else value for name, value in row.items()}
        for row in rows
    ]


class QuoteDiscount(Body):
    """A discount with its share of the partner price and, by language, its name and reason."""

    scheme = Text(allow_null=True)
    benefit = serializers.SerializerMethodField(
        help_text="Instead of a scheme: discount_level, which the partner's tier gives."
    )
    names = serializers.DictField(child=Text())
    rate = Exact()
    amount = MoneyField()
    reasons = serializers.DictField(child=Text())

    def get_benefit(self, row: dict[str, Any]) -> str | None:
        return row.get("benefit")


class QuoteLineBody(Body):
    """Prices are of the whole quantity."""

    product = Text(source="product.code")
    quantity = Exact()
    list_price = MoneyField(allow_null=True)
    partner_price = MoneyField()
    discounts = QuoteDiscount(many=True, source="applied")
    net = MoneyField()

    def to_representation(self, instance: Any) -> Any:
        instance.applied = _exact(instance.applied)
        return super().to_representation(instance)


class QuoteReward(Body):
    kind = Text()
    scheme = Text()
    names = serializers.DictField(child=Text())
    amount = MoneyField()


class QuoteBody(Body):
    """A version of a deal's quote. ``rewards``: what the deal would earn, estimated when the quote was made."""

    number = Text(read_only=True)
    deal = Text(source="deal.ref", max_length=20)
    version = serializers.IntegerField(read_only=True)
    state = serializers.ChoiceField(choices=QuoteState.choices, read_only=True)
    partner = Text(source="partner.code", read_only=True)
    valid_until = serializers.DateField(required=False)
    note = Text(required=False, allow_blank=True, max_length=2000)
    partner_total = MoneyField(read_only=True)
    net_total = MoneyField(read_only=True)
    lines = QuoteLineBody(many=True, read_only=True)
    rewards = serializers.SerializerMethodField()

    @extend_schema(responses=QuoteReward(many=True))
    def get_rewards(self, quote: Quote) -> list[dict[str, Any]]:
        request = self.context.get("request")
        if request is None or not request.actor.can(Permission.VIEW_ACCRUALS):
            return []
        return list(QuoteReward(_exact(quote.rewards), many=True, context=self.context).data)


class Quotes(Resource):
    resource = "deals"
    reads = Permission.VIEW_DEALS
    writes = Permission.REGISTER_DEALS
    serializer_class = QuoteBody
    filters = {
        "deal": code("deal__ref"),
        "state": choice("state", QuoteState.values),
        "partner": code("partner__code"),
    }
    ordering_fields = ("id", "valid_until", "net_total")

    def get_queryset(self) -> QuerySet[Quote]:
        return quotes_for(self.actor).prefetch_related("lines__product")

    def _answer(self, number: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        get_quote(self.actor, number)
        quote = self.get_queryset().get(number=number)
        return Response(self.get_serializer(quote).data, status=status, headers=headers)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, quote_number: str) -> Response:
        return self._answer(quote_number)

    def create(self, request: Request) -> Response:
        """Price the deal's products now; the new version is a draft."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        quote = create_quote(
            self.actor,
            deal=given["deal"]["ref"],
            valid_until=given.get("valid_until"),
            text=given.get("note", ""),
        )
        return self._answer(quote.number, 201, {"Location": location(request, "quotes", quote.number)})

    @extend_schema(request=None, responses=QuoteBody)
    def send(self, request: Request, quote_number: str) -> Response:
        """Fix the prices. Quotes sent before for the same deal expire."""
        send_quote(self.actor, number=quote_number)
        return self._answer(quote_number)

    @extend_schema(request=None, responses=QuoteBody)
    def accept(self, request: Request, quote_number: str) -> Response:
        """The customer took it."""
        accept_quote(self.actor, number=quote_number)
        return self._answer(quote_number)

    @extend_schema(
        parameters=[OpenApiParameter("language", enum=["en", "fa", "ar"])],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def pdf(self, request: Request, quote_number: str) -> HttpResponseBase:
        """The document for the customer, in English, Persian or Arabic; without the rewards."""
        language = request.query_params.get("language", self.actor.operator.main_language)
        if language not in ("en", "fa", "ar"):
            raise InputError("invalid", "en, fa, ar", "language")
        return HttpResponse(quote_pdf(self.actor, quote_number, language), content_type="application/pdf")


class PipelineGroup(Body):
    """``key`` is the code of the partner, product, segment or territory (empty: not given), of a PAM the member's number."""

    key = Text()
    name = Text(source="label")
    open = serializers.IntegerField(source="sums.open")
    open_value = MoneyField(source="sums.open_value")
    weighted = MoneyField(source="sums.weighted")
    won = serializers.IntegerField(source="sums.won")
    won_value = MoneyField(source="sums.won_value")
    lost = serializers.IntegerField(source="sums.lost")
    win_rate = Exact(source="sums.win_rate", allow_null=True)
    cycle_days = Exact(source="sums.cycle_days", allow_null=True)


class Pipeline(Resource):
    resource = "deals"
    reads = Permission.VIEW_DEALS
    serializer_class = PipelineGroup

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "by", enum=[by.value for by in figures.By], description="Without it: one group of all."
            ),
            OpenApiParameter("start", OpenApiTypes.DATE, description="Deals closed from this day on."),
            OpenApiParameter("end", OpenApiTypes.DATE, description="Deals closed before this day."),
        ],
        responses=PipelineGroup(many=True),
    )
    def figures(self, request: Request) -> Response:
        """Open value, weighted forecast, win rate and days to win, of what you may see."""
        by = request.query_params.get("by", "")
        if by and by not in list(figures.By):
            raise InputError("invalid", ", ".join(figures.By), "by")
        asked = Asked(start=self._day(request, "start"), end=self._day(request, "end"))
        groups = (
            figures.grouped(self.actor, figures.By(by), asked)
            if by
            else [figures.Group("", "", figures.sums(self.actor, asked))]
        )
        return self.paged(groups)

    def _day(self, request: Request, name: str) -> Any:
        text = request.query_params.get(name)
        if not text:
            return None
        try:
            return serializers.DateField().to_internal_value(text)
        except serializers.ValidationError as error:
            raise InputError("invalid", "YYYY-MM-DD", name) from error


class DealTransactionBody(Body):
    source = Text(max_length=40)  # type: ignore[assignment]  # a field of that name, as in transactions
    external_id = Text(max_length=120)
    day = serializers.DateField(read_only=True)
    amount = MoneyField(read_only=True)
    matched_by = Text(read_only=True)


class DealTransactions(Resource):
    resource = "deals"
    reads = Permission.VIEW_DEALS
    writes = Permission.DECIDE_DEALS
    serializer_class = DealTransactionBody

    def get_queryset(self) -> QuerySet[DealTransaction]:
        return DealTransaction.objects.filter(deal__in=deals_for(self.actor).values("pk"))

    def list(self, request: Request, ref: str) -> Response:
        """Transactions that belong to a won deal."""
        return self.paged(winning.transactions_of(self.actor, ref))

    def create(self, request: Request, ref: str) -> Response:
        """Link a transaction by hand."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = winning.link_transaction(self.actor, ref=ref, **body.validated_data)
        return Response(self.get_serializer(made).data, status=201)


def quote_paths() -> list[URLPattern]:
    one = "quotes/<str:quote_number>/"
    return [
        path("quotes/", Quotes.as_view({"get": "list", "post": "create"}), name="quotes"),
        path(one, Quotes.as_view({"get": "retrieve"}), name="quotes-one"),
        path(f"{one}send/", Quotes.as_view({"post": "send"}), name="quotes-send"),
        path(f"{one}accept/", Quotes.as_view({"post": "accept"}), name="quotes-accept"),
        path(f"{one}pdf/", Quotes.as_view({"get": "pdf"}), name="quotes-pdf"),
        path("pipeline/", Pipeline.as_view({"get": "figures"}), name="pipeline"),
        path(
            "deals/<str:ref>/transactions/",
            DealTransactions.as_view({"get": "list", "post": "create"}),
            name="deals-transactions",
        ),
    ]
