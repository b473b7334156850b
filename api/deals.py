"""Deals: registered as a draft, submitted, decided, won. Each way of the workflow is a verb below the deal's number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from api.dealbodies import (
    CUSTOMER,
    DealBody,
    DealChange,
    DealComment,
    DealConflict,
    DealConflictDecision,
    DealEvent,
    DealExtension,
    DealLineDecision,
    DealLost,
    DealNewComment,
    DealNewLine,
    DealQuestion,
    DealStep,
    DealStepReason,
    DealStepText,
    DealWon,
    PrecheckAnswer,
    PrecheckAsk,
    fields_of,
)
from api.fields import Body
from api.filters import Filter, choice, code
from api.schema import Error
from catalog.enums import EngagementModel
from common.errors import DomainError, InputError, Invalid
from deals import selectors
from deals.authorised import Said, asked_before
from deals.enums import DealSource, DealState
from deals.models import Deal
from deals.services import amendments, cases, closing, drafts, extensions, review, submission, talk, waiting
from deals.services.precheck import PrecheckLimit, precheck
from partners.selectors import own_company
from tenancy.enums import Permission

_ADDRESS = {field: f"customer.{name}" for name, field in CUSTOMER.items()}
SEARCH = Filter(
    lambda rows, text, _operator: selectors.matching(rows, text),
    description="Every word is in the deal's number or the customer's name, legal id, number or domain.",
)


@contextmanager
def named_as_sent() -> Iterator[None]:
    """Errors name the fields as the body does."""
    try:
        yield
    except (Invalid, InputError) as error:
        errors: list[DomainError] = error.errors if isinstance(error, Invalid) else [error]
        for each in errors:
            each.field = _ADDRESS.get(each.field or "", each.field)
        raise


class Deals(Resource):
    resource = "deals"
    reads = Permission.VIEW_DEALS
    writes = Permission.VIEW_DEALS  # Services tell apart who registers and who decides.
    post_reads = frozenset({"check"})
    serializer_class = DealBody
    filters = {
        "search": SEARCH,
        "state": choice("state", DealState.values),
        "partner": code("partner__code"),
        "customer_legal_id": code("legal_id"),
        "engagement_model": choice("engagement_model", EngagementModel.values),
    }
    ordering_fields = ("id", "submitted_at", "expected_close", "value", "protected_until")

    def get_queryset(self) -> QuerySet[Deal]:
        return selectors.deals_for(self.actor).prefetch_related("lines__product", "waiting")

    def _answer(self, ref: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        selectors.get_deal(self.actor, ref)
        deal: Any = self.get_queryset().get(ref=ref)
        deal.position = waiting.position_of(self.actor, deal)
        return Response(self._shown(deal), status=status, headers=headers)

    def _shown(self, deal: Deal) -> Any:
        return DealBody(deal, context=self.get_serializer_context()).data

    def _given(self, request: Request, body: type[Body]) -> dict[str, Any]:
        read = body(data=request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def _step(self, ref: str, body: type[Body], service: Callable[..., Any]) -> Response:
        """One verb: its body are the service's arguments."""
        given = self._given(self.request, body)
        with named_as_sent():
            service(self.actor, ref=ref, **given)
        return self._answer(ref)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def create(self, request: Request) -> Response:
        """A new draft. Everything can still be changed; ``submit/`` makes it count."""
        given = self._given(request, DealBody)
        with named_as_sent():
            deal = drafts.create_draft(
                self.actor,
                fields=fields_of(given),
                partner=given.get("partner", ""),
                source=DealSource.API,
                external_id=given.get("external_id", ""),
            )
        return self._answer(deal.ref, 201, {"Location": location(request, self.resource, deal.ref)})

    def retrieve(self, request: Request, ref: str) -> Response:
        return self._answer(ref)

    @extend_schema(request=DealChange, responses=DealBody)
    def partial_update(self, request: Request, ref: str) -> Response:
        """Change a draft, or answer a question."""
        given = self._given(request, DealChange)
        asked = selectors.get_deal(self.actor, ref).state == DealState.INFORMATION_REQUIRED
        service = submission.change_asked if asked else drafts.change_draft
        with named_as_sent():
            service(self.actor, ref=ref, fields=fields_of(given), version=given.get("version"))
        return self._answer(ref)

    @extend_schema(request=PrecheckAsk, responses={200: PrecheckAnswer, 429: Error})
    def check(self, request: Request) -> Response:
        """Ask before registering: free, protected until a day, or a direct-sales account. Limited per hour."""
        given = self._given(request, PrecheckAsk)
        customer = {CUSTOMER[name]: value for name, value in given["customer"].items()}
        with named_as_sent():
            answer = precheck(self.actor, customer=customer, products=given["products"])
        if answer.refused:
            # Not raised: the note of the attempt stays.
            return Response(PrecheckLimit().as_dict(), status=429)
        said = self._said(given) if self.actor.is_partner else []
        told = {"result": answer.result, "until": answer.until, "authorised": said}
        return Response(PrecheckAnswer(told).data)

    def _said(self, given: Mapping[str, Any]) -> Sequence[Said]:
        where = {"segment": given["segment"], "territory": given["territory"]}
        model = given["engagement_model"]
        return asked_before(self.actor, own_company(self.actor), given["products"], model=model, **where)

    @extend_schema(request=DealStep, responses=DealBody)
    def submit(self, request: Request, ref: str) -> Response:
        """Submit the draft, or the answer to a question. The state tells what became of it."""
        return self._step(ref, DealStep, submission.submit_deal)

    @extend_schema(request=DealStepText, responses=DealBody)
    def withdraw(self, request: Request, ref: str) -> Response:
        """Take the deal back."""
        return self._step(ref, DealStepText, submission.withdraw_deal)

    @extend_schema(request=DealStep, responses=DealBody)
    def take(self, request: Request, ref: str) -> Response:
        """Begin the review."""
        return self._step(ref, DealStep, review.take_deal)

    @extend_schema(request=DealStepText, responses=DealBody)
    def approve(self, request: Request, ref: str) -> Response:
        """Protect the deal; above the operator's limit a second person has to as well."""
        return self._step(ref, DealStepText, review.approve_deal)

    @extend_schema(request=DealStepReason, responses=DealBody)
    def reject(self, request: Request, ref: str) -> Response:
        return self._step(ref, DealStepReason, review.reject_deal)

    @extend_schema(request=DealQuestion, responses=DealBody)
    def request_information(self, request: Request, ref: str) -> Response:
        """Ask the partner; the clock stops, and only the named fields can be changed."""
        given = self._given(request, DealQuestion)
        given["fields"] = given.pop("fields_asked")
        review.request_information(self.actor, ref=ref, **given)
        return self._answer(ref)

    @extend_schema(request=DealWon, responses=DealBody)
    def win(self, request: Request, ref: str) -> Response:
        return self._step(ref, DealWon, closing.win_deal)

    @extend_schema(request=DealLost, responses=DealBody)
    def lose(self, request: Request, ref: str) -> Response:
        return self._step(ref, DealLost, closing.lose_deal)

    @extend_schema(request=DealStepReason, responses=DealBody)
    def end(self, request: Request, ref: str) -> Response:
        """End the protection early."""
        return self._step(ref, DealStepReason, closing.end_protection)

    @extend_schema(request=None, responses={201: DealBody})
    def resubmit(self, request: Request, ref: str) -> Response:
        """A new draft with what a rejected deal held."""
        deal = drafts.resubmit_deal(self.actor, ref=ref)
        return self._answer(deal.ref, 201, {"Location": location(request, self.resource, deal.ref)})

    @extend_schema(request=DealStepText, responses=DealBody)
    def progress(self, request: Request, ref: str) -> Response:
        """An update about a protected deal."""
        given = self._given(request, DealStepText)
        drafts.note_progress(self.actor, ref=ref, **{"text": ""} | given)
        return self._answer(ref)

    @extend_schema(request=DealExtension, responses=DealBody)
    def extend(self, request: Request, ref: str) -> Response:
        """Ask for longer protection."""
        return self._step(ref, DealExtension, extensions.request_extension)

    @extend_schema(request=DealStepText, responses=DealBody)
    def approve_extension(self, request: Request, ref: str) -> Response:
        return self._step(ref, DealStepText, extensions.approve_extension)

    @extend_schema(request=DealStepText, responses=DealBody)
    def reject_extension(self, request: Request, ref: str) -> Response:
        given = self._given(request, DealStepText)
        extensions.reject_extension(self.actor, ref=ref, **{"text": ""} | given)
        return self._answer(ref)

    @extend_schema(request=DealStep, responses=DealBody)
    def withdraw_extension(self, request: Request, ref: str) -> Response:
        return self._step(ref, DealStep, extensions.withdraw_extension)

    @extend_schema(request=DealStep, responses=DealBody)
    def take_offer(self, request: Request, ref: str) -> Response:
        """It is the deal's turn: have it reviewed."""
        return self._step(ref, DealStep, waiting.take_offer)

    @extend_schema(request=DealStep, responses=DealBody)
    def pass_offer(self, request: Request, ref: str) -> Response:
        return self._step(ref, DealStep, waiting.pass_offer)

    @extend_schema(request=DealStep, responses=DealBody)
    def join_list(self, request: Request, ref: str) -> Response:
        return self._step(ref, DealStep, waiting.join_list)

    @extend_schema(request=DealStep, responses=DealBody)
    def leave_list(self, request: Request, ref: str) -> Response:
        return self._step(ref, DealStep, waiting.leave_list)

    @extend_schema(request=DealNewLine, responses=DealBody)
    def add_line(self, request: Request, ref: str) -> Response:
        """Add a product to a protected deal; it is reviewed by itself."""
        return self._step(ref, DealNewLine, amendments.propose_line)

    @extend_schema(request=DealLineDecision, responses=DealBody)
    def approve_line(self, request: Request, ref: str) -> Response:
        return self._line(request, ref, amendments.approve_line)

    @extend_schema(request=DealLineDecision, responses=DealBody)
    def refuse_line(self, request: Request, ref: str) -> Response:
        return self._line(request, ref, amendments.refuse_line)

    def _line(self, request: Request, ref: str, service: Callable[..., Any]) -> Response:
        given = {"text": ""} | self._given(request, DealLineDecision)
        service(self.actor, ref=ref, line_id=given.pop("line"), **given)
        return self._answer(ref)

    @extend_schema(responses=DealConflict)
    def conflict(self, request: Request, ref: str) -> Response:
        """What the deal collides with; for the operator's people."""
        deal = selectors.get_deal(self.actor, ref)
        case = selectors.get_case(self.actor, deal)
        names = ("state", "outcome", "leads", "proposed", "decision", "against_rule", "decided_by", "text")
        told = {name: getattr(case, name) for name in names}
        return Response(DealConflict(told | {"hits": selectors.hits_of(self.actor, case)}).data)

    @extend_schema(request=DealConflictDecision, responses=DealBody)
    def decide_conflict(self, request: Request, ref: str) -> Response:
        """Decide by the rule of engagement, or against it with a reason."""
        return self._step(ref, DealConflictDecision, cases.decide_case)

    @extend_schema(request=DealStepText, responses=DealBody)
    def dismiss_conflict(self, request: Request, ref: str) -> Response:
        given = self._given(request, DealStepText)
        cases.dismiss_case(self.actor, ref=ref, **{"text": ""} | given)
        return self._answer(ref)

    @extend_schema(responses=DealComment(many=True))
    def comments(self, request: Request, ref: str) -> Response:
        return self.paged(talk.messages_of(self.actor, ref=ref), DealComment)

    @extend_schema(request=DealNewComment, responses=DealComment(many=True))
    def comment(self, request: Request, ref: str) -> Response:
        """Write a comment, or as staff a note."""
        talk.write(self.actor, ref=ref, **self._given(request, DealNewComment))
        return self.comments(request, ref)

    @extend_schema(responses=DealEvent(many=True))
    def history(self, request: Request, ref: str) -> Response:
        return self.paged(talk.history_of(self.actor, ref=ref), DealEvent)


VERBS = [
    "submit",
    "withdraw",
    "take",
    "approve",
    "reject",
    "request_information",
    "win",
    "lose",
    "end",
    "resubmit",
    "progress",
    "extend",
    "approve_extension",
    "reject_extension",
    "withdraw_extension",
    "take_offer",
    "pass_offer",
    "join_list",
    "leave_list",
    "add_line",
    "approve_line",
    "refuse_line",
    "decide_conflict",
    "dismiss_conflict",
]


def deal_paths() -> list[URLPattern]:
    one: Any = {"get": "retrieve", "patch": "partial_update"}
    verbs = [
        path(
            f"deals/<str:ref>/{verb.replace('_', '-')}/",
            Deals.as_view({"post": verb}),
            name=f"deals-{verb.replace('_', '-')}",
        )
        for verb in VERBS
    ]
    return [
        path("deals/", Deals.as_view({"get": "list", "post": "create"}), name="deals"),
        path("deals/precheck/", Deals.as_view({"post": "check"}), name="deals-precheck"),
        *verbs,
        path("deals/<str:ref>/conflict/", Deals.as_view({"get": "conflict"}), name="deals-conflict"),
        path(
            "deals/<str:ref>/comments/",
            Deals.as_view({"get": "comments", "post": "comment"}),
            name="deals-comments",
        ),
        path("deals/<str:ref>/history/", Deals.as_view({"get": "history"}), name="deals-history"),
        path("deals/<str:ref>/", Deals.as_view(one), name="deals-one"),
    ]
