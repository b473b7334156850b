"""The form of a registration: kept while it is typed, checked before it is submitted, filled from a known customer."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import EngagementModel
from catalog.selectors import get_customer, segments_for
from common.errors import Conflict, DomainError, InputError, Invalid, NotFound
from common.money import plain
from deals import selectors
from deals.enums import DealState
from deals.forms import form_for
from deals.models import Deal
from deals.services.drafts import change_draft, create_draft
from deals.services.precheck import PrecheckLimit, precheck
from deals.services.submission import change_asked, submit_deal
from partners.onboarding import may_register_deals
from partners.selectors import own_company, reps_for
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.deals.steps import product_choices
from portal.deals.words import FIELD_WORDS
from portal.shell.access import actor_of_request, member_page
from tenancy.actors import Actor
from tenancy.enums import Permission

REGISTER = Permission.REGISTER_DEALS
AUTO, LTR = {"dir": "auto"}, {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
CUSTOMER = (
    "customer_name", "legal_id", "country", "customer_number", "domain", "city",
    "contact_name", "contact_email", "contact_phone",
)  # fmt: skip
LINE = ("product", "quantity", "amount", "monthly", "term_months")
ROWS = 2


class RegistrationForm(forms.Form):
    """Reads nothing itself: the services say what is wrong, each at its field."""

    customer_name = forms.CharField(label=_("Company"), required=False, widget=forms.TextInput(AUTO))
    legal_id = forms.CharField(label=_("Legal id"), required=False, widget=forms.TextInput(LTR))
    country = forms.CharField(
        label=_("Country"), required=False, max_length=2, help_text=_("Two letters, as in IR or AE."),
        widget=forms.TextInput(LTR),
    )  # fmt: skip
    customer_number = forms.CharField(label=_("Customer number"), required=False, widget=forms.TextInput(LTR))
    domain = forms.CharField(label=_("Web domain"), required=False, widget=forms.TextInput(LTR))
    city = forms.CharField(label=_("City"), required=False, widget=forms.TextInput(AUTO))
    territory = CodeField(label=_("Territory"), required=False, widget=CodePicker("territories"))
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    contact_name = forms.CharField(label=_("Contact"), required=False, widget=forms.TextInput(AUTO))
    contact_email = forms.CharField(label=_("Contact's e-mail"), required=False, widget=forms.EmailInput(LTR))
    contact_phone = forms.CharField(label=_("Contact's phone"), required=False, widget=forms.TextInput(LTR))
    engagement_model = forms.ChoiceField(
        label=_("Engagement model"), choices=EngagementModel.choices, required=False
    )
    programme = CodeField(label=_("Programme"), required=False)
    rep = forms.ChoiceField(label=_("Rep"), required=False)
    expected_close = DayField(label=_("Expected close"), required=False)
    description = forms.CharField(
        label=_("What it is about"), required=False, widget=forms.Textarea({"rows": 3, **AUTO})
    )
    presales_text = forms.CharField(
        label=_("Pre-sales work done"),
        required=False,
        help_text=_("One step on a line, the day first: 2026-05-01 Visit with demo."),
        widget=forms.Textarea({"rows": 3, **AUTO}),
    )
    competitor = forms.CharField(label=_("Competitor"), required=False, widget=forms.TextInput(AUTO))
    mdf_used = forms.BooleanField(label=_("Marketing funds were used"), required=False)
    help_wanted = forms.CharField(
        label=_("Help wanted"), required=False, widget=forms.Textarea({"rows": 2, **AUTO})
    )
    partner = CodeField(label=_("Partner"), required=False, widget=CodePicker("partners"))

    def __init__(self, *args: Any, actor: Actor, deal: Deal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["expected_close"]
        day.calendar = actor.operator.days
        segments: Any = self.fields["segment"]
        segments.choices = [("", "---------"), *choices_of(segments_for(actor))]
        reps: Any = self.fields["rep"]
        found = reps_for(actor).filter(active=True)
        owner = deal.partner_id if deal else actor.partner_id
        reps.choices = [("", "---------"), *choices_of(found.filter(partner_id=owner or 0))]
        if actor.is_partner or deal is not None:
            del self.fields["partner"]

    @property
    def customer_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in CUSTOMER]


def _initial(deal: Deal) -> dict[str, Any]:
    names = [name for name in RegistrationForm.base_fields if hasattr(deal, name)]
    values = {name: getattr(deal, name) for name in names}
    refs = {name: getattr(values[name], "code", "") for name in ("territory", "segment", "rep")}
    steps = [f"{row['day']} {row['text']}" for row in deal.presales or []]
    return values | refs | {"presales_text": "\n".join(steps)}


def _rows(deal: Deal | None) -> list[dict[str, Any]]:
    """The lines as they stand in the form, and empty rows behind them."""
    rows = []
    for line in selectors.lines_of(deal) if deal else ():
        figures = {"quantity": line.quantity, "amount": line.one_off, "monthly": line.monthly}
        shown = {name: plain(value) if value else "" for name, value in figures.items()}
        rows.append({"product": line.product.code, "term_months": line.term_months or "", **shown})
    return rows + [{} for _ in range(max(ROWS - len(rows), 0))]


def _sent_rows(data: QueryDict) -> list[dict[str, str]]:
    columns = [data.getlist(f"line-{name}") for name in LINE]
    return [dict(zip(LINE, row, strict=True)) for row in zip(*columns, strict=False)]


def _given(data: QueryDict, form: RegistrationForm) -> dict[str, Any]:
    """What was typed, as the services take it; day and number stay texts where the form could not read them."""
    clean = getattr(form, "cleaned_data", {})
    given = {
        name: clean.get(name, data.get(name, ""))
        for name in form.fields
        if name not in ("partner", "presales_text")
    }
    given["mdf_used"] = bool(data.get("mdf_used"))
    given["lines"] = [row for row in _sent_rows(data) if row["product"]]
    given["presales"] = _presales(data.get("presales_text", ""))
    return given


def _presales(text: str) -> list[dict[str, str]]:
    steps = [line.strip().partition(" ") for line in text.splitlines() if line.strip()]
    return [{"day": day, "text": words.strip()} for day, _space, words in steps]


def _draft_key(request: HttpRequest) -> str:
    """What the form is called: all that one open form sends is one draft, whatever arrives first."""
    sent = request.POST.get("draft_key", "")
    return sent if len(sent) <= 40 and sent.isalnum() else ""


def _page(
    request: HttpRequest,
    actor: Actor,
    deal: Deal | None,
    form: RegistrationForm,
    rows: list[Any],
    status: int,
    problems: Mapping[int, list[str]] | None = None,
) -> HttpResponse:
    model = deal.engagement_model if deal else EngagementModel.SELL_TO
    context = {
        "title": _("Register a deal") if deal is None else deal.ref,
        "deal": deal,
        "draft_key": _draft_key(request) or uuid4().hex,
        "form": form,
        "rows": _with_problems(rows, problems or {}),
        "products": product_choices(actor),
        "known": selectors.customers_of(actor) if actor.is_partner else [],
        "evidence": form_for(model, deal.programme if deal else "").evidence,
        "only": deal.asked_fields if deal and deal.state == DealState.INFORMATION_REQUIRED else None,
        "contract_waits": actor.is_partner and not may_register_deals(own_company(actor)),
        "crumbs": [(_("Deals"), reverse("deals:list"))],
    }
    return render(request, "portal/deals/register.html", context, status=status)


def _with_problems(rows: list[Any], problems: Mapping[int, list[str]]) -> list[dict[str, Any]]:
    """Rows with what stands against each; services count only those that name a product."""
    found, place = [], 0
    for row in rows:
        named = bool(row.get("product"))
        found.append({"values": row, "problems": problems.get(place, []) if named else []})
        place += named
    return found


@member_page(REGISTER)
def new(request: HttpRequest) -> HttpResponse:
    """An empty form; what is typed becomes a draft."""
    actor = actor_of_request(request)
    if request.method == "POST":
        return _save(request, actor, None)
    form = RegistrationForm(actor=actor, initial={"engagement_model": EngagementModel.SELL_TO})
    return _page(request, actor, None, form, _rows(None), 200)


@member_page(REGISTER)
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """A draft, or the answer to a question."""
    actor = actor_of_request(request)
    deal = selectors.get_deal(actor, ref)
    if deal.state not in (DealState.DRAFT, DealState.INFORMATION_REQUIRED):
        return HttpResponseRedirect(reverse("deals:deal", args=[ref]))
    if request.method == "POST":
        return _save(request, actor, deal)
    return _page(
        request,
        actor,
        deal,
        RegistrationForm(actor=actor, deal=deal, initial=_initial(deal)),
        _rows(deal),
        200,
    )


def _save(request: HttpRequest, actor: Actor, deal: Deal | None) -> HttpResponse:
    """Keep what was typed, then submit it where that was asked. What could be kept stays kept when submitting is refused."""
    if deal is None and request.POST.get("ref"):
        deal = selectors.get_deal(actor, request.POST["ref"])
    form = RegistrationForm(data=request.POST, actor=actor, deal=deal)
    form.is_valid()
    try:
        with transaction.atomic():
            deal = _store(request, actor, deal, form)
        if request.POST.get("then") == "submit":
            with transaction.atomic():
                deal = submit_deal(actor, ref=deal.ref)
    except (InputError, Conflict, Invalid) as error:
        problems = _blame(form, error)
        return _page(request, actor, deal, form, _sent_rows(request.POST), 422, problems)
    if request.POST.get("then") == "submit":
        messages.success(request, _("Submitted: %(state)s.") % {"state": DealState(deal.state).label})
    else:
        messages.success(request, _("The draft was saved."))
    return HttpResponseRedirect(reverse("deals:deal", args=[deal.ref]))


def _store(request: HttpRequest, actor: Actor, deal: Deal | None, form: RegistrationForm) -> Deal:
    given = _given(request.POST, form)
    if deal is None:
        return create_draft(
            actor, fields=given, partner=request.POST.get("partner", ""), draft_key=_draft_key(request)
        )
    version = int(request.POST["version"]) if request.POST.get("version", "").isdigit() else None
    if deal.state == DealState.INFORMATION_REQUIRED:
        asked = {name: value for name, value in given.items() if name in deal.asked_fields}
        return change_asked(actor, ref=deal.ref, fields=asked, version=version) if asked else deal
    return change_draft(actor, ref=deal.ref, fields=given, version=version)


def _blame(form: forms.Form, error: DomainError) -> dict[int, list[str]]:
    """Put every refusal at its field; what is about a product's line comes back by the line's place."""
    lines: dict[int, list[str]] = {}
    for one in error.errors if isinstance(error, Invalid) else [error]:
        field = "presales_text" if one.field == "presales" else one.field
        head, _dot, rest = (field or "").partition(".")
        place = rest.partition(".")[0]
        if head == "lines" and place.isdigit():
            lines.setdefault(int(place), []).append(one.message)
        elif field in form.fields:
            form.add_error(field, one.message)
        else:
            name = FIELD_WORDS.get(head)
            form.add_error(None, f"{name}: {one.message}" if name else one.message)
    if lines:
        form.add_error(None, _("Look at the products: something is wrong with a line."))
    return lines


@require_POST
@member_page(REGISTER)
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a draft while it is typed: what can be read is stored, the rest waits. Answers the draft's number."""
    actor = actor_of_request(request)
    ref, deal = request.POST.get("ref", ""), None
    if ref:
        deal = selectors.get_deal(actor, ref)
        if deal.state != DealState.DRAFT:
            return HttpResponse(status=204)
    form = RegistrationForm(data=request.POST, actor=actor, deal=deal)
    form.is_valid()
    given = {name: value for name, value in _given(request.POST, form).items() if name not in form.errors}
    try:
        with transaction.atomic():
            if deal is None:
                if not given["customer_name"] and not given["lines"]:
                    return HttpResponse(status=204)
                deal = create_draft(
                    actor,
                    fields=given,
                    partner=request.POST.get("partner", ""),
                    draft_key=_draft_key(request),
                    lenient=True,
                )
            else:
                version = int(request.POST["version"]) if request.POST.get("version", "").isdigit() else None
                deal = change_draft(actor, ref=ref, fields=given, version=version, lenient=True)
    except (InputError, Conflict, Invalid) as error:
        return render(request, "portal/deals/kept.html", {"problem": error.message, "deal": deal})
    return render(request, "portal/deals/kept.html", {"deal": deal})


@require_POST
@member_page(REGISTER)
def check(request: HttpRequest) -> HttpResponse:
    """The check before submitting, as a part of the page: one of three answers, all drawn alike."""
    actor = actor_of_request(request)
    names = ("customer_name", "legal_id", "country", "customer_number", "domain", "city", "contact_phone")
    asked = {name: request.POST.get(name, "") for name in names}
    products = [row["product"] for row in _sent_rows(request.POST) if row["product"]]
    try:
        answer = precheck(actor, customer=asked, products=products)
    except (InputError, Invalid) as error:
        return render(request, "portal/deals/checked.html", {"problem": error.message})
    problem = PrecheckLimit().message if answer.refused else ""
    return render(request, "portal/deals/checked.html", {"answer": answer, "problem": problem})


@member_page(REGISTER)
def line(request: HttpRequest) -> HttpResponse:
    """One more empty row of products."""
    context = {"row": {"values": {}}, "products": product_choices(actor_of_request(request))}
    return render(request, "portal/deals/line.html", context)


@member_page(REGISTER)
def customer(request: HttpRequest) -> HttpResponse:
    """The customer's fields, filled from an own earlier deal (partners) or from the catalogue (staff)."""
    actor = actor_of_request(request)
    known = request.GET.get("known", "").strip()
    try:
        values = _known(actor, known) if known else {}
    except NotFound:
        values = {}
    form = RegistrationForm(actor=actor, initial=values)
    return render(request, "portal/deals/customer_fields.html", {"form": form})


def _known(actor: Actor, known: str) -> Mapping[str, Any]:
    if actor.is_partner:
        deal = selectors.get_deal(actor, known)
        return {name: getattr(deal, name) for name in CUSTOMER}
    found = get_customer(actor, known)
    return {
        "customer_name": found.name,
        "legal_id": found.legal_id,
        "country": found.country,
        "customer_number": found.code,
    }
