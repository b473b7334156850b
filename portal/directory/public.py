"""The public pages: the list of accredited partners and each one's own, with its contact form. No login."""

from typing import Any

from allauth.core.internal.ratelimit import consume
from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from catalog.enums import Layer, PartnerRole
from common.errors import Invalid, NotFound
from portal.shell.crispy import form_html
from portal.shell.forms import add_errors
from programs.directory.public import Found, ask, entry_at, find_entries
from programs.models import DirectoryEntry
from programs.training.markup import in_language
from tenancy.middleware import public
from tenancy.models import Operator

RATES = {"directory_ask": "6/h/ip", "directory_read": "600/h/ip"}
SIZE = 24
FILTERS = ("search", "layer", "family", "role", "city", "tier", "specialisation")


def within(request: HttpRequest, action: str, *, reads: bool = False) -> bool:
    """Whether this address may do ``action`` once more."""
    return consume(request, app="portal", action=action, config=RATES, limit_get=reads) is not None


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/directory/too_many.html", {"title": _("Too many attempts")}, status=429)


def language_now() -> str:
    return (translation.get_language() or "en").split("-")[0]


def label_of(thing: dict[str, Any]) -> str:
    """The name in the reader's language."""
    return str(thing["names"].get(language_now()) or thing["name"])


def _card(operator: Operator, entry: DirectoryEntry) -> dict[str, Any]:
    return {
        "entry": entry,
        "text": in_language(entry.texts, language_now(), operator.main_language),
        "roles": [PartnerRole(role).label for role in entry.roles if role in PartnerRole.values],
        "layers": [Layer(layer).label for layer in entry.layers if layer in Layer.values],
        "families": [label_of(one) for one in entry.families],
        "specialisations": [label_of(one) for one in entry.specialisations],
        "tier": label_of(entry.tier) if entry.tier else "",
    }


def _choices(found: Found) -> list[dict[str, Any]]:
    """The selects above the list, each with what the directory really holds."""
    offers: list[tuple[str, Any, list[tuple[str, Any]]]] = [
        ("layer", _("Technology layer"), [(v, lb) for v, lb in Layer.choices if v in found.layers]),
        ("family", _("Products"), sorted((one["code"], label_of(one)) for one in found.families)),
        ("role", _("Partner role"), [(v, lb) for v, lb in PartnerRole.choices if v in found.roles]),
        ("city", _("City"), [(city, city) for city in found.cities]),
        ("tier", _("Tier"), [(one["code"], label_of(one)) for one in found.tiers]),
        (
            "specialisation",
            _("Specialisation"),
            sorted((one["code"], label_of(one)) for one in found.specialisations),
        ),
    ]
    return [{"name": name, "label": label, "options": options} for name, label, options in offers if options]


@public
@require_GET
def directory(request: HttpRequest) -> HttpResponse:
    """Accredited partners, narrowed by what they sell, what they are, where they are."""
    if not within(request, "directory_read", reads=True):
        return too_many(request)
    operator = request.operator
    wanted = {name: request.GET.get(name, "").strip()[:100].replace("\x00", "") for name in FILTERS}
    page = request.GET.get("page", "1")
    number = int(page) if page.isdecimal() and len(page) < 6 else 1
    found = find_entries(operator, wanted, page=number, size=SIZE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "title": _("Find a partner"),
        "cards": [_card(operator, entry) for entry in found.entries],
        "total": found.total,
        "wanted": wanted,
        "narrowed": any(wanted.values()),
        "choices": _choices(found),
        "page": number,
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if number * SIZE < found.total else None,
        "query": query.urlencode(),
    }
    return render(request, "portal/directory/directory.html", context)


class AskForm(forms.Form):
    """``homepage`` is out of sight: only programs fill it in."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"dir": "auto", "autocomplete": "name"})
    )
    email = forms.CharField(
        label=_("Your e-mail"),
        max_length=254,
        widget=forms.EmailInput({"dir": "ltr", "autocomplete": "email"}),
    )
    company = forms.CharField(
        label=_("Company"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "organization"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=32,
        required=False,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "tel"}),
    )
    city = forms.CharField(
        label=_("City"), max_length=80, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    text = forms.CharField(
        label=_("What do you need?"), max_length=4000, widget=forms.Textarea({"rows": 5, "dir": "auto"})
    )
    homepage = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )


@public
@never_cache
@require_http_methods(["GET", "POST"])
def partner(request: HttpRequest, slug: str) -> HttpResponse:
    """One partner, and the form by which it is asked."""
    if not within(request, "directory_read", reads=True):
        return too_many(request)
    operator = request.operator
    try:
        entry = entry_at(operator, slug)
    except NotFound as error:
        raise Http404 from error
    form = AskForm(request.POST or None)
    if request.method == "POST":
        if not within(request, "directory_ask"):
            return too_many(request)
        if form.is_valid() and _sent(operator, slug, form):
            return HttpResponseRedirect(reverse("directory:sent", args=[slug]))
    context = {
        "title": entry.label(),
        "card": _card(operator, entry),
        "form_html": form_html(form, request),
        "failed": bool(form.errors),
    }
    return render(request, "portal/directory/partner.html", context, status=422 if form.errors else 200)


def _sent(operator: Operator, slug: str, form: AskForm) -> bool:
    """Whether it was passed on. What a program filled in is thrown away and looks the same from outside."""
    data = dict(form.cleaned_data)
    if data.pop("homepage"):
        return True
    try:
        ask(operator, slug, language=language_now(), fields=data)
    except Invalid as error:
        add_errors(form, error)
        return False
    return True


@public
@require_GET
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        entry = entry_at(request.operator, slug)
    except NotFound as error:
        raise Http404 from error
    return render(request, "portal/directory/sent.html", {"title": _("Thank you"), "entry": entry})
