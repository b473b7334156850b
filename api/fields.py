"""Fields and bodies that take JSON as it is meant: a text is a text, money has its currency, unknown names are refused."""

import base64
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from common.errors import InputError
from common.money import exponent, plain
from common.numbers import parse_decimal

DECIMAL = {"type": "string", "pattern": r"^-?[0-9]{1,14}(\.[0-9]{1,6})?$", "examples": ["1250.50"]}
MONEY = {
    "type": "object",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {"amount": DECIMAL, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
}


class Text(serializers.CharField):
    """A JSON string; numbers and booleans are not turned into one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "contentEncoding": "base64"})
class FileBytes(serializers.Field[bytes, Any, str, Any]):
    """The bytes of a file, written in base64 without line breaks; how many fit is the parser's limit."""

    default_error_messages = {"not_base64": _("Write the file's bytes in base64.")}

    def to_internal_value(self, data: Any) -> bytes:
        try:
            return base64.b64decode(data.encode("ascii"), validate=True)
        except (AttributeError, ValueError):  # no text, letters outside ASCII, binascii.Error
            self.fail("not_base64")


class Flag(serializers.BooleanField):
    """``true`` or ``false`` and no word for it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A JSON integer."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(DECIMAL)
class Exact(serializers.Field[Decimal, Any, str, Any]):
    """A decimal as text, so that no digit is lost on the way."""

    def to_internal_value(self, data: Any) -> Decimal:
        return _exact(data)

    def to_representation(self, value: Decimal) -> str:
        return plain(value)


@extend_schema_field(MONEY)
class MoneyField(serializers.Field[Decimal | str, Any, dict[str, str], Any]):
    """``{"amount": "12.34", "currency": "USD"}`` around a plain amount in the operator's currency."""

    default_error_messages = {
        "not_money": _("Money has an amount and a currency."),
        "wrong_currency": _("Amounts are in {currency}."),
    }

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, Mapping) or set(data) != {"amount", "currency"}:
            self.fail("not_money")
        if data["currency"] != self._currency:
            self.fail("wrong_currency", currency=self._currency)
        return _exact(data["amount"])

    def to_representation(self, value: Decimal | str) -> dict[str, str]:
        return money_json(Decimal(value), self._currency)

    @property
    def _currency(self) -> str:
        return str(self.context["request"].operator.currency)


def _exact(data: Any) -> Decimal:
    if not isinstance(data, str):
        raise serializers.ValidationError(_("Give the number as text, so that it stays exact."), "not_text")
    try:
        return parse_decimal(data)
    except InputError as error:
        raise serializers.ValidationError(error.message, error.code) from None


class Ref(Text):
    """The code of another object; ``null`` for none, or for one that the caller may not see."""

    def to_representation(self, value: Any) -> str:
        return str(value.code)


class Names(serializers.DictField):
    """Language code to name."""

    child = Text(allow_blank=True, max_length=200)


class Body(serializers.Serializer[Any]):
    """A request body: a name that it does not know is an error, not a silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {
                        name: [ErrorDetail(str(_("There is no such field.")), "unknown_field")]
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)


def money_json(amount: Decimal, currency: str) -> dict[str, str]:
    """Money as the API writes it, with at least the currency's decimals."""
    return {"amount": plain(amount, exponent(currency)), "currency": currency}
