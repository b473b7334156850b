"""Filters and orders of lists: an allowlist per resource; a value that makes no sense is refused, not ignored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from catalog.selectors import matching
from common.errors import InputError
from common.periods import parse_period
from tenancy.models import Operator

Rows = QuerySet[Any]
STRING: dict[str, Any] = {"type": "string"}


@dataclass(frozen=True)
class Filter:
    """One query parameter: what it may hold (JSON schema) and what it does with the rows."""

    apply: Callable[[Rows, str, Operator], Rows]
    schema: Mapping[str, Any] = field(default_factory=lambda: STRING)
    description: str = ""


def code(column: str, description: str = "") -> Filter:
    """Rows whose ``column`` equals the value."""
    return Filter(lambda rows, text, _operator: rows.filter(**{column: text}), STRING, description)


def flag(column: str) -> Filter:
    """``true`` or ``false``."""

    def apply(rows: Rows, text: str, _operator: Operator) -> Rows:
        if text not in ("true", "false"):
            raise InputError("not_a_boolean", _("Write true or false."))
        return rows.filter(**{column: text == "true"})

    return Filter(apply, {"type": "boolean"})


def choice(column: str, values: list[str]) -> Filter:
    """One of ``values``."""

    def apply(rows: Rows, text: str, _operator: Operator) -> Rows:
        if text not in values:
            raise InputError(
                "unknown_choice", _("Choose one of: %(known)s."), params={"known": ", ".join(values)}
            )
        return rows.filter(**{column: text})

    return Filter(apply, {"type": "string", "enum": values})


def period(column: str = "period") -> Filter:
    """One period, by its code in the operator's calendar."""

    def apply(rows: Rows, text: str, operator: Operator) -> Rows:
        return rows.filter(**{column: parse_period(text, operator.days, operator.fiscal_start_month).code})

    return Filter(apply, STRING, "As in 2013-05, 2013-Q1, 2013-H1 or 2013, in the operator's calendar.")


WORDS = Filter(
    lambda rows, text, _operator: matching(rows, text),
    STRING,
    "Every word is in the name (any language, any spelling) or in the code.",
)
NAME = Filter(
    lambda rows, text, _operator: rows.filter(Q(name__icontains=text) | Q(code__icontains=text)),
    STRING,
    "A part of the name or of the code.",
)
CODED = {"search": WORDS, "active": flag("active")}
CODED_ORDER = ("code", "name", "created_at", "updated_at")


class Allowed(BaseFilterBackend):
    """Applies ``view.filters`` and ``view.ordering_fields`` (first one: the default)."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        for name, each in view.filters.items():
            if name in request.query_params:
                try:
                    queryset = each.apply(queryset, request.query_params[name], request.operator)
                except InputError as error:
                    raise error.at(name) from None
        return self._ordered(request, queryset, view)

    def _ordered(self, request: Request, queryset: Rows, view: Any) -> Rows:
        allowed = view.ordering_fields
        if not allowed:
            return queryset
        wanted = request.query_params.get("ordering", allowed[0])
        if wanted.removeprefix("-") not in allowed:
            raise InputError(
                "unknown_choice", _("Choose one of: %(known)s."), "ordering", {"known": ", ".join(allowed)}
            )
        return queryset.order_by(wanted, "-pk" if wanted.startswith("-") else "pk")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found = [_parameter(name, each.schema, each.description) for name, each in view.filters.items()]
        if view.ordering_fields:
            every = [sign + name for name in view.ordering_fields for sign in ("", "-")]
            found.append(
                _parameter("ordering", {"type": "string", "enum": every}, "“-” turns the order around.")
            )
        return found


def _parameter(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    made = {"name": name, "in": "query", "required": False, "schema": dict(schema)}
    return made | ({"description": description} if description else {})
