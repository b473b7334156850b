"""The operator's settings and holidays."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Resource
from api.fields import Body, Text
from api.filters import Filter
from common.errors import InputError, Invalid, NotFound
from tenancy.enums import Permission
from workflow.calendar import LONGEST_NAME, add_holiday, all_holidays, remove_holiday
from workflow.models import Holiday
from workflow.settings import change_settings, changed, defaults, values


@extend_schema_field({"type": ["integer", "string", "boolean"]})
class Value(serializers.JSONField):
    """What a setting holds."""


class SettingFacts(serializers.Serializer[Any]):
    key = serializers.CharField()
    section = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()
    value = Value()
    default = Value()
    changed = serializers.BooleanField()
    least = serializers.IntegerField(allow_null=True)
    most = serializers.IntegerField(allow_null=True)


class SettingList(serializers.Serializer[Any]):
    settings = SettingFacts(many=True)


class SettingChanges(Body):
    """``{"values": {"deals.protection_days": 60, "deals.extensions": null}}``: null is the product's default."""

    values = serializers.DictField(child=Value(allow_null=True))


class Settings(Resource):
    resource = "settings"
    reads = writes = Permission.MANAGE_OPERATOR

    @extend_schema(responses=SettingList)
    def retrieve(self, request: Request) -> Response:
        """Every setting with its value, the product's default and its limits."""
        current, own = values(), changed()
        rows = [
            {
                "key": each.key,
                "section": each.section,
                "label": str(each.label),
                "unit": str(each.unit),
                "value": current[each.key],
                "default": each.value,
                "changed": each.key in own,
                "least": each.least if _is_number(each.value) else None,
                "most": each.limit if _is_number(each.value) else None,
            }
            for each in defaults()
        ]
        return Response(SettingList({"settings": rows}).data)

    @extend_schema(request=SettingChanges, responses=SettingList)
    def partial_update(self, request: Request) -> Response:
        """Change some. All of them, or with an error none; what began before keeps the old values."""
        body = SettingChanges(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            change_settings(self.actor, body.validated_data.get("values", {}))
        except Invalid as error:
            for each in error.errors:
                each.at(f"values.{each.field}")
            raise
        except InputError as error:
            raise error.at(f"values.{error.field}") from None
        return self.retrieve(request)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class HolidayBody(Body):
    day = serializers.DateField()
    name = Text(max_length=LONGEST_NAME, required=False, allow_blank=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("invalid", _("Write a day as 2026-03-21.")) from None


DAY = {"type": "string", "format": "date"}


class Holidays(Resource):
    """Free days of the operator beside its week-end; every member may read them."""

    resource = "holidays"
    writes = Permission.MANAGE_OPERATOR
    serializer_class = HolidayBody
    filters = {
        "from": Filter(lambda rows, text, _operator: rows.filter(day__gte=_day(text)), DAY),
        "to": Filter(lambda rows, text, _operator: rows.filter(day__lte=_day(text)), DAY),
    }

    def get_queryset(self) -> QuerySet[Holiday]:
        return all_holidays()

    def list(self, request: Request) -> Response:
        return self.paged(self.filter_queryset(self.get_queryset()))

    @extend_schema(request=HolidayBody, responses={201: HolidayBody})
    def create(self, request: Request) -> Response:
        """Make a day free. A day that is free already gets the new name."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        row = add_holiday(self.actor, **body.validated_data)
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=None, responses=HolidayBody)
    def remove(self, request: Request, day: str) -> Response:
        """Make a day a working day again; the answer is what it was."""
        try:
            wanted = _day(day)
        except InputError:
            raise NotFound() from None
        row = self.get_queryset().filter(day=wanted).first()
        if row is None:
            raise NotFound()
        answer = Response(self.get_serializer(row).data)
        remove_holiday(self.actor, day=wanted)
        return answer


def setting_paths() -> list[URLPattern]:
    one: Any = {"get": "retrieve", "patch": "partial_update"}
    return [
        path("settings/", Settings.as_view(one), name="settings"),
        path("holidays/", Holidays.as_view({"get": "list", "post": "create"}), name="holidays"),
        path("holidays/<str:day>/remove/", Holidays.as_view({"post": "remove"}), name="holidays-remove"),
    ]
