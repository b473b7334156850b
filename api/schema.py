"""The OpenAPI description: what drf-spectacular finds, and the refusals and headers that every address has."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class ErrorItem(serializers.Serializer[Any]):
    """One wrong value; ``field`` is a dotted path, ``index`` the place in a batch."""

    field = serializers.CharField(required=False)
    index = serializers.IntegerField(required=False)
    code = serializers.CharField()
    message = serializers.CharField()
    start = serializers.IntegerField(required=False, help_text="In a formula: where the error begins.")
    end = serializers.IntegerField(required=False)
    line = serializers.IntegerField(required=False, help_text="In a table: the line of the file.")


class Error(serializers.Serializer[Any]):
    """Every refusal. ``code`` is stable, ``message`` is in the language of ``Accept-Language``."""

    code = serializers.CharField()
    message = serializers.CharField()
    errors = ErrorItem(many=True)  # type: ignore[assignment]


KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Repeat a request safely: the same key gets the same answer, and nothing happens twice.",
)
TEXTS = {
    "400": "Something in the request is wrong.",
    "401": "No valid token.",
    "403": "The token's scope or the member's role does not allow it.",
    "404": "There is no such object, or it is not for you to see.",
    "409": "The object's state does not allow it, or a request with this key is still running.",
    "413": "The body is too large.",
    "415": "The body is not of a type that this address takes.",
    "422": "The Idempotency-Key was used for a different request.",
    "503": "Not available at the moment.",
}
READING = ("400", "401", "403", "404", "503")
WRITING = ("400", "401", "403", "404", "409", "413", "415", "422", "503")


class ApiSchema(AutoSchema):
    """Adds to each operation its refusals, its ``Idempotency-Key`` and its tag."""

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "resource", "") or "general"]

    def get_override_parameters(self) -> list[Any]:
        return [KEY] if self.method == "POST" else []

    def get_response_serializers(self) -> Any:
        if getattr(self.view, "action", "") == "update":
            return dict.fromkeys(("200", "201"), self._get_serializer())  # type: ignore[no-untyped-call]
        return super().get_response_serializers()

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in READING if self.method == "GET" else WRITING:
            if status not in bodies:
                bodies[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    OpenApiResponse(Error, TEXTS[status]), status, direction=direction
                )
        return bodies


def close_requests(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Say of each request body that it has no other fields: ``api.fields.Body`` refuses them."""
    for name, component in result["components"]["schemas"].items():
        if name.endswith("Request") and component.get("type") == "object":
            component.setdefault("additionalProperties", False)
    return result
