"""Simulations: rules tried over past periods in the background; nothing of it is owed to anybody."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Exact, MoneyField, Ref, Text, Whole, money_json
from api.filters import choice, code
from incentives import selectors as schemes
from incentives.enums import IN_PIECES, Rounding
from incentives.models import SimulatedAmount, Simulation
from incentives.simulation import selectors, services
from incentives.simulation.rules import Trial, trial_of
from incentives.states import SimulationState
from tenancy.enums import Permission

#: Names of the summary that hold money, at any depth.
_MONEY = {"total", "before", "cut", "stacked", "over", "unpaid"}


class SimulateBody(Body):
    """Which periods, or the ``last`` complete ones; rules that differ from the newest version's may be given."""

    periods = serializers.ListField(child=Text(), required=False)
    last = Whole(required=False, min_value=1, max_value=services.MOST_PERIODS)
    formula = Text(required=False, max_length=20_000, trim_whitespace=False)
    eligibility = serializers.DictField(child=serializers.ListField(child=Text()), required=False)
    budget = MoneyField(required=False, allow_null=True)
    cap = MoneyField(required=False, allow_null=True)
    rounding = serializers.ChoiceField(choices=Rounding.choices, required=False)


class SimulationBody(serializers.Serializer[Any]):
    """A job. ``progress`` runs from 0 to 1; ``result`` is there when ``state`` is ``done``.

    ``result``: ``total`` and ``before`` (what the compared version would pay), ``winners``, ``losers``, ``same``, ``by_tier``,
    ``by_role``, ``by_period``, ``distribution`` over beneficiaries, ``capped`` and ``cut``, ``stacked`` (what other schemes of the group took), ``budget``
    with its share and ``unpaid`` (what its ceiling took). Of points and benefits every amount is a text of pieces.
    """

    id = serializers.IntegerField()
    scheme = Ref(allow_null=True)
    version = serializers.IntegerField(source="version.number", allow_null=True, default=None)
    compared_with = serializers.IntegerField(source="baseline.number", allow_null=True, default=None)
    periods = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=SimulationState.choices)
    progress = Exact()
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    result = serializers.DictField(allow_null=True)

    def to_representation(self, instance: Any) -> Any:
        instance.progress = progress_of(instance)
        currency = self.context["request"].operator.currency
        done = instance.state == SimulationState.DONE
        instance.result = None
        if done:
            pieces = instance.rules["kind"] in IN_PIECES
            instance.result = instance.summary if pieces else _with_money(instance.summary, currency)
        return super().to_representation(instance)


class SimulatedBody(serializers.Serializer[Any]):
    """What one beneficiary would get for one period; ``exact`` is after stacking, before cap, ceiling and rounding.

    ``unpaid`` is what the budget's ceiling took. Points and benefits are no money: ``amount``, ``before`` and ``unpaid`` are
    null and ``pieces`` counts what would be given.
    """

    period = serializers.CharField()
    partner = Ref()
    rep = Ref(allow_null=True)
    amount = MoneyField(allow_null=True)
    pieces = Exact(allow_null=True)
    exact = Exact()
    stacked = Exact()
    unpaid = MoneyField(source="over", allow_null=True)
    before = MoneyField(allow_null=True)

    def to_representation(self, instance: Any) -> Any:
        money = instance.simulation.rules["kind"] not in IN_PIECES
        instance.pieces = None if money else instance.amount
        data = super().to_representation(instance)
        return data if money else {**data, "amount": None, "before": None, "unpaid": None}


def progress_of(job: Simulation) -> Decimal:
    """How much is done, 0 to 1."""
    if job.state == SimulationState.DONE:
        return Decimal(1)
    return (Decimal(job.done) / job.total).quantize(Decimal("0.01")) if job.total else Decimal(0)


def _with_money(said: Any, currency: str) -> Any:
    """The summary with its amounts as the API writes money."""
    if isinstance(said, list):
        return [_with_money(each, currency) for each in said]
    if not isinstance(said, Mapping):
        return said
    found = {name: _with_money(value, currency) for name, value in said.items()}
    for name in found:
        if name in _MONEY or (name == "amount" and isinstance(said[name], str)):
            found[name] = money_json(Decimal(said[name]), currency)
    if "quartiles" in said:
        found["quartiles"] = [money_json(Decimal(each), currency) for each in said["quartiles"]]
    for name in ("from", "to"):
        if name in said:
            found[name] = money_json(Decimal(said[name]), currency)
    return found


class Simulations(Resource):
    resource = "schemes"
    reads = Permission.VIEW_SCHEMES
    writes = Permission.MANAGE_SCHEMES
    serializer_class = SimulationBody
    filters = {"scheme": code("scheme__code"), "state": choice("state", SimulationState.values)}
    ordering_fields = ("id", "created_at")

    def get_queryset(self) -> QuerySet[Simulation]:
        return selectors.simulations_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(selectors.get_simulation(self.actor, pk)).data)

    @extend_schema(request=SimulateBody, responses={202: SimulationBody})
    def simulate(self, request: Request, code: str) -> Response:
        """Try the newest version, or other rules, over past periods against the version that is published today."""
        body = SimulateBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        scheme = schemes.get_scheme(self.actor, code)
        version = schemes.newest_version(self.actor, scheme)
        periods, last = given.pop("periods", None), given.pop("last", None)
        if periods is None:
            found = services.last_periods(self.actor, scheme.period, last or 4)
            periods = [period.code for period in found]
        trial = trial_of(version)
        rules = {name: getattr(trial, name) for name in Trial.__dataclass_fields__} | given
        job = services.start_simulation(
            self.actor,
            trial=Trial(**rules),
            periods=periods,
            scheme=scheme,
            version=None if given else version,
        )
        return Response(self.get_serializer(selectors.get_simulation(self.actor, job.pk)).data, status=202)

    @extend_schema(request=None, responses=SimulationBody)
    def cancel(self, request: Request, pk: int) -> Response:
        """Stop a simulation that still runs."""
        services.cancel_simulation(self.actor, simulation_id=pk)
        return self.retrieve(request, pk)


class SimulatedAmounts(Resource):
    resource = "schemes"
    reads = Permission.VIEW_SCHEMES
    serializer_class = SimulatedBody
    filters = {"partner": code("partner__code"), "rep": code("rep__code"), "period": code("period")}
    ordering_fields = ("id", "amount", "before")

    def get_queryset(self) -> QuerySet[SimulatedAmount]:
        job = selectors.get_simulation(self.actor, self.kwargs["pk"])
        return selectors.amounts_of(self.actor, job)

    def list(self, request: Request, pk: int) -> Response:
        """The amounts by beneficiary and period."""
        return self.paged(self.filter_queryset(self.get_queryset()))


def simulation_paths() -> list[URLPattern]:
    one: Any = {"get": "retrieve"}
    start: Any = {"post": "simulate"}
    return [
        path("schemes/<path:code>/simulate/", Simulations.as_view(start), name="schemes-simulate"),
        path("simulations/", Simulations.as_view({"get": "list"}), name="simulations"),
        path("simulations/<int:pk>/", Simulations.as_view(one), name="simulations-one"),
        path(
            "simulations/<int:pk>/cancel/", Simulations.as_view({"post": "cancel"}), name="simulations-cancel"
        ),
        path(
            "simulations/<int:pk>/amounts/",
            SimulatedAmounts.as_view({"get": "list"}),
            name="simulations-amounts",
        ),
    ]
