"""What partners are entitled to today, and promises of an own account manager that nobody keeps."""

from typing import Any

from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from partners.selectors import get_partner
from programs.benefits import Entitlement, benefits_of
from programs.enums import BenefitKind
from programs.promised import KIND, Promise, promise_of, unkept
from tenancy.enums import Permission


class ManagerBody(serializers.Serializer[Any]):
    name = serializers.CharField()
    email = serializers.CharField()


class EntitlementBody(serializers.Serializer[Any]):
    """``tier`` is null for what a scheme granted beside the tiers; ``text`` then names the scheme. ``managers``: of a
    dedicated account manager, who that is; empty while nobody is named."""

    kind = serializers.ChoiceField(choices=BenefitKind.choices)
    value = serializers.DecimalField(max_digits=16, decimal_places=4, allow_null=True)
    text = serializers.CharField()
    tier = serializers.SerializerMethodField()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    managers = serializers.SerializerMethodField()

    def get_tier(self, entitlement: Entitlement) -> str | None:
        return entitlement.tier.code if entitlement.tier else None

    @extend_schema(responses=ManagerBody(many=True))
    def get_managers(self, entitlement: Entitlement) -> list[dict[str, str]]:
        promise: Promise | None = self.context.get("promise")
        if entitlement.kind != KIND or promise is None:
            return []
        return [{"name": member.name, "email": member.email} for member, _number in promise.managers]


class BusyManagerBody(ManagerBody):
    """``promised``: how many partners of the book were promised a manager of their own."""

    promised = serializers.IntegerField()


class PromiseBody(serializers.Serializer[Any]):
    """A partner without the account manager that it is promised: nobody, or one with more than ``most`` such partners."""

    partner = serializers.CharField()
    tier = serializers.CharField(allow_null=True)
    due = serializers.DateField()
    managers = BusyManagerBody(many=True)
    most = serializers.IntegerField()


class Entitlements(Resource):
    resource = "programs"
    reads = Permission.VIEW_PROGRAMS
    serializer_class = EntitlementBody

    @extend_schema(responses=EntitlementBody(many=True))
    def list(self, request: Request, code: str) -> Response:
        """What a partner is entitled to today, the best of all its programmes."""
        self.actor.require(Permission.VIEW_PROGRAMS)
        partner = get_partner(self.actor, code)
        found = benefits_of(partner)
        self.promise = promise_of(self.actor, partner)
        return self.paged([found[kind] for kind in sorted(found)])

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "promise": getattr(self, "promise", None)}


class PromisedManagers(Resource):
    resource = "programs"
    reads = Permission.ASSIGN_BOOKS
    serializer_class = PromiseBody

    @extend_schema(responses=PromiseBody(many=True))
    def list(self, request: Request) -> Response:
        """The longest promised first."""
        rows = [
            {
                "partner": partner.code,
                "tier": promise.entitlement.tier.code if promise.entitlement.tier else None,
                "due": promise.due,
                "managers": [
                    {"name": member.name, "email": member.email, "promised": number}
                    for member, number in promise.managers
                ],
                "most": promise.most,
            }
            for partner, promise in unkept(self.actor)
        ]
        return self.paged(rows)


def entitlement_paths() -> list[URLPattern]:
    """Below ``programs/``, before the codes of programmes."""
    return [
        path(
            "programs/entitlements/<str:code>/",
            Entitlements.as_view({"get": "list"}),
            name="program-entitlements",
        ),
        path(
            "programs/promised-managers/",
            PromisedManagers.as_view({"get": "list"}),
            name="program-promised-managers",
        ),
    ]
