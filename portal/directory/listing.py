"""The partner's own entry and the operator's decision about it."""

from typing import Any, cast

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.selectors import families_for
from common.errors import Conflict, Forbidden, InputError, Invalid
from partners.selectors import own_company
from portal.catalog.columns import choices_of
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import MomentColumn, SharikTable, StateColumn
from portal.workflow.about import about
from programs.directory import listings
from programs.enums import ListingState
from programs.models import DirectoryListing
from programs.training.markup import in_language
from tenancy.actors import Actor
from tenancy.enums import Permission


class ListingForm(forms.Form):
    website = forms.CharField(
        label=_("Website"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "url"}),
    )
    phone = forms.CharField(
        label=_("Phone that everybody may see"),
        required=False,
        max_length=32,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "tel"}),
    )
    families = forms.MultipleChoiceField(
        label=_("Products that you offer"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(actor.operator.languages)
        for code in self.languages:
            language = {"language": dict(settings.LANGUAGES)[code]}
            self.fields[f"text_{code}"] = forms.CharField(
                label=gettext("About your company (%(language)s)") % language,
                required=False,
                max_length=listings.LONGEST,
                widget=forms.Textarea({"rows": 5, "dir": "auto", "lang": code}),
            )
        cast(Any, self.fields["families"]).choices = choices_of(families_for(actor).filter(active=True))
        self.order_fields([*(f"text_{code}" for code in self.languages), "families", "website", "phone"])

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        texts = {code: data[f"text_{code}"] for code in self.languages}
        return {"texts": texts, **{name: data[name] for name in ("website", "phone", "families")}}


class Listing(FormPage):
    title = _("Directory entry")
    subtitle = _("How customers find your company on the public pages. The operator approves what you write.")
    form_class = ListingForm
    permission = Permission.MANAGE_COMPANY
    audience = "partner"
    template_name = "portal/directory/listing.html"
    submit_label = _("Submit")
    success = _("Your entry waits for approval.")
    draft = "directory-entry"
    found: DirectoryListing | None

    def prepare(self) -> None:
        self.found = listings.own_listing(self.actor)

    def form_kwargs(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        if self.found is not None:
            initial = {name: getattr(self.found, name) for name in ("website", "phone", "families")}
            initial |= {f"text_{code}": text for code, text in self.found.texts.items()}
        return {"actor": self.actor, "initial": initial}

    def extra(self) -> dict[str, Any]:
        return {
            "listing": self.found,
            "may_withdraw": self.found is not None and self.found.shown is not None,
            "entitled": listings.is_entitled(own_company(self.actor)),
        }

    def save(self, form: ListingForm) -> str:
        try:
            listings.submit_listing(self.actor, **form.values())
        except InputError as error:
            if error.field == "texts":
                error.at(f"text_{self.actor.operator.main_language}")
            raise
        return reverse("directory:listing")


def listing_state(listing: DirectoryListing) -> tuple[str, Any]:
    return listing.state, ListingState(listing.state).label


class PartnerColumn(tables.Column):  # type: ignore[misc]
    def render(self, record: DirectoryListing) -> str:
        address = reverse("directory:decide", args=[record.pk])
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a>', address, record.partner.label()
        )

    def value(self, record: DirectoryListing) -> str:
        return str(record.partner.label())


class ListingTable(SharikTable):
    partner = PartnerColumn(verbose_name=_("Partner"), order_by="partner__name")
    submitted_at = MomentColumn(verbose_name=_("Submitted"))
    decided_by = tables.Column(verbose_name=_("Decided by"))
    state = StateColumn(verbose_name=_("State"))


class ListingFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(label=_("State"), choices=ListingState.choices, empty_label=_("All"))

    class Meta:
        model = DirectoryListing
        fields: list[str] = []


class ListingList(ListPage):
    title = _("Directory")
    subtitle = _("Who is listed on the public pages, and who wants to be.")
    table_class = ListingTable
    filter_class = ListingFilter
    audience = "staff"
    empty = Empty(
        _("Nobody is listed yet"), _("Partners write their entries; you approve them here."), "address-book"
    )

    def rows(self) -> QuerySet[Any]:
        return listings.listings_for(self.actor).order_by("-submitted_at", "-pk")

    def actions(self) -> list[Action]:
        return [Action(_("Public pages"), reverse("directory:directory"), "external-link", plain=True)]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2, "dir": "auto"})
    )


@member_page(audience="staff")
def decide(request: HttpRequest, listing_id: int) -> HttpResponse:
    """What a partner wrote, beside what is shown now; approved, rejected or taken out."""
    actor = actor_of_request(request)
    listing = listings.listing_by_pk(actor, listing_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _decided(actor, listing, request.POST.get("verb", ""), form.cleaned_data["reason"])
        except (InputError, Conflict, Invalid) as error:
            form.add_error("reason" if getattr(error, "field", "") == "reason" else None, error.message)
        else:
            messages.success(request, _("It was decided."))
            return HttpResponseRedirect(reverse("directory:decide", args=[listing.pk]))
    names = dict(settings.LANGUAGES)
    context = {
        "title": listing.partner.label(),
        "listing": listing,
        "texts": [(names.get(code, code), code, text) for code, text in listing.texts.items()],
        "families": [each.label() for each in families_for(actor).filter(code__in=listing.families)],
        "shown": in_language((listing.shown or {}).get("texts", {}), "", actor.operator.main_language),
        "form": form,
        "waits": listing.state == ListingState.SUBMITTED,
        "entitled": listings.is_entitled(listing.partner),
        "crumbs": [(_("Directory"), reverse("directory:listings"))],
        **about(actor, listing, states=ListingState),
    }
    return render(request, "portal/directory/decide.html", context, status=422 if form.errors else 200)


def _decided(actor: Actor, listing: DirectoryListing, verb: str, reason: str) -> None:
    if verb == "approve":
        listings.approve_listing(actor, listing_id=listing.pk)
    elif verb == "reject":
        listings.reject_listing(actor, listing_id=listing.pk, reason=reason)
    elif verb == "withdraw":
        listings.withdraw_listing(actor, listing_id=listing.pk)
    else:
        raise Conflict()


@require_POST
@member_page(Permission.MANAGE_COMPANY, audience="partner")
def withdraw(request: HttpRequest) -> HttpResponse:
    """Out of the public pages, at the partner's own wish."""
    actor = actor_of_request(request)
    listing = listings.own_listing(actor)
    if listing is None:
        raise Forbidden()
    try:
        with transaction.atomic():
            listings.withdraw_listing(actor, listing_id=listing.pk)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Your company is not listed any more."))
    return HttpResponseRedirect(reverse("directory:listing"))
