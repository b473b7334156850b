"""Points and what they buy, granted benefits, marketing funds."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import Calls, CodedResource, NamedBody, WithCode, coded_paths
from api.fields import Body, Exact, MoneyField, Ref, Text, Whole
from api.filters import NAME, choice, code, flag
from common.errors import NotFound
from incentives import benefituse, grants, rewards
from incentives.accrual.counted import today_of
from incentives.enums import RedemptionState
from incentives.models import BenefitUse, Redemption, Reward
from incentives.terms import GRANTED
from tenancy.actors import Actor
from tenancy.enums import Permission


class RewardBody(NamedBody):
    """Something of the catalogue. ``stock`` is how many can be asked for in all; null is as many as wanted."""

    points = Whole(min_value=1, max_value=2_000_000_000)
    description = Text(required=False, allow_blank=True, max_length=4000)
    stock = Whole(required=False, allow_null=True, min_value=0, max_value=2_000_000_000)


class NewReward(WithCode, RewardBody):
    pass


def save_reward(actor: Actor, *, code: str, **fields: Any) -> tuple[Reward, bool]:
    """Create what is missing, change what is there."""
    try:
        return rewards.change_reward(actor, code=code, **fields), False
    except NotFound:
        return rewards.create_reward(actor, code=code, **fields), True


class Rewards(CodedResource):
    resource = "rewards"
    reads = Permission.VIEW_SCHEMES
    writes = Permission.MANAGE_SCHEMES
    serializer_class = RewardBody
    new_serializer_class = NewReward
    filters = {"search": NAME, "active": flag("active")}
    calls = Calls(
        rewards.rewards_for,
        rewards.get_reward,
        rewards.create_reward,
        save_reward,
        rewards.change_reward,
    )


class RedemptionBody(serializers.Serializer[Any]):
    """Points given for a reward."""

    id = serializers.IntegerField()
    reward = Ref()
    partner = Ref()
    rep = Ref(allow_null=True)
    quantity = serializers.IntegerField()
    points = serializers.IntegerField()
    state = serializers.ChoiceField(choices=RedemptionState.choices)
    requested_at = serializers.DateTimeField()


class NewRedemption(Body):
    """What the caller's company, or the seller who calls, asks for."""

    reward = Text(max_length=64)
    quantity = Whole(required=False, min_value=1, max_value=1000)


class Decision(Body):
    reason = Text(required=False, allow_blank=True, max_length=500)


class Redemptions(Resource):
    resource = "redemptions"
    reads = Permission.VIEW_ACCRUALS
    writes = Permission.VIEW_ACCRUALS
    serializer_class = RedemptionBody
    filters = {
        "state": choice("state", RedemptionState.values),
        "partner": code("partner__code"),
        "reward": code("reward__code"),
    }
    ordering_fields = ("id", "points", "requested_at")

    def get_queryset(self) -> QuerySet[Redemption]:
        return rewards.redemptions_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(rewards.get_redemption(self.actor, pk)).data)

    @extend_schema(request=NewRedemption, responses={201: RedemptionBody})
    def create(self, request: Request) -> Response:
        """Ask for a reward; its points are set aside at once."""
        body = NewRedemption(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        row = rewards.ask_for_reward(self.actor, code=given["reward"], quantity=given.get("quantity", 1))
        answer = self.get_serializer(rewards.get_redemption(self.actor, row.pk)).data
        return Response(answer, status=201, headers={"Location": f"/api/v1/redemptions/{row.pk}/"})

    @extend_schema(request=Decision, responses=RedemptionBody)
    def approve(self, request: Request, pk: int) -> Response:
        """Approve; refused with 409 where points or stock are gone."""
        return self._decided(request, pk, RedemptionState.APPROVED)

    @extend_schema(request=Decision, responses=RedemptionBody)
    def refuse(self, request: Request, pk: int) -> Response:
        """Refuse with a reason; the points come back."""
        return self._decided(request, pk, RedemptionState.REFUSED)

    @extend_schema(request=Decision, responses=RedemptionBody)
    def deliver(self, request: Request, pk: int) -> Response:
        """It was handed over."""
        return self._decided(request, pk, RedemptionState.DELIVERED)

    def _decided(self, request: Request, pk: int, target: str) -> Response:
        self.actor.require(Permission.MANAGE_SCHEMES)
        rewards.get_redemption(self.actor, pk)
        body = Decision(data=request.data or {})
        body.is_valid(raise_exception=True)
        reason = body.validated_data.get("reason", "")
        rewards.decide_redemption(self.actor, pk=pk, target=target, reason=reason)
        return self.retrieve(request, pk)


class BalanceBody(serializers.Serializer[Any]):
    """Points are whole pieces, no money. ``left`` is what can be spent."""

    partner = Ref()
    rep = Ref(allow_null=True)
    earned = Exact()
    spent = Exact()
    left = Exact()


class GrantBody(serializers.Serializer[Any]):
    """A benefit: pieces of one of the tiers' benefits (``benefit``), or of one that carries the name of its scheme."""

    benefit = serializers.ChoiceField(
        choices=[kind.value for kind in GRANTED], allow_blank=True, source="version.benefit"
    )
    scheme = serializers.CharField(source="version.scheme.code")
    name = serializers.SerializerMethodField()
    partner = Ref()
    rep = Ref(allow_null=True)
    quantity = Exact()
    granted_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True)
    valid = serializers.SerializerMethodField()

    def get_name(self, grant: grants.Grant) -> str:
        return str(grant.version.scheme.label())

    def get_valid(self, grant: grants.Grant) -> bool:
        return grant.valid_on(today_of(self.context["view"].actor.operator))


class UseBody(Body):
    """Pieces of a granted benefit that were used; only of benefits that nothing in the portal counts. ``undone``: a mistake."""

    id = Whole(read_only=True)
    scheme = Ref()
    partner = Ref()
    rep = Ref(required=False, allow_null=True, default=None)
    quantity = Exact()
    day = serializers.DateField(required=False, help_text="Today without it.")
    text = Text(required=False, allow_blank=True, max_length=200, default="")
    by = Text(source="member_name", read_only=True)
    undone = serializers.SerializerMethodField()

    def get_undone(self, row: BenefitUse) -> bool:
        return row.undone_at is not None


class FundBody(serializers.Serializer[Any]):
    partner = Ref()
    accrued = MoneyField()
    as_of = serializers.DateTimeField(allow_null=True)


class _Listed(Resource):
    """A list that is made, not stored."""

    reads = Permission.VIEW_ACCRUALS

    def rows(self) -> Any:
        raise NotImplementedError

    def list(self, request: Request) -> Response:
        return self.paged(self.rows())


class Points(_Listed):
    resource = "points"
    serializer_class = BalanceBody

    def rows(self) -> Any:
        return rewards.balances(self.actor)


class Benefits(_Listed):
    resource = "benefits"
    serializer_class = GrantBody

    def rows(self) -> Any:
        return grants.grants(self.actor)


class BenefitUses(Resource):
    resource = "benefits"
    reads = Permission.VIEW_ACCRUALS
    writes = Permission.WORK_BOOK
    serializer_class = UseBody
    filters = {"partner": code("partner__code"), "scheme": code("scheme__code")}
    ordering_fields = ("id", "day")

    def get_queryset(self) -> QuerySet[BenefitUse]:
        found = benefituse.uses_for(self.actor)
        return found.filter(undone_at=None) if self.actor.is_partner else found

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def create(self, request: Request) -> Response:
        """Write down what was used; the partner is told."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        made = benefituse.use_benefit(self.actor, rep=given.pop("rep") or "", **given)
        return Response(self.get_serializer(made).data, status=201)

    @extend_schema(request=None, responses=UseBody)
    def undo(self, request: Request, pk: int) -> Response:
        """It was a mistake: the pieces can be used again."""
        return Response(self.get_serializer(benefituse.undo_use(self.actor, use_id=pk)).data)


class Funds(_Listed):
    resource = "funds"
    serializer_class = FundBody

    def rows(self) -> Any:
        return grants.funds(self.actor)


REWARD_PATHS = [
    *coded_paths(Rewards),
    path("redemptions/", Redemptions.as_view({"get": "list", "post": "create"}), name="redemptions"),
    path("redemptions/<int:pk>/", Redemptions.as_view({"get": "retrieve"}), name="redemptions-one"),
    *(
        path(
            f"redemptions/<int:pk>/{verb}/",
            Redemptions.as_view({"post": verb}),
            name=f"redemptions-{verb}",
        )
        for verb in ("approve", "refuse", "deliver")
    ),
    path("points/", Points.as_view({"get": "list"}), name="points"),
    path("benefits/", Benefits.as_view({"get": "list"}), name="benefits"),
    path("benefits/uses/", BenefitUses.as_view({"get": "list", "post": "create"}), name="benefit-uses"),
    path("benefits/uses/<int:pk>/undo/", BenefitUses.as_view({"post": "undo"}), name="benefit-uses-undo"),
    path("funds/", Funds.as_view({"get": "list"}), name="funds"),
]
