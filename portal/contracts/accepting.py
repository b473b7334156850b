"""Reading a version, accepting it, and the proof."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError
from partners.contracts import selectors, services
from partners.contracts.proof import proof_pdf
from partners.contracts.texts import html_of
from partners.models import ContractAcceptance, ContractVersion
from portal.onboarding.card import card_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import add_errors
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_ONBOARDING


class AcceptForm(forms.Form):
    """``sha256`` and ``language`` name what stands on the screen."""

    capacity = forms.CharField(
        label=_("What you are in the company"),
        max_length=120,
        help_text=_("For example: managing director."),
        widget=forms.TextInput({"dir": "auto"}),
    )
    agreed = forms.BooleanField(label=_("I have read the contract and accept it for my company."))
    sha256 = forms.CharField(widget=forms.HiddenInput)
    language = forms.CharField(widget=forms.HiddenInput)


@member_page(VIEW)
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """The text in the reader's language, or that of ``?language=``."""
    actor = actor_of_request(request)
    return _page(request, actor, selectors.get_version(actor, pk), None)


def _language(request: HttpRequest, found: ContractVersion, actor: Actor) -> str:
    wanted = [request.GET.get("language", ""), request.POST.get("language", ""), (get_language() or "")[:2]]
    known = [code for code in (*wanted, actor.operator.main_language, *found.texts) if code in found.texts]
    return known[0] if known else actor.operator.main_language


def _page(
    request: HttpRequest, actor: Actor, found: ContractVersion, refused: AcceptForm | None
) -> HttpResponse:
    language = _language(request, found, actor)
    names = dict(settings.LANGUAGES)
    acceptance = _own(actor, found)
    first = {"sha256": found.hashes.get(language, ""), "language": language}
    signs = actor.is_partner and actor.can(Permission.MANAGE_COMPANY) and acceptance is None
    context = {
        "title": found.contract.label(),
        "version": found,
        "text": html_of(found.texts.get(language, "")),
        "language": language,
        "languages": [(code, names[code]) for code in found.texts if code in names],
        "hash": found.hashes.get(language, ""),
        "acceptance": acceptance,
        "form": (refused or AcceptForm(initial=first)) if signs and found.published_at else None,
        "may_write": actor.is_staff and actor.can(Permission.MANAGE_PARTNERS),
        "staff": actor.is_staff,
        "crumbs": [
            (_("Contracts"), reverse("contracts:list")),
            (found.contract.label(), reverse("contracts:contract", args=[found.contract_id])),
        ],
    }
    return render(request, "portal/contracts/version.html", context, status=422 if refused else 200)


def _own(actor: Actor, found: ContractVersion) -> ContractAcceptance | None:
    if not actor.is_partner:
        return None
    return selectors.acceptances_for(actor).filter(version=found, partner_id=actor.partner_id or 0).first()


@require_POST
@member_page(VIEW, audience="partner")
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept what was read; refused, the page comes back with the text that is there now."""
    actor = actor_of_request(request)
    found = selectors.get_version(actor, pk)
    form = AcceptForm(data=request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                done = _accept(request, actor, found, form)
            return HttpResponseRedirect(reverse("contracts:proof", args=[done.pk]))
        except (InputError, Conflict) as error:
            add_errors(form, error)
    return _page(request, actor, found, form)


def _accept(request: HttpRequest, actor: Actor, found: ContractVersion, form: AcceptForm) -> Any:
    data = form.cleaned_data
    return services.accept_version(
        actor,
        version_id=found.pk,
        sha256=data["sha256"],
        language=data["language"],
        capacity=data["capacity"],
        address=get_adapter().get_client_ip(request),
    )


@member_page(VIEW)
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Who accepted what, when and from where."""
    actor = actor_of_request(request)
    found = selectors.get_acceptance(actor, pk)
    context = {
        "title": _("Proof of acceptance"),
        "acceptance": found,
        "version": found.version,
        "own": actor.partner_id == found.partner_id and card_of(actor, found.partner, running=True),
        "crumbs": [(_("Contracts"), reverse("contracts:list"))],
    }
    return render(request, "portal/contracts/proof.html", context)


@member_page(VIEW)
def proof_document(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a PDF, with the text."""
    language = request.GET.get("language") or get_language() or "en"
    if language not in dict(settings.LANGUAGES):
        raise Http404
    made = proof_pdf(actor_of_request(request), pk, language)
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="contract-{pk}.pdf"'},
    )
