"""Error pages in the reader's language that tell what to do and nothing else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


@dataclass(frozen=True, slots=True)
class Trouble:
    status: int
    icon: str
    title: "Text"
    text: "Text"


NOT_FOUND = Trouble(
    404,
    "map-off",
    _("This page is not here"),
    _("It may have moved, or it is not meant for you. Check the address, or go back to the start page."),
)
FORBIDDEN = Trouble(
    403,
    "lock",
    _("You may not do this"),
    _("Your role does not include this. Ask the person who manages your company’s access."),
)
STALE_FORM = Trouble(
    403,
    "clock-x",
    _("This form is no longer valid"),
    _(
        "It was open for too long, or you signed in again elsewhere. Go back, reload the page and send it again."
    ),
)
BROKEN = Trouble(
    500,
    "plug-connected-x",
    _("Something went wrong on our side"),
    _("Nothing was changed. Try again in a moment; if it happens again, tell the support of your operator."),
)
UNAVAILABLE = Trouble(
    503,
    "clock-pause",
    _("We will be back in a moment"),
    _("The portal is being updated or is very busy. Your work is safe; reload the page in a minute."),
)
BAD_REQUEST = Trouble(
    400,
    "file-alert",
    _("This request cannot be read"),
    _("Go back, reload the page and try again."),
)


def trouble_page(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """The page of one kind of trouble. For 500 and 503 it touches neither database nor session."""
    calm = trouble.status >= 500
    template = "errors/broken.html" if calm else "errors/trouble.html"
    context = {"trouble": trouble, "title": trouble.title, "language": translation.get_language() or "en"}
    html = render_to_string(template, context, request=None if calm else request)
    return HttpResponse(html, status=trouble.status, headers={"Cache-Control": "no-store"})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return trouble_page(request, NOT_FOUND)


def no_operator(request: HttpRequest) -> HttpResponse:
    """No operator lives at this host: said without the frame, because there is no brand and no session here."""
    return HttpResponse(
        render_to_string(
            "errors/broken.html", {"trouble": NOT_FOUND, "title": NOT_FOUND.title, "language": "en"}
        ),
        status=404,
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return trouble_page(request, FORBIDDEN)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return trouble_page(request, BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    return trouble_page(request, BROKEN)


def unavailable(request: HttpRequest) -> HttpResponse:
    """For a middleware that meets a database or broker that does not answer."""
    response = trouble_page(request, UNAVAILABLE)
    response["Retry-After"] = "10"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return trouble_page(request, STALE_FORM)
