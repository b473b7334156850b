"""Schemes: a draft is written, published, and amended by a new draft; what is published never changes."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import location
from api.fields import Body, Exact, Flag, MoneyField, Names, Text, Whole
from api.filters import CODED_ORDER, NAME, choice
from api.scopes import Access
from common.errors import Conflict, NotFound
from incentives import overruns, selectors, services
from incentives.enums import Ceiling, Payee, Rounding, SchemeKind, SchemePeriod, SchemeState, StackPolicy
from incentives.models import Scheme, SchemeVersion
from incentives.terms import GRANTED
from tenancy.enums import Permission

#: Fields of the scheme itself; the others belong to its versions.
SCHEME = ("code", "name", "names", "kind", "payee", "period", "description", "settlement_group")
VERSION = ("formula", "starts", "ends", "eligibility", "budget", "cap", "rounding", *services.TERMS)


class PartBody(Body):
    """A part of what a transaction earns: ``percent`` of it, ``after_days`` days later."""

    after_days = Whole(min_value=0, max_value=3660)
    percent = Exact()


class Payments(serializers.ListField):
    """Stored as pairs of days and percent."""

    child = PartBody()

    def to_internal_value(self, data: Any) -> Any:
        return [[each["after_days"], each["percent"]] for each in super().to_internal_value(data)]

    def to_representation(self, data: Any) -> Any:
        return [{"after_days": int(days), "percent": str(percent)} for days, percent in data or []]


class SchemeBody(Body):
    """A scheme with its newest version.

    Formulas of points and benefits give a number of pieces, all others money. Discounts are resolved for quotes
    (``discounts/resolve/``) and meet each other by ``stack_priority``; others stack within their ``stack_group``.
    """

    code = Text(read_only=True)
    name = Text(max_length=200)
    names = Names(required=False)
    description = Text(required=False, allow_blank=True, max_length=4000)
    kind = serializers.ChoiceField(choices=SchemeKind.choices, required=False)
    beneficiary = serializers.ChoiceField(choices=Payee.choices, required=False, source="payee")
    period = serializers.ChoiceField(choices=SchemePeriod.choices, required=False)
    settlement_group = Text(
        required=False,
        allow_blank=True,
        max_length=64,
        help_text="Schemes with the same group and kind of period stand on one statement; empty: on its own.",
    )
    formula = Text(max_length=20_000, trim_whitespace=False)
    eligibility = serializers.DictField(
        child=serializers.ListField(child=Text()),
        required=False,
        help_text="partners, programmes, tiers, roles, layers, territories; where it pays per transaction also kinds, products,"
        " families, product_layers, segments, engagement_models, contributions and new_customer (yes, no).",
    )
    starts = serializers.DateField()
    ends = serializers.DateField(required=False, allow_null=True)
    budget = MoneyField(required=False, allow_null=True)
    cap = MoneyField(required=False, allow_null=True, help_text="Most per beneficiary and period.")
    rounding = serializers.ChoiceField(choices=Rounding.choices, required=False)
    stack_group = Text(required=False, allow_blank=True, max_length=40)
    stack_policy = serializers.ChoiceField(choices=StackPolicy.choices, required=False)
    stack_priority = Whole(required=False, allow_null=True, min_value=0, max_value=32_000)
    stack_counts = Flag(required=False, help_text="What it gives is taken off the base of later net ones.")
    at_ceiling = serializers.ChoiceField(
        choices=Ceiling.choices, required=False, help_text="What happens when the budget is used up."
    )
    warn_at = serializers.ListField(
        child=Whole(min_value=1, max_value=100), required=False, help_text="Percent of the budget."
    )
    payments = Payments(required=False, help_text="Empty pays all at once; else 100 percent together.")
    while_customer = Flag(required=False, help_text="A payment is lost if the customer leaves before it.")
    benefit = serializers.ChoiceField(
        choices=[kind.value for kind in GRANTED],
        required=False,
        allow_blank=True,
        help_text="The benefit of tiers of which pieces are granted; empty: one that the scheme is named after.",
    )
    valid_days = Whole(required=False, allow_null=True, min_value=1, max_value=3660)
    state = serializers.ChoiceField(choices=SchemeState.choices, read_only=True)
    version = serializers.IntegerField(read_only=True)
    published_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def to_representation(self, instance: Any) -> Any:
        return super().to_representation(facts(instance, newest_of(instance)))


class NewScheme(SchemeBody):
    code = Text(max_length=64)


class SchemeEnd(Body):
    last_day = serializers.DateField()


def newest_of(scheme: Scheme) -> SchemeVersion:
    """The newest version among those that the reader may see (prefetched)."""
    versions: list[SchemeVersion] = list(scheme.versions.all())
    if not versions:
        raise NotFound()
    return max(versions, key=lambda version: version.number)


def facts(scheme: Scheme, version: SchemeVersion) -> dict[str, Any]:
    """What a reader sees of a scheme and one of its versions."""
    state = SchemeState.DRAFT if version.published_at is None else SchemeState.PUBLISHED
    own = {name: getattr(scheme, name) for name in SCHEME}
    return own | {
        **{name: getattr(version, name) for name in VERSION},
        "state": state,
        "version": version.number,
        "published_at": version.published_at,
    }


class BudgetRaise(Body):
    """More money for a budget whose ceiling asks for approval."""

    amount = MoneyField()
    reason = Text(max_length=500)


class Schemes(Resource):
    resource = "schemes"
    reads = Permission.VIEW_SCHEMES
    writes = Permission.MANAGE_SCHEMES
    serializer_class = SchemeBody
    filters = {"search": NAME, "kind": choice("kind", SchemeKind.values)}
    ordering_fields = CODED_ORDER

    def get_serializer_class(self) -> type[SchemeBody]:
        return NewScheme if self.action == "create" else SchemeBody

    def get_queryset(self) -> QuerySet[Scheme]:
        return selectors.schemes_for(self.actor).prefetch_related("versions")

    def _one(self, code: str) -> Scheme:
        scheme = self.get_queryset().filter(code=code).first()
        if scheme is None:
            raise NotFound()
        return scheme

    def _answer(self, code: str, *, created: bool = False) -> Response:
        data = self.get_serializer(self._one(code)).data
        headers = {"Location": location(self.request, self.resource, code)} if created else None
        return Response(data, status=201 if created else 200, headers=headers)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def create(self, request: Request) -> Response:
        """A new scheme with its first version as a draft."""
        given = self._given(request)
        scheme = services.SchemeData(**_picked(given, SCHEME))
        version = services.VersionData(**_picked(given, VERSION))
        services.create_scheme(self.actor, scheme=scheme, version=version)
        return self._answer(scheme.code, created=True)

    def retrieve(self, request: Request, code: str) -> Response:
        return self._answer(code)

    def partial_update(self, request: Request, code: str) -> Response:
        """Change the draft; where the newest version is published, begin a new one from it."""
        given = self._given(request, partial=True)
        scheme = self._one(code)
        newest = newest_of(scheme)
        version = services.VersionData(**_state(newest, VERSION) | _picked(given, VERSION))
        wanted = services.SchemeData(**_state(scheme, SCHEME) | _picked(given, SCHEME))
        if scheme.published and asdict(wanted) != asdict(services.SchemeData(**_state(scheme, SCHEME))):
            raise Conflict("published", _("What a published scheme is does not change, only its rules."))
        if newest.published_at is None:
            services.change_draft(self.actor, version_id=newest.pk, version=version, scheme=wanted)
        else:
            services.amend_scheme(self.actor, scheme_code=code, version=version)
        return self._answer(code)

    @extend_schema(request=None, responses=SchemeBody)
    def publish(self, request: Request, code: str) -> Response:
        """Put the draft in force. What is owed since its start is counted in the background."""
        services.publish_version(self.actor, version_id=newest_of(self._one(code)).pk)
        return self._answer(code)

    @extend_schema(request=SchemeEnd, responses=SchemeBody)
    def end(self, request: Request, code: str) -> Response:
        """Let a published scheme end on a day, today at the earliest."""
        body = SchemeEnd(data=request.data)
        body.is_valid(raise_exception=True)
        self._one(code)
        services.end_scheme(self.actor, scheme_code=code, last_day=body.validated_data["last_day"])
        return self._answer(code)

    @extend_schema(request=BudgetRaise, responses=SchemeBody)
    def raise_budget(self, request: Request, code: str) -> Response:
        """Approve more money than the budget; not by the person who published the version."""
        self.actor.require(Permission.APPROVE_SCHEMES)
        body = BudgetRaise(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        version = (
            selectors.versions_of(self.actor, self._one(code)).filter(published_at__isnull=False).first()
        )
        if version is None:
            raise Conflict("not_published", _("Only a published scheme has a budget to raise."))
        overruns.approve_overrun(self.actor, version_id=version.pk, **body.validated_data)
        return self._answer(code)

    def access_of(self, request: Request) -> tuple[Access, Permission | None]:
        access, permission = super().access_of(request)
        return access, Permission.APPROVE_SCHEMES if self.action == "raise_budget" else permission

    def _given(self, request: Request, partial: bool = False) -> dict[str, Any]:
        body = self.get_serializer(data=request.data, partial=partial)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


def _picked(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


def _state(row: Scheme | SchemeVersion, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def scheme_paths() -> list[URLPattern]:
    """Verbs stand before the code, which may hold slashes."""
    one: Any = {"get": "retrieve", "patch": "partial_update"}
    verbs = [
        path(f"schemes/<path:code>/{verb}/", Schemes.as_view({"post": verb}), name=f"schemes-{verb}")
        for verb in ("publish", "end")
    ]
    verbs.append(
        path(
            "schemes/<path:code>/raise-budget/",
            Schemes.as_view({"post": "raise_budget"}),
            name="schemes-raise-budget",
        )
    )
    return [
        path("schemes/", Schemes.as_view({"get": "list", "post": "create"}), name="schemes"),
        *verbs,
        path("schemes/<path:code>/", Schemes.as_view(one), name="schemes-one"),
    ]
