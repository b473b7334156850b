"""``POST formula/check/``: is this text a formula, and what does it need."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.errors import formula_problem
from api.fields import Body, Text
from incentives.enums import Payee, SchemePeriod
from incentives.programs import FormulaInvalid, compile_formula, schema_for
from tenancy.enums import Permission


class FormulaQuestion(Body):
    """``period`` and ``beneficiary`` narrow the KPIs to those that such a scheme may read."""

    source = Text(trim_whitespace=False, max_length=20_000)  # type: ignore[assignment]
    scope = serializers.ChoiceField(choices=["period", "transaction"], default="period")
    period = serializers.ChoiceField(choices=SchemePeriod.choices, default=SchemePeriod.MONTH)
    beneficiary = serializers.ChoiceField(choices=Payee.choices, default=Payee.REP)


class FormulaProblem(serializers.Serializer[Any]):
    """``start`` and ``end`` are offsets in characters of the source."""

    code = serializers.CharField()
    message = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class FormulaAnswer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    type = serializers.CharField(allow_null=True)
    names = serializers.ListField(child=serializers.CharField(), help_text="The KPIs that it needs.")
    errors = FormulaProblem(many=True)  # type: ignore[assignment]


class FormulaCheck(Resource):
    resource = "formula"
    reads = Permission.VIEW_SCHEMES
    post_reads = frozenset({"check"})

    @extend_schema(operation_id="formula_check", request=FormulaQuestion, responses=FormulaAnswer)
    def check(self, request: Request) -> Response:
        """Check a formula without storing anything. A wrong formula is an answer, not an error."""
        question = FormulaQuestion(data=request.data)
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        operator = self.actor.operator
        schema = schema_for(operator, asked["scope"], period=asked["period"], payee=asked["beneficiary"])
        try:
            program = compile_formula(operator, asked["source"], schema)
        except FormulaInvalid as invalid:
            return Response(_answer(errors=[formula_problem(error) for error in invalid.errors]))
        return Response(_answer(type=str(program.type), names=sorted(program.names)))


def _answer(
    type: str | None = None, names: list[str] | None = None, errors: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {"ok": not errors, "type": type, "names": names or [], "errors": errors or []}
