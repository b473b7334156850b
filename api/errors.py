"""One shape for every refusal: ``{"code", "message", "errors": [{"field" | "index", "code", "message"}]}``.

Texts are in the language that the request asked for. Codes are stable and meant for programs.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, TooMany
from formula import FormulaError, message
from incentives.programs import FormulaInvalid
from tenancy.idempotency import KeyReused

Body = dict[str, Any]
#: Of every answer: nobody keeps it, and no browser takes it for a page.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    KeyReused: 422,
    TooMany: 429,
}
MESSAGES: dict[int, tuple[str, Any]] = {
    400: ("bad_request", _("This request cannot be read.")),
    403: ("forbidden", Forbidden.default_message),
    404: ("not_found", NotFound.default_message),
    413: ("too_large", _("The request is too large.")),
    500: ("server_error", _("Something went wrong on our side. Nothing was changed.")),
    503: ("unavailable", _("The service is not available at the moment. Try again shortly.")),
}


class TooLarge(exceptions.APIException):
    """The body is longer than this address takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail, default_code = MESSAGES[413][1], "too_large"


def plain_body(status_code: int) -> Body:
    """The body for a status that needs no more words."""
    code, message = MESSAGES[status_code]
    return {"code": code, "message": str(message), "errors": []}


def handle(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. Undoes what the view did; ``None`` lets the exception become a 500."""
    answer = answer_to(exc)
    if answer is None:
        return None
    set_rollback()
    status_code, body, headers = answer
    return Response(body, status=status_code, headers=headers)


def answer_to(exc: Exception) -> tuple[int, Body, dict[str, str]] | None:
    """Status, body and headers for an exception that is the caller's fault; ``None`` for any other."""
    if isinstance(exc, DomainError):
        return _status_of(exc), _domain_body(exc), {}
    if isinstance(exc, exceptions.APIException):
        return exc.status_code, _rest_body(exc), _headers(exc)
    if isinstance(exc, ModelError):
        return 400, _body_of_items(list(_model_items(exc))), {}
    if isinstance(exc, IntegrityError):
        return 409, Conflict().as_dict(), {}
    status_code = _plain_status(exc)
    return None if status_code is None else (status_code, plain_body(status_code), {})


def _plain_status(exc: Exception) -> int | None:
    if isinstance(exc, Http404):
        return 404
    if isinstance(exc, PermissionDenied):
        return 403
    if isinstance(exc, RequestDataTooBig):
        return 413
    if isinstance(exc, SuspiciousOperation | BadRequest | UnreadablePostError | DataError):
        return 400
    return None


def _status_of(error: DomainError) -> int:
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)


def _domain_body(error: DomainError) -> Body:
    if not isinstance(error, FormulaInvalid):
        return error.as_dict()
    items = [{"field": error.field, **formula_problem(each)} for each in error.errors]
    return error.as_dict() | {"errors": items}


def formula_problem(error: FormulaError) -> Body:
    """One error of a formula: where it is (offsets in characters) and why, in the reader's language."""
    return {
        "code": error.code,
        "message": message(error, gettext),
        "start": error.start,
        "end": error.end,
    }


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) or 1)
    return headers


def _rest_body(exc: exceptions.APIException) -> Body:
    if isinstance(exc, exceptions.ValidationError):
        return _body_of_items(list(_items(exc.detail)))
    if isinstance(exc, exceptions.NotFound):
        return plain_body(404)
    code = exc.get_codes()
    return {"code": code if isinstance(code, str) else "error", "message": str(exc.detail), "errors": []}


def _body_of_items(items: list[Body]) -> Body:
    return {"code": "invalid", "message": str(Invalid.default_message), "errors": items}


def _items(detail: Any, path: tuple[str, ...] = ()) -> Iterator[Body]:
    """DRF's nested errors as a flat list with dotted field names."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _items(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _items(inner, (*path, str(index)) if nested else path)
    else:
        item = {"code": getattr(detail, "code", "invalid"), "message": str(detail)}
        yield {"field": ".".join(path), **item} if path else item


def _model_items(exc: ModelError) -> Iterator[Body]:
    if not hasattr(exc, "error_dict"):
        for error in exc.error_list:
            yield {"code": error.code or "invalid", "message": error.messages[0]}
        return
    for field, errors in exc.error_dict.items():
        for error in errors:
            item = {"code": error.code or "invalid", "message": error.messages[0]}
            yield item if field == "__all__" else {"field": field, **item}


def json_error(status_code: int) -> JsonResponse:
    """An error outside any view: an unknown address, a broken server."""
    return JsonResponse(plain_body(status_code), status=status_code, headers=HEADERS)


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return json_error(404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return json_error(403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return json_error(413 if isinstance(exception, RequestDataTooBig) else 400)


def server_error(request: HttpRequest) -> JsonResponse:
    return json_error(500)


def no_operator(request: HttpRequest) -> JsonResponse:
    return json_error(404)


def unavailable(request: HttpRequest) -> JsonResponse:
    response = json_error(503)
    response["Retry-After"] = "10"
    return response
