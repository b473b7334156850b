"""What was earned so far, and why."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Exact, MoneyField, Ref
from api.filters import code, period
from formula import FormulaErrors, FormulaRuntimeError
from formula.explainer import explain
from incentives import selectors
from incentives.explain import Explanation, Source, cuts_of, explain_accrual, rounding_of, sources_of
from incentives.lines import Standing, counted_total, standings
from incentives.models import Accrual, AccrualLine
from performance.counting.behind import credits_behind
from performance.models import Credit
from tenancy.enums import Permission


class ComponentBody(serializers.Serializer[Any]):
    """One labelled part of the formula; its amount is exact, before cap and rounding."""

    label = serializers.CharField()  # type: ignore[assignment]
    amount = MoneyField()


class AccrualBody(serializers.Serializer[Any]):
    """What one version of a scheme owes one beneficiary so far for one period.

    Points and benefits are no money: their ``amount`` is null and ``pieces`` counts them. Of their components and in
    explanations the ``amount`` of money objects is a number of pieces.
    """

    id = serializers.IntegerField()
    scheme = serializers.CharField(source="version.scheme.code")
    version = serializers.IntegerField(source="version.number")
    period = serializers.CharField()
    partner = Ref()
    rep = Ref(allow_null=True)
    kind = serializers.CharField(source="version.scheme.kind")
    amount = MoneyField(allow_null=True)
    pieces = Exact(allow_null=True)
    components = ComponentBody(many=True)
    eligible = serializers.BooleanField()
    as_of = serializers.DateTimeField(
        allow_null=True, help_text="Arrival of the newest transaction that is counted here."
    )

    def to_representation(self, instance: Accrual) -> Any:
        money = instance.version.scheme.in_money
        shown: Any = instance
        shown.pieces = None if money else instance.amount
        data = super().to_representation(shown)
        return data if money else {**data, "amount": None}


class RoundingBody(serializers.Serializer[Any]):
    rule = serializers.CharField()
    amount = MoneyField()


class SourceBody(serializers.Serializer[Any]):
    """One KPI that the formula read; ask for its transactions by ``?kpi=``."""

    kpi = Ref()
    name = serializers.CharField(source="kpi.name")
    period = serializers.CharField()


class BehindBody(serializers.Serializer[Any]):
    """A transaction behind the figure. ``earned`` is what it brought where the scheme pays per transaction."""

    id = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]
    external_id = serializers.CharField()
    revision = serializers.IntegerField()
    kind = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    product = Ref(allow_null=True)
    partner = Ref()
    rep = Ref(allow_null=True)
    quantity = Exact()
    amount = MoneyField()
    earned = MoneyField(allow_null=True)
    state = serializers.ChoiceField(
        choices=["counted", "waiting", "lost", "budget"],
        allow_null=True,
        help_text="Of what it earned: counted; waiting for `release_on`; lost with the customer; cut by the budget.",
    )
    granted = MoneyField(allow_null=True, help_text="What is counted of `earned`.")
    release_on = serializers.DateField(allow_null=True)

    def to_representation(self, instance: Credit | AccrualLine) -> Any:
        line = instance if isinstance(instance, AccrualLine) else None
        credit: Any = line.credit if line else instance
        standing: Standing | None = self.context.get("standings", {}).get(line.pk) if line else None
        credit.earned = line.exact if line else None
        credit.state = standing.state if standing else None
        credit.granted = standing.granted if standing else None
        credit.release_on = standing.release_on if standing else None
        return super().to_representation(credit)


class BehindPage(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = BehindBody(many=True)


class CapBody(serializers.Serializer[Any]):
    """The most that the version pays; ``cut`` is what it took away."""

    most = MoneyField(allow_null=True)
    cut = MoneyField()


class CutBody(serializers.Serializer[Any]):
    """A step between the formula and the amount: `stacking`, `cap` or `budget`. `by` is the scheme that beats or excludes."""

    step = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField()
    amount = MoneyField()


class ExplanationBody(serializers.Serializer[Any]):
    """The way from the transactions to the amount.

    ``trace`` holds the inputs, the parts with their steps (bands, comparisons, slices) and the thresholds ahead; it is
    empty where each transaction earned by itself. ``holds``: the stored inputs give the stored amount again.
    """

    accrual = AccrualBody()
    formula = serializers.CharField()
    digest = serializers.CharField()
    holds = serializers.BooleanField()
    trace = serializers.DictField()
    sentences = serializers.ListField(child=serializers.CharField())
    exact = Exact()
    cap = CapBody()
    cuts = CutBody(many=True)
    rounding = RoundingBody()
    sources = SourceBody(many=True)
    transactions = BehindPage()


class Behind:
    """The credits behind one measurement as pages of a list are cut from it."""

    def __init__(self, fetch: Callable[[int, int], Any]) -> None:
        self._fetch = fetch

    def count(self) -> int:
        return int(self._fetch(0, 1).count)

    def __getitem__(self, part: slice) -> list[Credit]:
        found: list[Credit] = self._fetch(part.start, part.stop - part.start).credits
        return found


class Accruals(Resource):
    resource = "accruals"
    reads = Permission.VIEW_ACCRUALS
    serializer_class = AccrualBody
    filters = {
        "scheme": code("version__scheme__code"),
        "period": period(),
        "partner": code("partner__code"),
        "rep": code("rep__code"),
    }
    ordering_fields = ("id", "period", "amount", "as_of")

    def get_queryset(self) -> QuerySet[Accrual]:
        return selectors.accruals_for(self.actor)

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(selectors.get_accrual(self.actor, pk)).data)

    @extend_schema(
        operation_id="accruals_explanation",
        responses=ExplanationBody,
        parameters=[
            OpenApiParameter("kpi", str, description="Whose transactions to show; else the first source's."),
            OpenApiParameter("page", {"type": "integer", "minimum": 1}),
            OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": 500}),
        ],
    )
    def explanation(self, request: Request, pk: int) -> Response:
        """Formula, inputs, bands, cap, rounding, and page by page the transactions behind an input."""
        accrual = selectors.get_accrual(self.actor, pk)
        per_transaction = accrual.version.scheme.scope == "transaction"
        sources = [] if per_transaction else sources_of(self.actor, accrual)
        behind = selectors.lines_of(self.actor, accrual) if per_transaction else self._behind(sources)
        context = self.get_serializer_context()
        page: Any = self.paginate_queryset(behind)
        if per_transaction:
            for line in page:
                line.version = accrual.version
            context = {**context, "standings": standings(self.actor, page)}
        shown = BehindBody(page, many=True, context=context).data
        facts = self._facts(accrual, per_transaction) | {"sources": sources}
        facts["transactions"] = {"count": 0, "next": None, "previous": None, "results": []}
        data = ExplanationBody(facts, context=context).data
        return Response({**data, "transactions": self.get_paginated_response(shown).data})

    def _facts(self, accrual: Accrual, per_transaction: bool) -> dict[str, Any]:
        version, told = accrual.version, _stored(accrual)
        if per_transaction:
            told["holds"] = counted_total(self.actor, accrual) == accrual.exact
        if not per_transaction:
            try:
                told = _replayed(explain_accrual(self.actor, accrual))
            except (FormulaRuntimeError, FormulaErrors):
                told["holds"] = not accrual.amount
        return told | {
            "accrual": accrual,
            "formula": version.formula,
            "digest": version.digest,
            "cap": {"most": version.cap, "cut": told["cut"]},
            "cuts": cuts_of(accrual.cuts),
            "rounding": {"rule": version.rounding, "amount": told["rounding"]},
        }

    def _behind(self, sources: Sequence[Source]) -> Any:
        wanted = self.request.query_params.get("kpi")
        source = next((each for each in sources if wanted in (None, each.kpi.code)), None)
        if source is None:
            return []

        def fetch(offset: int, most: int) -> Any:
            return credits_behind(
                self.actor,
                source.kpi,
                source.period,
                source.partner_id,
                source.rep_id,
                offset=offset,
                most=most,
            )

        return Behind(fetch)


def _replayed(explained: Explanation) -> dict[str, Any]:
    """What the formula did, told from its trace."""
    trace = explained.trace
    sentences = [text for part in trace.parts for step in part.steps for text in explain(step, gettext)]
    return {
        "holds": explained.holds,
        "trace": trace.as_json(),
        "sentences": sentences,
        "exact": explained.exact,
        "cut": explained.cut,
        "rounding": explained.rounding,
    }


def _stored(accrual: Accrual) -> dict[str, Any]:
    """The same where there is no one run to tell of: transactions earned singly, or the formula has no value."""
    cuts = cuts_of(accrual.cuts)
    cut = sum((each.amount for each in cuts if each.step == "cap"), Decimal(0))
    return {
        "holds": True,
        "trace": {},
        "sentences": [],
        "exact": accrual.exact,
        "cut": cut,
        "rounding": rounding_of(accrual, cuts),
    }
