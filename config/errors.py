"""Errors outside any view: JSON below ``/api/``, a page elsewhere."""

from types import ModuleType

from django.http import HttpRequest, HttpResponse


def _surface(request: HttpRequest) -> ModuleType:
    if request.path.startswith("/api/"):
        from api import errors as api_errors

        return api_errors
    from portal.shell import errors as portal_errors

    return portal_errors


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    answer: HttpResponse = _surface(request).bad_request(request, exception)
    return answer


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    answer: HttpResponse = _surface(request).forbidden(request, exception)
    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    answer: HttpResponse = _surface(request).not_found(request, exception)
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = _surface(request).server_error(request)
    return answer


def no_operator(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = _surface(request).no_operator(request)
    return answer


def unavailable(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = _surface(request).unavailable(request)
    return answer
