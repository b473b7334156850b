"""What callers send and get about deals."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from api.fields import Body, Exact, Flag, MoneyField, Text, Whole
from catalog.enums import EngagementModel
from deals.enums import CaseState, DealSource, DealState, Decision, LineState, Precheck, WaitingState
from deals.models import Deal
from deals.rules import ASKABLE

#: Name in the body's ``customer`` -> field of the deal.
CUSTOMER = {
    "name": "customer_name",
    "legal_id": "legal_id",
    "country": "country",
    "number": "customer_number",
    "domain": "domain",
    "city": "city",
    "contact": "contact_name",
    "email": "contact_email",
    "phone": "contact_phone",
}


class DealCustomer(Body):
    """Whom the deal is with. By legal id, number, domain or phone the operator recognises the customer."""

    name = Text(required=False, allow_blank=True, max_length=200)
    legal_id = Text(required=False, allow_blank=True, max_length=40)
    country = Text(required=False, allow_blank=True, max_length=2)
    number = Text(
        required=False, allow_blank=True, max_length=64, help_text="The operator's customer number."
    )
    domain = Text(required=False, allow_blank=True, max_length=200)
    city = Text(required=False, allow_blank=True, max_length=80)
    contact = Text(required=False, allow_blank=True, max_length=120)
    email = Text(required=False, allow_blank=True, max_length=254)
    phone = Text(required=False, allow_blank=True, max_length=40)


class DealLineBody(Body):
    """``amount``: the one-off value; the line is worth that plus ``monthly`` for ``term_months``."""

    id = serializers.IntegerField(read_only=True)
    product = Text(max_length=64)
    quantity = Exact(required=False)
    amount = MoneyField(required=False)
    monthly = MoneyField(required=False)
    term_months = Whole(required=False, min_value=0, max_value=600)
    state = serializers.ChoiceField(choices=LineState.choices, read_only=True)


class DealPresales(Body):
    day = serializers.DateField()
    text = Text(max_length=1000)


class DealWaiting(serializers.Serializer[Any]):
    """The deal's place in the queue; ``position`` counts from 1 and is told for one deal, not in lists."""

    state = serializers.ChoiceField(choices=WaitingState.choices)
    offer_until = serializers.DateTimeField(allow_null=True)
    position = serializers.IntegerField(allow_null=True)


class DealBody(Body):
    ref = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    state = serializers.ChoiceField(choices=DealState.choices, read_only=True)
    source = serializers.ChoiceField(choices=DealSource.choices, read_only=True)  # type: ignore[assignment]
    partner = Text(required=False, max_length=64, help_text="The partner's code; only staff name one.")
    external_id = Text(required=False, allow_blank=True, max_length=64, help_text="The source's own name.")
    rep = Text(required=False, allow_blank=True, max_length=64)
    programme = Text(required=False, allow_blank=True, max_length=64)
    engagement_model = serializers.ChoiceField(choices=EngagementModel.choices, required=False)
    customer = DealCustomer(required=False)
    territory = Text(required=False, allow_blank=True, max_length=64)
    segment = Text(required=False, allow_blank=True, max_length=64)
    lines = DealLineBody(many=True, required=False)
    value = MoneyField(read_only=True)
    expected_close = serializers.DateField(required=False, allow_null=True)
    description = Text(required=False, allow_blank=True, max_length=4000)
    presales = DealPresales(many=True, required=False)
    competitor = Text(required=False, allow_blank=True, max_length=120)
    mdf_used = Flag(required=False)
    help_wanted = Text(required=False, allow_blank=True, max_length=2000)
    created_at = serializers.DateTimeField(read_only=True)
    submitted_at = serializers.DateTimeField(read_only=True, allow_null=True)
    decision_due_at = serializers.DateTimeField(read_only=True, allow_null=True)
    asked_fields = serializers.ListField(child=serializers.CharField(), read_only=True)
    answer_due_at = serializers.DateTimeField(read_only=True, allow_null=True)
    protected_until = serializers.DateField(read_only=True, allow_null=True)
    won_on = serializers.DateField(read_only=True, allow_null=True)
    won_amount = MoneyField(read_only=True, allow_null=True)
    lost_to = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)
    waiting = DealWaiting(read_only=True, allow_null=True)

    def to_representation(self, instance: Any) -> Any:
        return super().to_representation(facts(instance))


class DealChange(DealBody):
    """The fields to change; while information is required only those that were asked for."""

    partner = None  # type: ignore[assignment]
    external_id = None  # type: ignore[assignment]
    version = Whole(
        required=False, min_value=1, help_text="Of the deal that was read; another one is refused."
    )


class DealStep(Body):
    """``version``: of the deal that was read. Where it has moved on, 409 tells both versions."""

    version = Whole(required=False, min_value=1)


class DealStepText(DealStep):
    text = Text(required=False, allow_blank=True, max_length=4000)


class DealStepReason(DealStepText):
    reason = Text(max_length=60, help_text="A code of the operator's list.")


class DealQuestion(DealStepReason):
    fields_asked = serializers.MultipleChoiceField(choices=[(name, name) for name in ASKABLE])


class DealWon(DealStepText):
    amount = MoneyField()
    won_on = serializers.DateField()
    reason = Text(required=False, allow_blank=True, max_length=60)


class DealLost(DealStepReason):
    competitor = Text(max_length=120)


class DealExtension(DealStep):
    evidence = Text(max_length=4000)


class DealConflictDecision(DealStepText):
    decision = serializers.ChoiceField(choices=Decision.choices)
    reason = Text(required=False, allow_blank=True, max_length=60)
    customer_choice = Flag(required=False)


class DealNewLine(DealStep):
    line = DealLineBody()


class DealLineDecision(DealStepText):
    line = Whole(min_value=1, help_text="The line's id.")


class DealNewComment(Body):
    text = Text(max_length=10_000)
    internal = Flag(required=False, help_text="Staff only: a note that no partner sees.")


class DealComment(serializers.Serializer[Any]):
    author = serializers.CharField()
    by_partner = serializers.BooleanField()
    internal = serializers.BooleanField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class DealEvent(serializers.Serializer[Any]):
    """One line of the deal's history; ``reason`` is a code, or the event that changed no state."""

    at = serializers.DateTimeField()
    actor = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    reason = serializers.CharField()
    text = serializers.CharField()


class PrecheckAsk(Body):
    customer = DealCustomer()
    products = serializers.ListField(child=Text(max_length=64), max_length=200)
    segment = Text(required=False, allow_blank=True, max_length=64, default="")
    territory = Text(required=False, allow_blank=True, max_length=64, default="")
    engagement_model = serializers.ChoiceField(choices=EngagementModel.choices, required=False, default="")


class Sellable(serializers.Serializer[Any]):
    product = serializers.CharField(source="product.code")
    allowed = serializers.BooleanField(source="answer.allowed")
    reason = serializers.CharField(source="answer.reason")


class PrecheckAnswer(serializers.Serializer[Any]):
    """``until``: the last protected day, ``null`` unless the result is ``protected``.

    ``authorised``: for a partner's own token, whether the company may sell each product there, by what was asked alone.
    """

    result = serializers.ChoiceField(choices=Precheck.choices)
    until = serializers.DateField(allow_null=True)
    authorised = Sellable(many=True)


class DealConflictHit(serializers.Serializer[Any]):
    strength = serializers.CharField()
    kind = serializers.CharField()
    evidence = serializers.DictField()


class DealConflict(serializers.Serializer[Any]):
    """A conflict with its evidence, for the operator's people."""

    state = serializers.ChoiceField(choices=CaseState.choices)
    outcome = serializers.CharField()
    leads = serializers.CharField()
    proposed = serializers.CharField(help_text="What the rules say: one of the decisions.")
    decision = serializers.CharField()
    against_rule = serializers.BooleanField()
    decided_by = serializers.CharField()
    text = serializers.CharField()
    hits = DealConflictHit(many=True)


def facts(deal: Deal) -> dict[str, Any]:
    """What a reader sees of a deal; nothing of it is internal."""
    lines = [
        {
            "id": line.pk,
            "product": line.product.code,
            "quantity": line.quantity,
            "amount": line.one_off,
            "monthly": line.monthly,
            "term_months": line.term_months,
            "state": line.state,
        }
        for line in deal.lines.all()
    ]
    own = {name: getattr(deal, name) for name in OWN}
    refs = {name: getattr(getattr(deal, name), "code", "") for name in REFS}
    entry = max(deal.waiting.all(), key=lambda row: row.pk, default=None)
    place = entry and {
        "state": entry.state,
        "offer_until": entry.offer_until,
        "position": getattr(deal, "position", None),
    }
    customer = {name: getattr(deal, field) for name, field in CUSTOMER.items()}
    return own | refs | {"customer": customer, "lines": lines, "waiting": place}


REFS = ("partner", "rep", "territory", "segment")
OWN = (
    "ref",
    "version",
    "state",
    "source",
    "external_id",
    "programme",
    "engagement_model",
    "value",
    "expected_close",
    "description",
    "presales",
    "competitor",
    "mdf_used",
    "help_wanted",
    "created_at",
    "submitted_at",
    "decision_due_at",
    "asked_fields",
    "answer_due_at",
    "protected_until",
    "won_on",
    "won_amount",
    "lost_to",
    "reason",
)


def fields_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The body as services take it."""
    out = {
        name: value
        for name, value in given.items()
        if name not in ("customer", "partner", "version", "external_id")
    }
    out |= {CUSTOMER[name]: value for name, value in given.get("customer", {}).items()}
    return out
