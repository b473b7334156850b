"""What callers send and get about leads."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from api.fields import Body, Flag, Ref, Text, Whole
from catalog.enums import EngagementModel, Layer
from marketing.enums import LeadSource, LeadState, Need, OfferState, Rule, SizeBand, Timing
from tenancy.enums import Language


def _chosen(choices: Any, *, blank: bool = True) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=choices.choices, required=False, allow_blank=blank)


class LeadContactBody(Body):
    """Who wants it: a person or a company, with an e-mail address or a phone number."""

    person = Text(required=False, allow_blank=True, max_length=120)
    company = Text(required=False, allow_blank=True, max_length=200)
    email = Text(required=False, allow_blank=True, max_length=254)
    phone = Text(required=False, allow_blank=True, max_length=40)
    domain = Text(required=False, allow_blank=True, max_length=200)
    legal_id = Text(required=False, allow_blank=True, max_length=40)
    country = Text(required=False, allow_blank=True, max_length=2)
    street = Text(required=False, allow_blank=True, max_length=300)
    postcode = Text(required=False, allow_blank=True, max_length=20)
    city = Text(required=False, allow_blank=True, max_length=80)
    text = Text(required=False, allow_blank=True, max_length=4000)
    language = _chosen(Language)


class LeadNew(Body):
    """A lead that comes in; it is scored and routed at once."""

    external_id = Text(
        required=False, allow_blank=True, max_length=64, help_text="The source's own name: twice is one lead."
    )
    received_at = serializers.DateTimeField(required=False)
    partner = Text(
        required=False, allow_blank=True, max_length=64, help_text="Its code: it has the lead at once."
    )
    need = _chosen(Need)
    timing = _chosen(Timing)
    layer = _chosen(Layer)
    product = Text(required=False, allow_blank=True, max_length=64)
    segment = Text(required=False, allow_blank=True, max_length=64)
    territory = Text(required=False, allow_blank=True, max_length=64)
    size = _chosen(SizeBand)
    engagement_model = _chosen(EngagementModel)
    customer = Text(
        required=False, allow_blank=True, max_length=64, help_text="The operator's customer number."
    )
    contact = LeadContactBody()


def fields_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The body as ``capture_lead`` takes it."""
    beside = ("contact", "partner", "external_id", "received_at")
    return {name: value for name, value in given.items() if name not in beside} | dict(given["contact"])


class LeadTaken(serializers.Serializer[Any]):
    """``joined``: the same customer's open lead took this request in, or it was sent before."""

    ref = serializers.CharField()
    state = serializers.ChoiceField(choices=LeadState.choices)
    joined = serializers.BooleanField()


class LeadTold(serializers.Serializer[Any]):
    """Where the lead stands after a step that may have taken it out of the caller's sight."""

    ref = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=LeadState.choices)


class LeadBody(serializers.Serializer[Any]):
    """A lead without who wants it."""

    ref = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=LeadState.choices)
    source = serializers.ChoiceField(choices=LeadSource.choices)  # type: ignore[assignment]
    external_id = serializers.CharField()
    partner = Ref(allow_null=True)
    need = serializers.ChoiceField(choices=Need.choices)
    timing = serializers.ChoiceField(choices=Timing.choices)
    layer = serializers.CharField()
    product = Ref(allow_null=True)
    segment = Ref(allow_null=True)
    territory = Ref(allow_null=True)
    size = serializers.CharField()
    engagement_model = serializers.CharField()
    score = serializers.IntegerField()
    hot = serializers.BooleanField()
    received_at = serializers.DateTimeField()
    offer_due_at = serializers.DateTimeField(allow_null=True)
    manual_since = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    contact_due_at = serializers.DateTimeField(allow_null=True)
    contacted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    deal = serializers.CharField(help_text="The number of the deal that it became.")


class LeadWho(serializers.Serializer[Any]):
    person = serializers.CharField()
    company = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    domain = serializers.CharField()
    legal_id = serializers.CharField()
    country = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    text = serializers.CharField()
    language = serializers.CharField()


class LeadOne(LeadBody):
    """``contact`` is ``null`` until the lead is accepted; reading it is logged."""

    contact = LeadWho(allow_null=True)


class LeadStep(Body):
    """``version``: of the lead that was read. Where it has moved on, 409 tells both versions."""

    version = Whole(required=False, min_value=1)


class LeadStepText(LeadStep):
    text = Text(required=False, allow_blank=True, max_length=2000)


class LeadStepReason(LeadStepText):
    reason = Text(max_length=60, help_text="A code of the step's list.")


class LeadDecline(LeadStepReason):
    contacted = Flag(required=False, help_text="The customer was contacted.")
    spam = Flag(required=False)


class LeadUpdate(LeadStep):
    text = Text(max_length=2000)


class LeadOfferTo(LeadStepText):
    partner = Text(max_length=64)
    at_once = Flag(required=False, help_text="On the partner's behalf: it is accepted at once.")


class LeadOfferBody(serializers.Serializer[Any]):
    """An offer to one partner, and what came of it."""

    ref = serializers.CharField()
    partner = Ref()
    state = serializers.ChoiceField(choices=OfferState.choices)
    by_hand = serializers.BooleanField()
    offered_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    text = serializers.CharField()
    contacted = serializers.BooleanField()
    spam = serializers.BooleanField()
    seen = serializers.DictField(help_text="What the partner could see of the lead then.")


class LeadCandidate(serializers.Serializer[Any]):
    partner = serializers.CharField()
    weight = serializers.FloatField()
    priority = serializers.IntegerField()
    conversion = serializers.FloatField()
    responsiveness = serializers.FloatField()
    fairness = serializers.FloatField()


class LeadDecision(serializers.Serializer[Any]):
    """How the lead was routed. Of partners out of the caller's sight only how many there were."""

    at = serializers.DateTimeField()
    rule = serializers.ChoiceField(choices=Rule.choices)
    partner = serializers.CharField(allow_null=True)
    candidates = LeadCandidate(many=True)
    other_candidates = serializers.IntegerField()
    excluded = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Reason to codes of partners."
    )
    other_excluded = serializers.DictField(child=serializers.IntegerField())
    seed = serializers.CharField()
    actor = serializers.CharField()


class LeadScorePart(serializers.Serializer[Any]):
    """One criterion: ``points`` of 100 for ``given``, counted ``weight`` times."""

    criterion = serializers.CharField()
    given = serializers.CharField()
    points = serializers.IntegerField()
    weight = serializers.IntegerField()


class LeadScore(serializers.Serializer[Any]):
    score = serializers.IntegerField()
    hot = serializers.BooleanField()
    parts = LeadScorePart(many=True)


class LeadEvent(serializers.Serializer[Any]):
    """One line of the lead's history; ``reason`` is a code, or the event that changed no state."""

    at = serializers.DateTimeField()
    actor = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    reason = serializers.CharField()
    text = serializers.CharField()
