"""Statements: what was settled, as JSON and as documents; and disputes about their lines."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.accruals import CutBody
from api.base import Resource
from api.coded import location
from api.fields import Body, Flag, MoneyField, Ref, Text, Whole
from api.filters import Filter, choice, code, period
from common.errors import InputError
from common.formats import formats_for
from incentives import disputes
from incentives.explain import cuts_of
from incentives.models import Dispute, Statement, StatementLine
from incentives.statements import selectors
from incentives.statements.acknowledge import acknowledge_statement, acknowledgement
from incentives.statements.files import PDF, XLSX, statement_pdf, statement_xlsx
from incentives.states import DisputeState, StatementState
from tenancy.enums import Permission

LANGUAGE = OpenApiParameter(
    "language", str, enum=["en", "fa", "ar"], description="Of the document; else that of Accept-Language."
)


class LinePartBody(serializers.Serializer[Any]):
    """One labelled part of what a scheme gave; exact, before cap and rounding."""

    label = serializers.CharField()  # type: ignore[assignment]
    amount = MoneyField()


class LineBody(serializers.Serializer[Any]):
    """One amount of a statement; ``corrects`` names the line that it goes back to."""

    position = serializers.IntegerField()
    kind = serializers.CharField()
    scheme = Ref(allow_null=True)
    version = serializers.IntegerField(source="version.number", allow_null=True, default=None)
    rep = Ref(allow_null=True)
    period = serializers.CharField()
    amount = MoneyField()
    components = LinePartBody(many=True)
    cuts = serializers.SerializerMethodField()
    reason = serializers.CharField()
    text = serializers.CharField()
    reference = serializers.CharField()
    corrects = serializers.SerializerMethodField()
    release_on = serializers.DateField(allow_null=True)
    state = serializers.CharField()
    digest = serializers.CharField()

    @extend_schema_field(CutBody(many=True))
    def get_cuts(self, line: StatementLine) -> Any:
        return CutBody(cuts_of(line.cuts), many=True, context=self.context).data

    def get_corrects(self, line: StatementLine) -> str:
        origin = line.corrects
        return f"{origin.statement.number}#{origin.position}" if origin else ""


class StatementBody(serializers.Serializer[Any]):
    """``opening`` to ``net`` add up; ``closing`` is what rolls on. ``hash`` is over number, sums and lines."""

    number = serializers.CharField()
    partner = Ref()
    period = serializers.CharField()
    state = serializers.CharField()
    currency = serializers.CharField()
    opening = MoneyField()
    earned = MoneyField()
    adjusted = MoneyField()
    clawed_back = MoneyField()
    held = MoneyField()
    tax = MoneyField()
    net = MoneyField()
    closing = MoneyField()
    as_of = serializers.DateTimeField(allow_null=True)
    issued_at = serializers.DateTimeField(allow_null=True)
    acknowledged = serializers.SerializerMethodField()
    hash = serializers.CharField(source="digest")
    lines = serializers.SerializerMethodField()

    def get_acknowledged(self, statement: Statement) -> bool:
        return acknowledgement(statement) is not None

    @extend_schema_field(LineBody(many=True))
    def get_lines(self, statement: Statement) -> Any:
        return LineBody(selectors.statement_lines(statement), many=True, context=self.context).data


class Statements(Resource):
    resource = "statements"
    reads = Permission.VIEW_STATEMENTS
    writes = Permission.VIEW_STATEMENTS
    serializer_class = StatementBody
    filters = {
        "scheme": Filter(
            lambda rows, text, _operator: rows.filter(
                pk__in=StatementLine.objects.filter(scheme__code=text).values("statement_id")
            )
        ),
        "period": period(),
        "partner": code("partner__code"),
        "state": choice("state", StatementState.values),
    }
    ordering_fields = ("id", "period", "net")

    def get_queryset(self) -> QuerySet[Statement]:
        return selectors.statements_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, statement: str) -> Response:
        return Response(self.get_serializer(selectors.get_statement(self.actor, statement)).data)

    @extend_schema(request=None, responses=StatementBody)
    def acknowledge(self, request: Request, statement: str) -> Response:
        """The member behind the token confirms that the statement was received. For partners' own members."""
        return Response(self.get_serializer(acknowledge_statement(self.actor, number=statement)).data)

    @extend_schema(
        operation_id="statements_pdf",
        parameters=[LANGUAGE],
        responses={(200, PDF): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def pdf(self, request: Request, statement: str) -> HttpResponse:
        """The statement as PDF."""
        found = selectors.get_statement(self.actor, statement)
        return HttpResponse(statement_pdf(self.actor, found, self._formats()), content_type=PDF)

    @extend_schema(
        operation_id="statements_xlsx",
        parameters=[LANGUAGE],
        responses={(200, XLSX): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def xlsx(self, request: Request, statement: str) -> HttpResponse:
        """The statement as spreadsheet: what it says, its lines, how each came about."""
        found = selectors.get_statement(self.actor, statement)
        return HttpResponse(statement_xlsx(self.actor, found, self._formats()), content_type=XLSX)

    def _formats(self) -> Any:
        wanted = self.request.query_params.get("language") or get_language() or "en"
        if wanted.split("-")[0] not in ("en", "fa", "ar"):
            raise InputError(
                "unknown_choice", _("Choose one of: %(known)s."), "language", {"known": "en, fa, ar"}
            )
        return formats_for(self.actor.operator, wanted.split("-")[0], toman=False)


class DisputeBody(serializers.Serializer[Any]):
    """``outcome`` is what was added to the line; it comes as an adjustment of a later statement."""

    id = serializers.IntegerField()
    statement = serializers.CharField(source="line.statement.number")
    position = serializers.IntegerField(source="line.position")
    partner = Ref()
    state = serializers.CharField()
    escalated = serializers.BooleanField()
    text = serializers.CharField()
    claimed = MoneyField(allow_null=True)
    outcome = MoneyField(allow_null=True)
    opened_at = serializers.DateTimeField()
    due_first = serializers.DateTimeField(allow_null=True)
    due_resolution = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class NewDispute(Body):
    statement = Text(max_length=60)
    position = Whole(min_value=1, max_value=1_000_000)
    text = Text(max_length=10_000)
    claimed = MoneyField(required=False, allow_null=True)


class WithText(Body):
    text = Text(max_length=10_000)


class Outcome(Body):
    amount = MoneyField()
    reason = Text(max_length=10_000)
    in_part = Flag(required=False)


class Disputes(Resource):
    resource = "disputes"
    reads = Permission.VIEW_STATEMENTS
    serializer_class = DisputeBody
    filters = {
        "state": choice("state", DisputeState.values),
        "partner": code("partner__code"),
        "statement": code("line__statement__number"),
    }
    ordering_fields = ("id", "opened_at")

    def get_queryset(self) -> QuerySet[Dispute]:
        return disputes.disputes_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self._answer(pk)

    @extend_schema(request=NewDispute, responses={201: DisputeBody})
    def create(self, request: Request) -> Response:
        """Object to a line of one's own statement."""
        given = self._given(NewDispute)
        line = selectors.get_line(self.actor, given["statement"], given["position"])
        made = disputes.file_dispute(
            self.actor, line_id=line.pk, text=given["text"], claimed=given.get("claimed")
        )
        headers = {"Location": location(request, self.resource, str(made.pk))}
        return Response(
            self.get_serializer(disputes.get_dispute(self.actor, made.pk)).data, 201, headers=headers
        )

    @extend_schema(request=None, responses=DisputeBody)
    def review(self, request: Request, pk: int) -> Response:
        """Finance begins to look at it."""
        disputes.get_dispute(self.actor, pk)
        disputes.review_dispute(self.actor, dispute_id=pk)
        return self._answer(pk)

    @extend_schema(request=WithText, responses=DisputeBody)
    def ask(self, request: Request, pk: int) -> Response:
        """Finance asks the partner for information."""
        disputes.get_dispute(self.actor, pk)
        disputes.ask_for_information(self.actor, dispute_id=pk, text=self._given(WithText)["text"])
        return self._answer(pk)

    @extend_schema(request=WithText, responses=DisputeBody)
    def answer(self, request: Request, pk: int) -> Response:
        """The partner gives the information."""
        disputes.get_dispute(self.actor, pk)
        disputes.give_information(self.actor, dispute_id=pk, text=self._given(WithText)["text"])
        return self._answer(pk)

    @extend_schema(request=Outcome, responses=DisputeBody)
    def uphold(self, request: Request, pk: int) -> Response:
        """Finance gives right, wholly or in part; an adjustment waits for a second person."""
        given = self._given(Outcome)
        disputes.get_dispute(self.actor, pk)
        disputes.uphold_dispute(
            self.actor,
            dispute_id=pk,
            amount=given["amount"],
            reason=given["reason"],
            in_part=given.get("in_part", False),
        )
        return self._answer(pk)

    @extend_schema(request=WithText, responses=DisputeBody)
    def deny(self, request: Request, pk: int) -> Response:
        """Finance finds the line right; ``text`` says why."""
        disputes.get_dispute(self.actor, pk)
        disputes.deny_dispute(self.actor, dispute_id=pk, reason=self._given(WithText)["text"])
        return self._answer(pk)

    @extend_schema(request=WithText, responses=DisputeBody)
    def escalate(self, request: Request, pk: int) -> Response:
        """The partner does not accept a denial; once."""
        disputes.get_dispute(self.actor, pk)
        disputes.escalate_dispute(self.actor, dispute_id=pk, text=self._given(WithText)["text"])
        return self._answer(pk)

    def _given(self, body: type[Body]) -> dict[str, Any]:
        given = body(data=self.request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def _answer(self, pk: int) -> Response:
        return Response(self.get_serializer(disputes.get_dispute(self.actor, pk)).data)


def statement_paths() -> list[URLPattern]:
    """Statements by their number, disputes by their id."""
    number = "statements/<str:statement>/"
    verbs = ("review", "ask", "answer", "uphold", "deny", "escalate")
    return [
        path("statements/", Statements.as_view({"get": "list"}), name="statements"),
        path(number, Statements.as_view({"get": "retrieve"}), name="statements-one"),
        path(f"{number}pdf/", Statements.as_view({"get": "pdf"}), name="statements-pdf"),
        path(f"{number}xlsx/", Statements.as_view({"get": "xlsx"}), name="statements-xlsx"),
        path(
            f"{number}acknowledge/",
            Statements.as_view({"post": "acknowledge"}),
            name="statements-acknowledge",
        ),
        path("disputes/", Disputes.as_view({"get": "list", "post": "create"}), name="disputes"),
        path("disputes/<int:pk>/", Disputes.as_view({"get": "retrieve"}), name="disputes-one"),
        *(
            path(f"disputes/<int:pk>/{verb}/", Disputes.as_view({"post": verb}), name=f"disputes-{verb}")
            for verb in verbs
        ),
    ]
