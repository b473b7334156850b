"""The public side: what the operator offers, the form, and the applicant's page behind its link. No login, no enumeration.

Whatever is known of a company, the answer to its application is the same page after the same queries.
"""

from collections.abc import Callable
from typing import Any

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.models import Territory
from common.errors import Conflict, InputError, Invalid, NotFound
from partners.applications import applying
from partners.applications.fields import year_shown
from partners.applications.offers import offers
from partners.applications.rules import MACHINE, MOST_FILES
from partners.enums import ApplicationState as S
from partners.models import Application
from portal.applications.about import PURPOSES
from portal.applications.forms import ApplicationForm, application_html
from portal.applications.words import WORDS, applicant_state
from portal.shell.forms import add_errors
from tenancy.access import as_applicant
from tenancy.middleware import public
from workflow.filetypes import ACCEPTED

#: Forms and files of one address; the page of a link may be read more often.
RATES = {"apply": "10/h/ip", "apply_file": "40/h/ip", "apply_link": "300/h/ip"}


def within(request: HttpRequest, action: str, *, reads: bool = False) -> bool:
    """Whether this address may do ``action`` once more."""
    return consume(request, app="portal", action=action, config=RATES, limit_get=reads) is not None


def too_many(request: HttpRequest) -> HttpResponse:
    context = {"title": _("Too many attempts")}
    return render(request, "portal/applications/too_many.html", context, status=429)


def language_now() -> str:
    return (translation.get_language() or "en").split("-")[0]


def territories() -> list[tuple[str, str]]:
    """Code and name, in the open sight."""
    rows = Territory.objects.filter(active=True).order_by("path", "code")
    return [(row.code, row.label()) for row in rows]


@public
@never_cache
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponseBase:
    """What the operator offers, and the form."""
    operator = request.operator
    if request.method == "POST" and not within(request, "apply"):
        return too_many(request)
    with as_applicant(operator.pk):
        places = territories()
        offered = offers(language_now(), operator.main_language)
    wish = request.GET.get("role", "")
    first = {"country": country_of(operator.currency), "roles": [wish] if wish else []}
    form = ApplicationForm(request.POST or None, territories=places, consent=True, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            applying.create_draft(operator, language=language_now(), fields=form.values())
        except (Invalid, InputError) as error:
            add_errors(form, error)
        else:
            return HttpResponseRedirect(reverse("applications:sent"))
    context = {
        "title": _("Become a partner"),
        "form_html": application_html(form, request),
        "offers": _by_role(offered),
        "failed": bool(form.errors),
    }
    return render(request, "portal/applications/apply.html", context, status=422 if form.errors else 200)


def country_of(currency: str) -> str:
    """Most currencies begin with their country."""
    return "" if currency[:1] == "X" or currency == "EUR" else currency[:2]


def _by_role(offered: list[Any]) -> list[dict[str, Any]]:
    """Offers per kind of partner, those to everybody first."""
    groups: dict[str, dict[str, Any]] = {}
    for offer in offered:
        group = groups.setdefault(offer.role, {"role": offer.role, "label": offer.role_label, "offers": []})
        group["offers"].append(offer)
    return list(groups.values())


@public
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """Look into your mailbox. The same for everybody."""
    return render(request, "portal/applications/sent.html", {"title": _("Check your mail")})


def holder_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of the link's holder: rate-limited, never stored, and 404 for a link that opens nothing."""

    def guarded(request: HttpRequest, secret: str, **kwargs: Any) -> HttpResponseBase:
        if not within(request, "apply_link", reads=True):
            return too_many(request)
        try:
            return view(request, secret, **kwargs)
        except NotFound:
            context = {"title": _("This link leads nowhere")}
            return render(request, "portal/applications/no_link.html", context, status=404)

    open_to_all: Callable[..., HttpResponseBase] = public(never_cache(guarded))
    return open_to_all


@holder_page
def follow(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The applicant's page: how it stands, and what can be done now."""
    return _page(request, secret)


def _page(
    request: HttpRequest, secret: str, bound: ApplicationForm | None = None, error: str = ""
) -> HttpResponse:
    with applying.holding(request.operator, secret) as (_actor, application):
        files = applying.files_of(application)
        fields = applying.changeable(application)
        places = territories()
    form = bound or _form(application, fields, places)
    kind, words = applicant_state(application.state)
    context = {
        "title": application.company_name,
        "application": application,
        "secret": secret,
        "state_kind": kind,
        "state_words": words,
        "files": [(row, PURPOSES.get(row.purpose, "")) for row in files],
        "may_attach": applying.may_attach(application) and len(files) < MOST_FILES,
        "purposes": list(PURPOSES.items()),
        "accepted": ",".join(ACCEPTED),
        "writable": application.state in (S.DRAFT, S.INFORMATION_REQUIRED),
        "form_html": application_html(form, request) if form.fields else "",
        "may_withdraw": S.WITHDRAWN in MACHINE.following(application.state),
        "error": error,
        "asked": [WORDS[name] for name in application.asked_fields],
    }
    status = 422 if error or form.errors else 200
    return render(request, "portal/applications/follow.html", context, status=status)


def _form(application: Application, fields: Any, places: Any, data: Any = None) -> ApplicationForm:
    initial = {name: getattr(application, name) for name in fields}
    if "founded" in initial:
        initial["founded"] = year_shown(application.operator, application.founded)
    if application.territory is not None:
        initial["territory"] = application.territory.code
    return ApplicationForm(data, only=fields, territories=places, initial=initial)


@holder_page
@require_POST
def send(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Send the draft or the answer with what stands in the form; ``then=save`` only keeps it."""
    with applying.holding(request.operator, secret) as (_actor, application):
        fields, places = applying.changeable(application), territories()
    form = _form(application, fields, places, request.POST)
    if not form.is_valid():
        return _page(request, secret, form)
    try:
        if request.POST.get("then") == "save":
            applying.change(request.operator, secret, form.values())
        else:
            applying.submit(request.operator, secret, form.values())
    except (Invalid, InputError) as refused:
        add_errors(form, refused)
        return _page(request, secret, form)
    except Conflict as refused:
        return _page(request, secret, error=refused.message)
    return HttpResponseRedirect(reverse("applications:follow", args=[secret]))


@holder_page
@require_POST
def add_file(request: HttpRequest, secret: str) -> HttpResponseBase:
    if not within(request, "apply_file"):
        return too_many(request)
    given = request.FILES.get("file")
    purpose = request.POST.get("purpose", "")
    if given is None:
        return _page(request, secret, error=str(_("Choose a file.")))
    try:
        applying.attach(
            request.operator,
            secret,
            name=given.name or "file",
            chunks=given.chunks(),
            purpose=purpose if purpose in PURPOSES else "",
        )
    except (InputError, Conflict) as refused:
        return _page(request, secret, error=refused.message)
    return HttpResponseRedirect(reverse("applications:follow", args=[secret]) + "#files")


@holder_page
@require_POST
def take_back(request: HttpRequest, secret: str) -> HttpResponseBase:
    try:
        applying.withdraw(request.operator, secret, request.POST.get("text", ""))
    except Conflict as refused:
        return _page(request, secret, error=refused.message)
    return HttpResponseRedirect(reverse("applications:follow", args=[secret]))
