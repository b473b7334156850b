"""The language of a page: the reader's choice if the operator speaks it, else the browser's, else the operator's own."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header


def language_for(request: HttpRequest) -> str:
    """One of the languages of the host's operator."""
    operator = getattr(request, "operator", None)
    spoken = list(operator.languages) if operator else [code for code, _name in settings.LANGUAGES]
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in spoken:
        return chosen
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code.split("-")[0] in spoken:
            return code.split("-")[0]
    return str(spoken[0]) if spoken else settings.LANGUAGE_CODE


class OperatorLocaleMiddleware(LocaleMiddleware):
    """Django's middleware with the operator's languages in place of the installation's."""

    def process_request(self, request: HttpRequest) -> None:
        translation.activate(language_for(request))
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response
