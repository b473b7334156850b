"""Leads: taken in and routed, offered and accepted, worked on. Each way of the workflow is a verb below the lead's number."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.coded import location
from api.fields import Body
from api.filters import Filter, choice, code, flag
from api.leadbodies import (
    LeadBody,
    LeadContactBody,
    LeadDecision,
    LeadDecline,
    LeadEvent,
    LeadNew,
    LeadOfferBody,
    LeadOfferTo,
    LeadOne,
    LeadScore,
    LeadStep,
    LeadStepReason,
    LeadStepText,
    LeadTaken,
    LeadTold,
    LeadUpdate,
    fields_of,
)
from common.errors import DomainError, InputError, Invalid
from marketing.enums import LeadSource, LeadState
from marketing.leads import offers, recalls, selectors, working
from marketing.leads.capture import capture_lead
from marketing.leads.scoring import parts_of
from marketing.models import Lead
from tenancy.enums import Permission
from workflow.states import history

SEARCH = Filter(
    lambda rows, text, _operator: selectors.matching(rows, text),
    description="Every word is in the lead's number or, where the caller may know, in who it is.",
)
_PERSONAL = frozenset(LeadContactBody().fields)


@contextmanager
def named_as_sent() -> Iterator[None]:
    """Errors name the fields as the body does."""
    try:
        yield
    except (Invalid, InputError) as error:
        errors: list[DomainError] = error.errors if isinstance(error, Invalid) else [error]
        for each in errors:
            each.field = f"contact.{each.field}" if each.field in _PERSONAL else each.field
        raise


class Leads(Resource):
    resource = "leads"
    reads = Permission.VIEW_LEADS
    writes = Permission.VIEW_LEADS  # Services tell apart who works on leads and who manages them.
    serializer_class = LeadBody
    filters = {
        "search": SEARCH,
        "state": choice("state", LeadState.values),
        "source": choice("source", LeadSource.values),
        "partner": code("partner__code"),
        "hot": flag("hot"),
    }
    ordering_fields = ("id", "received_at", "score", "offer_due_at", "manual_since")

    def get_queryset(self) -> QuerySet[Lead]:
        return selectors.leads_for(self.actor)

    def _given(self, request: Request, body: type[Body]) -> dict[str, Any]:
        read = body(data=request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def _answer(self, ref: str) -> Response:
        found: Any = selectors.get_lead(self.actor, ref)
        found.contact = selectors.contact_of(self.actor, found)
        return Response(LeadOne(found, context=self.get_serializer_context()).data)

    def _step(self, ref: str, body: type[Body], service: Callable[..., Any]) -> Response:
        """A verb after which the caller still sees the lead: its body are the service's arguments."""
        service(self.actor, ref=ref, **self._given(self.request, body))
        return self._answer(ref)

    def _sent_on(self, ref: str, body: type[Body], service: Callable[..., Lead]) -> Response:
        """A verb that may send the lead to somebody else."""
        done = service(self.actor, ref=ref, **self._given(self.request, body))
        return Response(LeadTold(done).data)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(request=LeadNew, responses={200: LeadTaken, 201: LeadTaken})
    def create(self, request: Request) -> Response:
        """Take in a lead: it is scored and routed, or is its partner's at once. 200 where an open lead took it in."""
        given = self._given(request, LeadNew)
        beside = {name: given[name] for name in ("partner", "external_id", "received_at") if name in given}
        with named_as_sent():
            taken = capture_lead(self.actor, fields=fields_of(given), source=LeadSource.API, **beside)
        told = LeadTaken({"ref": taken.lead.ref, "state": taken.lead.state, "joined": taken.joined}).data
        headers = {"Location": location(request, self.resource, taken.lead.ref)}
        return Response(told, status=200 if taken.joined else 201, headers=headers)

    @extend_schema(responses=LeadOne)
    def retrieve(self, request: Request, ref: str) -> Response:
        return self._answer(ref)

    @extend_schema(request=LeadStep, responses=LeadOne)
    def accept(self, request: Request, ref: str) -> Response:
        """Take the offered lead; the answer tells who it is. An offer that has ended is 409 with the reason as its code."""
        return self._step(ref, LeadStep, offers.accept_lead)

    @extend_schema(request=LeadDecline, responses=LeadOfferBody)
    def decline(self, request: Request, ref: str) -> Response:
        """Refuse the offered lead; it goes on and does not come back."""
        ended = offers.decline_lead(self.actor, ref=ref, **self._given(request, LeadDecline))
        return Response(LeadOfferBody(ended).data)

    @extend_schema(request=LeadStepText, responses=LeadOne)
    def contacted(self, request: Request, ref: str) -> Response:
        """The customer was reached."""
        return self._step(ref, LeadStepText, working.mark_contacted)

    @extend_schema(request=LeadStepText, responses=LeadOne)
    def qualify(self, request: Request, ref: str) -> Response:
        """There is a real wish and somebody who decides."""
        return self._step(ref, LeadStepText, working.qualify_lead)

    @extend_schema(request=LeadUpdate, responses=LeadOne)
    def progress(self, request: Request, ref: str) -> Response:
        """An update about a lead that is worked on; without one it is recalled in the end."""
        return self._step(ref, LeadUpdate, working.note_progress)

    @extend_schema(request=LeadStepReason, responses=LeadOne)
    def lose(self, request: Request, ref: str) -> Response:
        return self._step(ref, LeadStepReason, working.lose_lead)

    @extend_schema(request=LeadStepReason, responses=LeadOne)
    def disqualify(self, request: Request, ref: str) -> Response:
        """It is no lead."""
        return self._step(ref, LeadStepReason, working.disqualify_lead)

    @extend_schema(request=LeadStepText, responses=LeadTold)
    def recall(self, request: Request, ref: str) -> Response:
        """Take a lead back from its partner; it is routed anew."""
        return self._sent_on(ref, LeadStepText, recalls.recall_lead)

    @extend_schema(request=LeadStep, responses=LeadTold)
    def route(self, request: Request, ref: str) -> Response:
        """Let the rules decide again about a lead that waits to be placed by hand."""
        return self._sent_on(ref, LeadStep, offers.route_lead)

    @extend_schema(request=LeadOfferTo, responses=LeadTold)
    def offer(self, request: Request, ref: str) -> Response:
        """Offer a lead that waits to a partner of one's choice, or give it at once on the partner's behalf."""
        return self._sent_on(ref, LeadOfferTo, offers.offer_lead)

    @extend_schema(responses=LeadOfferBody(many=True))
    def offers(self, request: Request, ref: str) -> Response:
        """To whom it was offered, newest first; a partner sees its own offers."""
        return self.paged(selectors.offers_of(self.actor, selectors.get_lead(self.actor, ref)), LeadOfferBody)

    @extend_schema(responses=LeadEvent(many=True))
    def history(self, request: Request, ref: str) -> Response:
        return self.paged(history(selectors.get_lead(self.actor, ref)), LeadEvent)

    @extend_schema(responses=LeadScore)
    def score(self, request: Request, ref: str) -> Response:
        """The score with its criteria, for those who may know who it is."""
        found = selectors.get_lead(self.actor, ref)
        contact = selectors.contacts_of(self.actor, [found]).get(found.pk)
        parts = parts_of(contact) if contact is not None else []
        return Response(LeadScore({"score": found.score, "hot": found.hot, "parts": parts}).data)

    @extend_schema(responses=LeadDecision(many=True))
    def routing(self, request: Request, ref: str) -> Response:
        """Every routing decision with its candidates, weights and reasons; for the operator's people."""
        found = selectors.decisions_about(self.actor, selectors.get_lead(self.actor, ref))
        return self.paged([_told(each) for each in found], LeadDecision)


def _told(decision: selectors.Decision) -> dict[str, Any]:
    row = decision.routing
    return {
        "at": row.at,
        "rule": row.rule,
        "partner": row.partner.code if row.partner else None,
        "seed": row.seed,
        "actor": row.actor,
        "candidates": [
            {
                "partner": partner.code,
                "priority": each.priority,
                "weight": float(each.weight),
                "conversion": float(each.conversion),
                "responsiveness": float(each.responsiveness),
                "fairness": float(each.fairness),
            }
            for partner, each in decision.candidates
        ],
        "other_candidates": decision.other_candidates,
        "excluded": {
            reason: [one.code for one in partners] for reason, partners in decision.excluded.items()
        },
        "other_excluded": decision.other_excluded,
    }


VERBS = (
    "accept", "decline", "contacted", "qualify", "progress", "lose", "disqualify", "recall", "route", "offer",
)  # fmt: skip
VIEWS = ("offers", "history", "score", "routing")


def lead_paths() -> list[URLPattern]:
    below: list[tuple[str, dict[str, Any]]] = [
        *((verb, {"post": verb}) for verb in VERBS),
        *((view, {"get": view}) for view in VIEWS),
    ]
    return [
        path("leads/", Leads.as_view({"get": "list", "post": "create"}), name="leads"),
        *(path(f"leads/<str:ref>/{word}/", Leads.as_view(how), name=f"leads-{word}") for word, how in below),
        path("leads/<str:ref>/", Leads.as_view({"get": "retrieve"}), name="leads-one"),
    ]
