"""The public directory, a partner's own entry with the operator's decision, and specialisations."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import Calls, CodedResource, NamedBody, WithCode, coded_paths
from api.fields import Body, Exact, Names, Ref, Text, Whole
from api.filters import CODED, Filter, choice, code
from catalog.enums import Layer, PartnerRole
from programs.directory import listings, public
from programs.enums import ListingState, SpecialisationState
from programs.models import DirectoryListing, SpecialisationHeld
from programs.training import specialising
from tenancy.enums import Permission

WORDS = serializers.DictField(child=Text(allow_blank=True, max_length=listings.LONGEST))


class NamedThing(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())


class EntryBody(serializers.Serializer[Any]):
    """What the world reads of a listed partner; ``slug`` is its address below ``/directory/``."""

    slug = serializers.CharField()
    name = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    texts = serializers.DictField(child=serializers.CharField())
    website = serializers.CharField()
    phone = serializers.CharField()
    city = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    layers = serializers.ListField(child=serializers.CharField())
    families = NamedThing(many=True)
    specialisations = NamedThing(many=True)
    tier = serializers.SerializerMethodField()

    def get_tier(self, entry: Any) -> dict[str, Any] | None:
        return dict(entry.tier) or None


def narrowed_by(name: str, schema: dict[str, Any] | None = None) -> Filter:
    """As on the public pages."""
    return Filter(
        lambda rows, text, _operator: public.narrowed(rows, {name: text}), schema or {"type": "string"}
    )


class Directory(Resource):
    """Open to every token that reads partners: it holds what everybody may read."""

    resource = "directory"
    reads = Permission.VIEW_PARTNERS
    serializer_class = EntryBody
    filters = {
        **{name: narrowed_by(name) for name in ("search", "city", "family", "specialisation", "tier")},
        "role": narrowed_by("role", {"type": "string", "enum": PartnerRole.values}),
        "layer": narrowed_by("layer", {"type": "string", "enum": Layer.values}),
    }

    def list(self, request: Request) -> Response:
        """The best tier first."""
        with public.visiting(self.actor.operator) as rows:
            return self.paged(self.filter_queryset(rows))

    def retrieve(self, request: Request, slug: str) -> Response:
        return Response(self.get_serializer(public.entry_at(self.actor.operator, slug)).data)


class ListingBody(serializers.Serializer[Any]):
    """``texts``, ``website``, ``phone`` and ``families`` as they were written; ``shown`` as they were approved last."""

    id = serializers.IntegerField()
    partner = Ref()
    state = serializers.ChoiceField(choices=ListingState.choices)
    texts = serializers.DictField(child=serializers.CharField())
    website = serializers.CharField()
    phone = serializers.CharField()
    families = serializers.ListField(child=serializers.CharField())
    shown = serializers.DictField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class ListingWords(Body):
    """``texts``: language code to text."""

    texts = WORDS
    website = Text(required=False, allow_blank=True, max_length=200, default="")
    phone = Text(required=False, allow_blank=True, max_length=32, default="")
    families = serializers.ListField(child=Text(max_length=64), max_length=100, required=False, default=list)


class ListingReason(Body):
    reason = Text(max_length=2000)


class Listings(Resource):
    """A partner's owner has the own one; the operator's people decide about those that they see. The services tell apart who may."""

    resource = "listings"
    reads = Permission.VIEW_PARTNERS
    writes = Permission.VIEW_PARTNERS
    serializer_class = ListingBody
    filters = {"partner": code("partner__code"), "state": choice("state", ListingState.values)}
    ordering_fields = ("id", "submitted_at")

    def get_queryset(self) -> QuerySet[DirectoryListing]:
        return listings.listings_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(request=ListingWords, responses={201: ListingBody})
    def create(self, request: Request) -> Response:
        """For a partner: say what the directory shall say. What is shown stays until the operator approves it."""
        body = ListingWords(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        made = listings.submit_listing(self.actor, **body.validated_data)
        return Response(self._shown(made.pk), status=201)

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self._shown(pk))

    @extend_schema(request=None, responses=ListingBody)
    def approve(self, request: Request, pk: int) -> Response:
        """Show it as it was submitted."""
        listings.approve_listing(self.actor, listing_id=pk)
        return Response(self._shown(pk))

    @extend_schema(request=ListingReason, responses=ListingBody)
    def reject(self, request: Request, pk: int) -> Response:
        """Not as it was submitted; what was approved before stays shown."""
        body = ListingReason(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        listings.reject_listing(self.actor, listing_id=pk, **body.validated_data)
        return Response(self._shown(pk))

    @extend_schema(request=None, responses=ListingBody)
    def withdraw(self, request: Request, pk: int) -> Response:
        """Out of the directory at once."""
        listings.withdraw_listing(self.actor, listing_id=pk)
        return Response(self._shown(pk))

    def _shown(self, pk: int) -> dict[str, Any]:
        return dict(self.get_serializer(listings.listing_by_pk(self.actor, pk)).data)


class SpecialisationBody(NamedBody):
    """``needs``: code of a certification to how many people hold it; with ``kpi`` its value reaches ``least`` too."""

    layer = serializers.ChoiceField(choices=Layer.choices, required=False, allow_blank=True)
    texts = Names(child=Text(allow_blank=True, max_length=2000), required=False)
    needs = serializers.DictField(child=Whole(min_value=1, max_value=specialising.MOST_PEOPLE))
    kpi = Text(required=False, allow_blank=True, max_length=64)
    least = Exact(required=False, allow_null=True)


class NewSpecialisation(WithCode, SpecialisationBody):
    pass


class Specialisations(CodedResource):
    resource = "specialisations"
    reads, writes = Permission.VIEW_TRAINING, Permission.MANAGE_TRAINING
    serializer_class = SpecialisationBody
    new_serializer_class = NewSpecialisation
    filters = CODED | {"layer": choice("layer", Layer.values)}
    calls = Calls(
        specialising.specialisations_for,
        specialising.get_specialisation,
        specialising.create_specialisation,
        specialising.save_specialisation,
        specialising.change_specialisation,
    )


class HeldBody(serializers.Serializer[Any]):
    """``evidence``: what was asked and found when it was checked last; ``valid_until`` where something is missing now."""

    specialisation = Ref()
    partner = Ref()
    state = serializers.ChoiceField(choices=SpecialisationState.choices)
    since = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    checked_on = serializers.DateField()
    evidence = serializers.ListField(child=serializers.DictField())


class Held(Resource):
    resource = "specialisations"
    reads = Permission.VIEW_TRAINING
    serializer_class = HeldBody
    filters = {
        "partner": code("partner__code"),
        "specialisation": code("specialisation__code"),
        "state": choice("state", SpecialisationState.values),
    }
    ordering_fields = ("since",)

    def get_queryset(self) -> QuerySet[SpecialisationHeld]:
        return specialising.held_for(self.actor)

    @extend_schema(operation_id="specialisations_held", responses=HeldBody(many=True))
    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))


def directory_paths() -> list[URLPattern]:
    both: Any = {"get": "list", "post": "create"}
    verbs = [
        path(f"listings/<int:pk>/{verb}/", Listings.as_view({"post": verb}), name=f"listings-{verb}")
        for verb in ("approve", "reject", "withdraw")
    ]
    return [
        path("directory/", Directory.as_view({"get": "list"}), name="directory"),
        path("directory/<str:slug>/", Directory.as_view({"get": "retrieve"}), name="directory-one"),
        path("listings/", Listings.as_view(both), name="listings"),
        *verbs,
        path("listings/<int:pk>/", Listings.as_view({"get": "retrieve"}), name="listings-one"),
        path("held-specialisations/", Held.as_view({"get": "list"}), name="held-specialisations"),
        *coded_paths(Specialisations),
    ]
