"""KPIs, what they measured, targets of single beneficiaries, and how the feed stands."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import Calls, CodedResource, NamedBody, WithCode
from api.fields import DECIMAL, Exact, Ref, Text, Whole
from api.filters import CODED_ORDER, NAME, choice, code, flag, period
from common.errors import NotFound
from common.money import plain
from performance import selectors, services
from performance.enums import Beneficiary, DateBase, KpiState, Measure, PeriodKind
from performance.feed.selectors import feed_status
from performance.models import Kpi, Measurement
from tenancy.actors import Actor
from tenancy.enums import Permission


class KpiBody(NamedBody):
    """``filters``: lists of codes by kinds, products, families, layers, segments, territories, engagement_models,
    contributions, roles, sources; ``new_customer``; ``attributes``."""

    measure = serializers.ChoiceField(choices=Measure.choices)
    filters = serializers.DictField(required=False)
    beneficiary = serializers.ChoiceField(choices=Beneficiary.choices, required=False)
    period = serializers.ChoiceField(choices=PeriodKind.choices, required=False)
    rolling_months = Whole(required=False, allow_null=True, min_value=2, max_value=36)
    base = serializers.ChoiceField(choices=DateBase.choices, required=False)
    target = Exact(required=False, allow_null=True)
    description = Text(required=False, allow_blank=True, max_length=400)
    state = serializers.ChoiceField(choices=KpiState.choices, read_only=True)


class NewKpi(WithCode, KpiBody):
    pass


def save_kpi(actor: Actor, *, code: str, **fields: Any) -> tuple[Kpi, bool]:
    """Create what is missing, change what is there."""
    try:
        return services.change_kpi(actor, code=code, **fields), False
    except NotFound:
        return services.create_kpi(actor, code=code, **fields), True


class Kpis(CodedResource):
    resource = "kpis"
    reads = Permission.VIEW_KPIS
    writes = Permission.MANAGE_KPIS
    serializer_class = KpiBody
    new_serializer_class = NewKpi
    filters = {
        "search": NAME,
        "active": flag("active"),
        "measure": choice("measure", Measure.values),
        "period": choice("period", PeriodKind.values),
        "beneficiary": choice("beneficiary", Beneficiary.values),
    }
    ordering_fields = CODED_ORDER
    calls = Calls(
        selectors.kpis_for,
        selectors.get_kpi,
        services.create_kpi,
        save_kpi,
        services.change_kpi,
    )


@extend_schema_field(DECIMAL)
class FinalValue(serializers.Field[Decimal, Any, str, Any]):
    """What people and formulas see of a measurement."""

    def to_representation(self, value: Any) -> str:
        return plain(selectors.value_of(value))


class MeasurementBody(serializers.Serializer[Any]):
    kpi = Ref()
    period = serializers.CharField()
    partner = Ref()
    rep = Ref(allow_null=True)
    value = FinalValue(source="*", help_text="Money is in the operator's currency.")
    updated_at = serializers.DateTimeField()


class Measurements(Resource):
    resource = "measurements"
    reads = Permission.VIEW_MEASUREMENTS
    serializer_class = MeasurementBody
    filters = {
        "kpi": code("kpi__code"),
        "period": period(),
        "partner": code("partner__code"),
        "rep": code("rep__code"),
    }

    def get_queryset(self) -> QuerySet[Measurement]:
        return selectors.measurements_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))


class StatusBody(serializers.Serializer[Any]):
    """``lag_ms``: how long the oldest waiting transaction has waited, 0 when nothing waits."""

    pending = serializers.IntegerField()
    newest_counted_at = serializers.DateTimeField(allow_null=True)
    lag_ms = serializers.IntegerField()


class Status(Resource):
    resource = "status"

    @extend_schema(operation_id="status", responses=StatusBody)
    def retrieve(self, request: Request) -> Response:
        """How many transactions wait to be counted, and up to when everything is."""
        return Response(StatusBody(feed_status(self.actor)).data)
