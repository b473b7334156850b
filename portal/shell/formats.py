"""The formats of the reader behind a request."""

from django.http import HttpRequest
from django.utils import translation

from common.formats import Formats, formats_for

__all__ = ["TOMAN_COOKIE", "Formats", "formats_for", "formats_of"]

TOMAN_COOKIE = "toman"


def formats_of(request: HttpRequest | None) -> Formats:
    """The formats of the reader behind ``request``, made once per request and language."""
    language = (translation.get_language() or "en").split("-")[0]
    operator = getattr(request, "operator", None)
    if request is None or operator is None:
        return Formats(language=language)
    known = request.__dict__.setdefault("_formats", {})
    if language not in known:
        wish = request.COOKIES.get(TOMAN_COOKIE)
        known[language] = formats_for(operator, language, toman=wish == "1" if wish in ("0", "1") else None)
    found: Formats = known[language]
    return found
