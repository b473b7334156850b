"""What decides about deals beforehand: rules of engagement, named accounts, forms, reasons; and what was checked and collided."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.dealbodies import CUSTOMER
from api.fields import Body, Flag, MoneyField, Text
from api.filters import choice, code, flag
from catalog.enums import EngagementModel
from common.errors import InputError
from deals import selectors
from deals.enums import CaseState, Decision, Leads, Outcome, Precheck, ReasonKind
from deals.forms import REQUIRABLE, form_for
from deals.models import NamedAccount
from deals.reasons import reasons_of
from deals.services import rulebook
from tenancy.enums import Permission

CODE: Any = {"required": False, "allow_blank": True, "allow_null": True, "max_length": 64}
#: Field of a deal -> where it stands in the body of a deal.
PLACES = {field: f"customer.{name}" for name, field in CUSTOMER.items()}


class EngagementRuleBody(Body):
    """Who leads for a segment, family or product (left out: any); ``on_conflict``: what a named account does there."""

    id = serializers.IntegerField(source="pk", read_only=True)
    segment = Text(source="segment.code", **CODE)
    family = Text(source="family.code", **CODE)
    product = Text(source="product.code", **CODE)
    leads = serializers.ChoiceField(choices=Leads.choices)
    on_conflict = serializers.ChoiceField(choices=[Decision.CO_SELL, Decision.REFUSE, Decision.GO_ON])


class NamedAccountBody(Body):
    """A customer of direct sales; ``families``: only for these. ``seller`` is the direct seller's e-mail."""

    id = serializers.IntegerField(source="pk", read_only=True)
    customer = Text(source="customer.code", max_length=64)
    seller = Text(source="seller.email", max_length=254)
    families = serializers.ListField(child=Text(max_length=64), required=False, max_length=200)
    domains = serializers.ListField(child=Text(max_length=200), required=False, max_length=50)
    phone = Text(required=False, allow_blank=True, max_length=40)
    city = Text(required=False, allow_blank=True, max_length=80)

    def to_representation(self, instance: NamedAccount) -> Any:
        codes = self.context.get("families", {})
        data = super().to_representation(instance)
        return data | {"families": [codes[pk] for pk in instance.families if pk in codes]}


class DealEvidence(Body):
    code = Text(max_length=40)
    name = Text(max_length=80)


class DealFormBody(Body):
    """What a registration must hold, by engagement model and programme (empty: all). ``auto_limit``: approved at once up to it."""

    id = serializers.IntegerField(source="pk", read_only=True)
    engagement_model = serializers.ChoiceField(
        choices=EngagementModel.choices, required=False, allow_blank=True
    )
    programme = Text(required=False, allow_blank=True, max_length=64)
    required = serializers.ListField(  # type: ignore[assignment]
        child=serializers.ChoiceField(choices=[(name, name) for name in REQUIRABLE]), required=False
    )
    evidence = DealEvidence(many=True, required=False)
    auto_limit = MoneyField(required=False, allow_null=True)


class DealReasonBody(Body):
    kind = serializers.ChoiceField(choices=ReasonKind.choices)
    code = Text(max_length=60)
    name = Text(max_length=200)
    active = Flag(required=False)


class DealCheckBody(serializers.Serializer[Any]):
    """One check before a registration. ``refused``: over the limit, so that nothing was answered."""

    at = serializers.DateTimeField()
    partner = serializers.CharField(source="partner.code", allow_null=True, default=None)
    by = serializers.CharField(source="membership.email", allow_null=True, default=None)
    asked = serializers.DictField()
    result = serializers.ChoiceField(choices=Precheck.choices, allow_blank=True)
    refused = serializers.BooleanField()


class DealCaseBody(serializers.Serializer[Any]):
    """A conflict of a deal; ``deals/{ref}/conflict/`` has its evidence."""

    deal = serializers.CharField(source="deal.ref")
    partner = serializers.CharField(source="deal.partner.code")
    state = serializers.ChoiceField(choices=CaseState.choices)
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    proposed = serializers.ChoiceField(choices=Decision.choices)
    decision = serializers.ChoiceField(choices=Decision.choices, allow_blank=True)
    against_rule = serializers.BooleanField()
    reason = serializers.CharField()
    text = serializers.CharField()
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField()


class DealNeeds(serializers.Serializer[Any]):
    """``required``: fields of a deal's body that must not be empty beside those that always must; ``evidence``: purposes of files."""

    required = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    evidence = DealEvidence(many=True)


class _Written(Resource):
    """Rows that the programme manager writes and ends; nothing of them is changed in place."""

    resource = "deals"
    reads = writes = Permission.MANAGE_DEAL_RULES
    every: ClassVar[Callable[..., QuerySet[Any]]]

    def get_queryset(self) -> QuerySet[Any]:
        return type(self).every(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset().order_by("pk")))

    def create(self, request: Request) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = self._save(dict(body.validated_data))
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=201)

    def _save(self, given: dict[str, Any]) -> Any:
        raise NotImplementedError


def _flat(given: dict[str, Any]) -> dict[str, Any]:
    """``{"product": {"code": "x"}}`` of nested sources as ``{"product": "x"}``; nothing as an empty text."""
    return {
        name: (next(iter(value.values())) or "") if isinstance(value, dict) else value
        for name, value in given.items()
    }


class EngagementRules(_Written):
    serializer_class = EngagementRuleBody
    every = selectors.rules_for

    def _save(self, given: dict[str, Any]) -> Any:
        return rulebook.save_rule(self.actor, **_flat(given))

    @extend_schema(request=None, responses={204: None})
    def end(self, request: Request, pk: int) -> Response:
        """The rule no longer holds."""
        rulebook.end_rule(self.actor, rule_id=pk)
        return Response(status=204)


class NamedAccounts(_Written):
    serializer_class = NamedAccountBody
    every = selectors.accounts_for
    filters = {"customer": code("customer__code"), "seller": code("seller__email")}

    def get_serializer_context(self) -> dict[str, Any]:
        drawn = getattr(self, "swagger_fake_view", False)  # The description is made without an operator.
        return {**super().get_serializer_context(), "families": {} if drawn else selectors.family_codes()}

    def _save(self, given: dict[str, Any]) -> Any:
        flat = _flat(given)
        sellers = selectors.direct_sellers(self.actor).filter(email__iexact=flat.pop("seller"))
        return rulebook.save_account(
            self.actor, seller_id=sellers.values_list("pk", flat=True).first() or 0, **flat
        )

    @extend_schema(request=None, responses={204: None})
    def end(self, request: Request, pk: int) -> Response:
        """Direct sales looks after the customer no longer."""
        rulebook.end_account(self.actor, account_id=pk)
        return Response(status=204)


class DealForms(_Written):
    serializer_class = DealFormBody
    every = selectors.forms_for

    def _save(self, given: dict[str, Any]) -> Any:
        return rulebook.save_form(self.actor, **given)

    @extend_schema(request=None, responses={204: None})
    def end(self, request: Request, pk: int) -> Response:
        """Nothing of it is asked for any more."""
        rulebook.end_form(self.actor, form_id=pk)
        return Response(status=204)


class DealReasons(Resource):
    resource = "deals"
    reads = Permission.VIEW_DEALS
    writes = Permission.MANAGE_DEAL_RULES
    serializer_class = DealReasonBody

    @extend_schema(responses=DealReasonBody(many=True))
    def list(self, request: Request) -> Response:
        """Every reason that can be given: the product's and the operator's own, in the language asked for."""
        rows = [
            {"kind": kind, "code": name, "name": str(words), "active": True}
            for kind in ReasonKind.values
            for name, words in reasons_of(kind)
        ]
        return self.paged(rows)

    @extend_schema(request=DealReasonBody, responses={201: DealReasonBody})
    def create(self, request: Request) -> Response:
        """One of the operator's own, or other words for one of the product's."""
        body = DealReasonBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = rulebook.save_reason(self.actor, **body.validated_data)
        return Response(DealReasonBody(made).data, status=201)


class DealChecks(Resource):
    resource = "deals"
    reads = Permission.MANAGE_DEAL_RULES
    serializer_class = DealCheckBody
    filters = {
        "partner": code("partner__code"),
        "result": choice("result", list(Precheck.values)),
        "refused": flag("refused"),
    }

    def get_queryset(self) -> QuerySet[Any]:
        return selectors.prechecks_for(self.actor)

    def list(self, request: Request) -> Response:
        """Who asked about whom, against fishing; newest first."""
        return self.paged(self.filter_queryset(self.get_queryset()))


class DealCases(Resource):
    resource = "deals"
    reads = Permission.VIEW_DEALS
    serializer_class = DealCaseBody
    filters = {
        "state": choice("state", list(CaseState.values)),
        "partner": code("deal__partner__code"),
        "against_rule": flag("against_rule"),
    }
    ordering_fields = ("opened_at", "decided_at")

    def get_queryset(self) -> QuerySet[Any]:
        return selectors.cases_for(self.actor)

    def list(self, request: Request) -> Response:
        """Conflicts; a direct seller's are those about the own accounts."""
        return self.paged(self.filter_queryset(self.get_queryset()))


class DealNeedsCall(Resource):
    resource = "deals"
    reads = Permission.VIEW_DEALS

    @extend_schema(
        parameters=[
            OpenApiParameter("engagement_model", enum=list(EngagementModel.values)),
            OpenApiParameter("programme"),
        ],
        responses=DealNeeds,
    )
    def retrieve(self, request: Request) -> Response:
        """What a registration of this engagement model and programme must hold."""
        model = request.query_params.get("engagement_model", "")
        if model and model not in EngagementModel.values:
            raise InputError("unknown_choice", ", ".join(EngagementModel.values), "engagement_model")
        form = form_for(model, request.query_params.get("programme", ""))
        required = [PLACES.get(name, name) for name in form.required]
        return Response(DealNeeds({"required": required, "evidence": form.evidence}).data)


def deal_rule_paths() -> list[URLPattern]:
    written: list[tuple[str, type[Any]]] = [
        ("engagement-rules", EngagementRules),
        ("named-accounts", NamedAccounts),
        ("deal-forms", DealForms),
    ]
    both: Any = {"get": "list", "post": "create"}
    return [
        *(path(f"{name}/", view.as_view(both), name=name) for name, view in written),
        *(
            path(f"{name}/<int:pk>/end/", view.as_view({"post": "end"}), name=f"{name}-end")
            for name, view in written
        ),
        path("deal-reasons/", DealReasons.as_view(both), name="deal-reasons"),
        path("deal-checks/", DealChecks.as_view({"get": "list"}), name="deal-checks"),
        path("deal-conflicts/", DealCases.as_view({"get": "list"}), name="deal-conflicts"),
        path("deals/needs/", DealNeedsCall.as_view({"get": "retrieve"}), name="deals-needs"),
    ]
