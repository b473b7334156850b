"""Settlement runs, and what is done by hand around them: adjustments and holds. Of the operator's finance."""

from collections.abc import Callable
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
from api.fields import Body, MoneyField, Ref, Text
from api.filters import Filter, choice, code, period
from incentives import adjustments, holds
from incentives.models import Adjustment, Hold, SettlementRun
from incentives.schemecodes import scheme_id_of
from incentives.settlement import approve_run, ask_to_advance, discard_drafts, open_run, overview
from incentives.states import AdjustmentState, CorrectionReason, HoldReason, HoldState, RunState
from partners.selectors import get_partner, get_rep
from tenancy.enums import Permission


class DifferenceBody(serializers.Serializer[Any]):
    """An accrual that the transactions do not give again."""

    scheme = serializers.CharField()
    version = serializers.IntegerField()
    period = serializers.CharField()
    partner = serializers.CharField()
    rep = serializers.CharField(allow_null=True)
    accrued = serializers.CharField()
    recomputed = serializers.CharField()


class RunBody(serializers.Serializer[Any]):
    """``scheme`` is the code of the scheme, or the name under which several are settled together."""

    id = serializers.IntegerField()
    scheme = serializers.CharField(source="group")
    period = serializers.CharField()
    state = serializers.ChoiceField(choices=RunState.choices)
    total = MoneyField()
    differences = DifferenceBody(many=True)
    report = serializers.DictField()
    grace_until = serializers.DateField(allow_null=True)
    frozen_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)


class NewRun(Body):
    scheme = Text(max_length=64, help_text="A scheme's code, or the name of a group.")
    period = Text(max_length=16)


class RunApproval(Body):
    total = MoneyField(
        required=False, help_text="The total that is approved; another one by now is a conflict."
    )


class ReasonBody(Body):
    reason = Text(max_length=2000)


class Settlements(Resource):
    resource = "settlements"
    reads = Permission.APPROVE_SETTLEMENTS
    writes = Permission.SETTLE
    serializer_class = RunBody
    filters = {
        "scheme": Filter(
            lambda rows, text, _operator: overview.by_scheme(rows, text), {"type": "string"}, "Code or group."
        ),
        "period": period(),
        "state": choice("state", RunState.values),
    }
    ordering_fields = ("id", "period_end")

    def get_queryset(self) -> QuerySet[SettlementRun]:
        return overview.runs_for(self.actor)

    def _answer(self, pk: int, status: int = 200) -> Response:
        run = overview.get_run(self.actor, pk)
        return Response(self.get_serializer(run).data, status=status)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=NewRun, responses={201: RunBody})
    def create(self, request: Request) -> Response:
        """Open the settlement of a period that is over, or take an open one further. The work is done in the background."""
        body = NewRun(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        run = open_run(self.actor, period=given["period"], group=given["scheme"])
        ask_to_advance(self.actor, run_id=run.pk)
        return self._answer(run.pk, 201)

    @extend_schema(request=RunApproval, responses=RunBody)
    def approve(self, request: Request, pk: int) -> Response:
        """Approve the statements, as another person than who prepared them."""
        body = RunApproval(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        run = overview.get_run(self.actor, pk)
        total: Decimal = body.validated_data.get("total", run.total)
        approve_run(self.actor, run_id=pk, total=total)
        return self._answer(pk)

    @extend_schema(request=ReasonBody, responses=RunBody)
    def discard(self, request: Request, pk: int) -> Response:
        """Take drafts back before approval, so that the run freezes anew."""
        overview.get_run(self.actor, pk)
        discard_drafts(self.actor, run_id=pk, reason=_reason(request))
        return self._answer(pk)


class AdjustmentBody(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    partner = Ref()
    scheme = Ref(allow_null=True)
    amount = MoneyField()
    reason = serializers.ChoiceField(choices=CorrectionReason.choices)
    text = serializers.CharField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=AdjustmentState.choices)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class NewAdjustment(Body):
    partner = Text(max_length=64)
    scheme = Text(max_length=64, required=False, allow_null=True)
    amount = MoneyField(help_text="Negative takes money back.")
    reason = serializers.ChoiceField(choices=CorrectionReason.choices)
    text = Text(required=False, allow_blank=True, max_length=2000)
    reference = Text(max_length=120)


class WriteOff(Body):
    partner = Text(max_length=64)
    group = Text(max_length=64, help_text="Of schemes that are settled together, as in settlements.")
    reason = Text(max_length=2000)


class AmountBody(Body):
    amount = MoneyField(
        required=False, help_text="The amount that is approved; another one by now is a conflict."
    )


class Adjustments(Resource):
    resource = "adjustments"
    reads = Permission.VIEW_STATEMENTS
    writes = Permission.ADJUST
    serializer_class = AdjustmentBody
    filters = {"partner": code("partner__code"), "state": choice("state", AdjustmentState.values)}
    ordering_fields = ("id",)

    def get_queryset(self) -> QuerySet[Adjustment]:
        return adjustments.adjustments_for(self.actor)

    def _answer(self, pk: int, status: int = 200) -> Response:
        row = adjustments.get_adjustment(self.actor, pk)
        return Response(self.get_serializer(row).data, status=status)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=NewAdjustment, responses={201: AdjustmentBody})
    def create(self, request: Request) -> Response:
        """Propose an adjustment; another person decides about it."""
        body = NewAdjustment(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        given = body.validated_data
        data = adjustments.AdjustmentData(
            partner_id=get_partner(self.actor, given["partner"]).pk,
            scheme_id=scheme_id_of(self.actor, given.get("scheme")),
            amount=given["amount"],
            reason=given["reason"],
            text=given.get("text", ""),
            reference=given["reference"],
        )
        return self._answer(adjustments.propose_adjustment(self.actor, data=data).pk, 201)

    @extend_schema(request=WriteOff, responses={201: AdjustmentBody})
    def write_off(self, request: Request) -> Response:
        """Propose to forget a partner's negative balance; another person decides. 409 where there is none."""
        body = WriteOff(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        partner_id = get_partner(self.actor, given["partner"]).pk
        made = adjustments.write_off(
            self.actor, partner_id=partner_id, group=given["group"], reason=given["reason"]
        )
        return self._answer(made.pk, 201)

    @extend_schema(request=AmountBody, responses=AdjustmentBody)
    def approve(self, request: Request, pk: int) -> Response:
        body = AmountBody(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        amount = body.validated_data.get("amount")
        adjustments.approve_adjustment(self.actor, adjustment_id=pk, amount=amount)
        return self._answer(pk)

    @extend_schema(request=ReasonBody, responses=AdjustmentBody)
    def refuse(self, request: Request, pk: int) -> Response:
        adjustments.refuse_adjustment(self.actor, adjustment_id=pk, reason=_reason(request))
        return self._answer(pk)


class HoldBody(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    partner = Ref()
    rep = Ref(allow_null=True)
    scheme = Ref(allow_null=True)
    reason = serializers.ChoiceField(choices=HoldReason.choices)
    text = serializers.CharField(help_text="What the partner has to do.")
    until = serializers.DateField()
    state = serializers.ChoiceField(choices=HoldState.choices)
    by_rule = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class NewHold(Body):
    partner = Text(max_length=64)
    rep = Text(max_length=64, required=False, allow_null=True)
    scheme = Text(max_length=64, required=False, allow_null=True)
    reason = serializers.ChoiceField(choices=HoldReason.choices)
    text = Text(max_length=2000)
    until = serializers.DateField()


class Holds(Resource):
    resource = "holds"
    reads = Permission.VIEW_STATEMENTS
    writes = Permission.HOLD
    serializer_class = HoldBody
    filters = {"partner": code("partner__code"), "state": choice("state", HoldState.values)}
    ordering_fields = ("id",)

    def get_queryset(self) -> QuerySet[Hold]:
        return holds.holds_for(self.actor)

    def _answer(self, pk: int, status: int = 200) -> Response:
        return Response(self.get_serializer(holds.get_hold(self.actor, pk)).data, status=status)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=NewHold, responses={201: HoldBody})
    def create(self, request: Request) -> Response:
        """Hold what a partner, one rep or one scheme of it earns, from the next run on."""
        body = NewHold(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        rep = given.get("rep")
        made = holds.place_hold(
            self.actor,
            partner_id=get_partner(self.actor, given["partner"]).pk,
            rep_id=get_rep(self.actor, rep).pk if rep else None,
            scheme_id=scheme_id_of(self.actor, given.get("scheme")),
            reason=given["reason"],
            text=given["text"],
            until=given["until"],
        )
        return self._answer(made.pk, 201)

    @extend_schema(request=ReasonBody, responses=HoldBody)
    def release(self, request: Request, pk: int) -> Response:
        """End a hold: what it held comes with the next run."""
        holds.release_hold(self.actor, hold_id=pk, reason=_reason(request))
        return self._answer(pk)

    @extend_schema(request=ReasonBody, responses=HoldBody)
    def cancel(self, request: Request, pk: int) -> Response:
        """Refuse for good what a hold holds."""
        holds.cancel_hold(self.actor, hold_id=pk, reason=_reason(request))
        return self._answer(pk)


def _reason(request: Request) -> str:
    body = ReasonBody(data=request.data)
    body.is_valid(raise_exception=True)
    return str(body.validated_data["reason"])


def _paths(view: type[Resource], name: str, verbs: tuple[str, ...]) -> list[URLPattern]:
    make: Callable[..., Any] = view.as_view
    return [
        path(f"{name}/", make({"get": "list", "post": "create"}), name=name),
        path(f"{name}/<int:pk>/", make({"get": "retrieve"}), name=f"{name}-one"),
        *(path(f"{name}/<int:pk>/{verb}/", make({"post": verb}), name=f"{name}-{verb}") for verb in verbs),
    ]


def settlement_paths() -> list[URLPattern]:
    return [
        *_paths(Settlements, "settlements", ("approve", "discard")),
        path(
            "adjustments/write-off/",
            Adjustments.as_view({"post": "write_off"}),
            name="adjustments-write-off",
        ),
        *_paths(Adjustments, "adjustments", ("approve", "refuse")),
        *_paths(Holds, "holds", ("release", "cancel")),
    ]
