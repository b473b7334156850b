"""Partners and their reps. A partner's token sees its own company and those below it."""

from rest_framework import serializers

from api.coded import Calls, CodedResource, NamedBody, WithCode
from api.fields import Ref, Text
from api.filters import CODED, choice, code
from catalog.enums import Layer, PartnerRole
from partners import selectors, services
from partners.enums import PartnerState
from tenancy.enums import Permission


class PartnerBody(NamedBody):
    parent = Ref(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="Code of the partner above, as of a distributor."
    )
    roles = serializers.ListField(child=serializers.ChoiceField(choices=PartnerRole.choices), required=False)
    layers = serializers.ListField(child=serializers.ChoiceField(choices=Layer.choices), required=False)
    tier = Text(required=False, allow_blank=True, max_length=40)
    state = serializers.ChoiceField(choices=PartnerState.choices, required=False)
    territory = Ref(required=False, allow_null=True)
    legal_id = Text(required=False, allow_blank=True, max_length=40)
    city = Text(required=False, allow_blank=True, max_length=80)
    website = serializers.URLField(required=False, allow_blank=True, max_length=200)
    phone = Text(required=False, allow_blank=True, max_length=32)
    address = Text(required=False, allow_blank=True, max_length=300)
    joined_on = serializers.DateField(required=False, allow_null=True)


class NewPartner(WithCode, PartnerBody):
    pass


class RepBody(NamedBody):
    partner = Ref(
        required=False,
        allow_null=True,
        help_text="Code of the partner that the rep sells for; none for the operator's own people.",
    )
    email = serializers.EmailField(required=False, allow_blank=True)


class NewRep(WithCode, RepBody):
    pass


class Partners(CodedResource):
    resource = "partners"
    reads = Permission.VIEW_PARTNERS
    writes = Permission.MANAGE_PARTNERS
    serializer_class = PartnerBody
    new_serializer_class = NewPartner
    filters = CODED | {
        "parent": code("parent__code"),
        "tier": code("tier"),
        "state": choice("state", PartnerState.values),
        "territory": code("territory__code"),
    }
    calls = Calls(
        selectors.partners_for,
        selectors.get_partner,
        services.create_partner,
        services.save_partner,
        services.change_partner,
    )


class Reps(CodedResource):
    resource = "reps"
    reads = Permission.VIEW_PARTNERS
    writes = Permission.MANAGE_PARTNERS
    serializer_class = RepBody
    new_serializer_class = NewRep
    filters = CODED | {"partner": code("partner__code")}
    calls = Calls(
        selectors.reps_for,
        selectors.get_rep,
        services.create_rep,
        services.save_rep,
        services.change_rep,
    )


VIEWS: tuple[type[CodedResource], ...] = (Partners, Reps)
