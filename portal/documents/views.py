"""The document vault: the list, a new document, and its page with what the operator decides."""

from datetime import timedelta
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError, Invalid, NotFound
from partners.documents import selectors, services
from partners.documents.enums import DocumentKind, DocumentState
from partners.documents.rules import WARNING_DAYS, may_add, may_check, may_refuse, may_withdraw
from partners.models import PartnerDocument
from partners.selectors import get_partner, own_company
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage, add_errors
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import CodeColumn, DayColumn, SharikTable, StateColumn
from portal.workflow.about import about
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.filetypes import ACCEPTED

VIEW = Permission.VIEW_ONBOARDING
KINDS = {"valid": "good", "submitted": "busy", "refused": "bad", "expired": "bad"}


def state_of(document: PartnerDocument) -> tuple[str, str]:
    return document.state, str(DocumentState(document.state).label)


class _KindColumn(tables.Column):  # type: ignore[misc]
    def render(self, record: Any) -> str:
        address = reverse("documents:document", args=[record.pk])
        return format_html(
            '<a href="{}">{}</a><div class="row-sub" dir="auto">{}</div>',
            address,
            record.get_kind_display(),
            record.title,
        )

    def value(self, record: Any) -> str:
        return str(record.get_kind_display())


class _PartnerColumn(tables.Column):  # type: ignore[misc]
    def render(self, record: Any) -> str:
        return format_html("<bdi>{}</bdi>", record.partner.label())

    def value(self, record: Any) -> str:
        return str(record.partner.label())


class DocumentTable(SharikTable):
    kind = _KindColumn(verbose_name=_("Document"))
    partner = _PartnerColumn(verbose_name=_("Partner"), order_by="partner__name")
    number = CodeColumn(verbose_name=_("Number"))
    issuer = tables.Column(verbose_name=_("Issued by"))
    valid_from = DayColumn(verbose_name=_("Valid from"))
    valid_until = DayColumn(verbose_name=_("Valid until"))
    state = StateColumn(verbose_name=_("State"), state=state_of, order_by="state")


class DocumentFilter(filters.FilterSet):  # type: ignore[misc]
    kind = filters.ChoiceFilter(label=_("Kind"), choices=DocumentKind.choices, empty_label=_("All"))
    state = filters.ChoiceFilter(label=_("State"), choices=DocumentState.choices, empty_label=_("All"))
    ends = filters.ChoiceFilter(
        label=_("Ends"),
        method="by_end",
        choices=[("soon", _("within 90 days"))],
        empty_label=_("At any time"),
    )
    partner = filters.CharFilter(
        label=_("Partner"), field_name="partner__code", widget=CodePicker("partners")
    )

    class Meta:
        model = PartnerDocument
        fields: list[str] = []

    def by_end(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = selectors.today_of(actor_of_request(self.request))
        limit = today + timedelta(days=max(WARNING_DAYS))
        return rows.filter(state=DocumentState.VALID, valid_until__lte=limit).order_by("valid_until")


class DocumentList(ListPage):
    title = _("Documents")
    subtitle = _("Licences, certificates and other papers, with their validity.")
    table_class = DocumentTable
    filter_class = DocumentFilter
    permission = VIEW
    export_name = "documents"
    empty = Empty(
        _("No documents yet"), _("Add the licence first."), "files", "documents:new", _("Add a document")
    )

    def rows(self) -> QuerySet[Any]:
        return selectors.documents_for(self.actor)

    def actions(self) -> list[Action]:
        if self.actor.is_staff and not self.actor.can(Permission.MANAGE_ONBOARDING):
            return []
        return [Action(_("Add a document"), reverse("documents:new"))]


class DocumentForm(forms.Form):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices)
    title = forms.CharField(
        label=_("Title"), required=False, max_length=200, widget=forms.TextInput({"dir": "auto"})
    )
    number = forms.CharField(
        label=_("Number"), required=False, max_length=80, widget=forms.TextInput({"dir": "ltr"})
    )
    issuer = forms.CharField(
        label=_("Issued by"), required=False, max_length=200, widget=forms.TextInput({"dir": "auto"})
    )
    valid_from = DayField(label=_("Valid from"), required=False)
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("You are reminded 90, 60, 30 and 7 days before.")
    )
    file = forms.FileField(
        label=_("File"), max_length=255, widget=forms.FileInput({"accept": ",".join(ACCEPTED)})
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("valid_from", "valid_until"):
            field: Any = self.fields[name]
            field.calendar = actor.operator.days
        if actor.is_partner:
            del self.fields["partner"]


class NewDocument(FormPage):
    title = _("Add a document")
    permission = VIEW
    form_class = DocumentForm
    submit_label = _("Add")
    success = _("The document was added; it is being checked.")

    def prepare(self) -> None:
        if self.actor.is_staff:
            self.actor.require(Permission.MANAGE_ONBOARDING)

    def form_kwargs(self) -> dict[str, Any]:
        asked = {name: self.request.GET[name] for name in ("kind", "partner") if name in self.request.GET}
        return {"actor": self.actor, "initial": asked}

    def save(self, form: DocumentForm) -> str:
        data = dict(form.cleaned_data)
        file = data.pop("file")
        code = data.pop("partner", "") or own_company(self.actor).code
        try:
            partner = get_partner(self.actor, code)
        except NotFound:
            raise InputError(
                "unknown_code", _("There is no “%(code)s”."), "partner", {"code": code}
            ) from None
        found = services.add_document(
            self.actor, partner=partner.code, file_name=file.name, chunks=file.chunks(), **data
        )
        return reverse("documents:document", args=[found.pk])

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Documents")), reverse("documents:list"))]


class AcceptForm(forms.Form):
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("Correct it where it is wrong.")
    )

    def __init__(self, *args: Any, actor: Actor, document: PartnerDocument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["valid_until"]
        day.calendar = actor.operator.days
        self.initial["valid_until"] = document.valid_until


class RefuseForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong"), max_length=1000, widget=forms.Textarea({"rows": 2, "dir": "auto"})
    )

    def __init__(self, *args: Any, actor: Actor, document: PartnerDocument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class PlainForm(forms.Form):
    def __init__(self, *args: Any, actor: Actor, document: PartnerDocument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


#: Verb -> who may, its words, icon, form and service; the first one is the main one.
VERBS: dict[str, tuple[Any, Any, str, Any, Any]] = {
    "accept": (may_check, _("It is valid"), "check", AcceptForm, services.accept_document),
    "refuse": (may_refuse, _("Refuse"), "x", RefuseForm, services.refuse_document),
    "withdraw": (may_withdraw, _("Take it back"), "arrow-back-up", PlainForm, services.withdraw_document),
}


@member_page(VIEW)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A document with its file, its validity and its history."""
    actor = actor_of_request(request)
    return _page(request, actor, selectors.get_document(actor, pk), None)


def _page(
    request: HttpRequest, actor: Actor, found: PartnerDocument, refused: tuple[str, forms.Form] | None
) -> HttpResponse:
    left = (found.valid_until - selectors.today_of(actor)).days if found.valid_until else None
    context = {
        "title": found.title or found.get_kind_display(),
        "document": found,
        "state": (*state_of(found), KINDS.get(found.state, "plain")),
        "left": left,
        "soon": left is not None and left <= max(WARNING_DAYS) and found.state == DocumentState.VALID,
        "verbs": _verbs(actor, found, refused),
        "may_add": may_add(actor, found.partner_id),
        "crumbs": [(_("Documents"), reverse("documents:list"))],
        **about(actor, found, states=DocumentState),
    }
    return render(request, "portal/documents/document.html", context, status=422 if refused else 200)


def _verbs(
    actor: Actor, found: PartnerDocument, refused: tuple[str, forms.Form] | None
) -> list[dict[str, Any]]:
    rows = []
    for name, (may, label, icon, form_class, _service) in VERBS.items():
        if may(actor, found):
            again = refused is not None and refused[0] == name
            form = refused[1] if refused and again else _form(form_class, name, actor, found)
            rows.append(
                {
                    "name": name,
                    "label": label,
                    "icon": icon,
                    "form": form,
                    "open": again,
                    "main": name == "accept",
                }
            )
    return rows


def _form(form_class: Any, verb: str, actor: Actor, found: PartnerDocument, **given: Any) -> forms.Form:
    made: forms.Form = form_class(actor=actor, document=found, auto_id=f"id_{verb}_%s", **given)
    return made


@require_POST
@member_page(VIEW)
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Decide; refused, the page comes back with what was typed."""
    actor = actor_of_request(request)
    found = selectors.get_document(actor, pk)
    if verb not in VERBS:
        raise Http404
    _may, _label, _icon, form_class, service = VERBS[verb]
    form = _form(form_class, verb, actor, found, data=request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                service(actor, document_id=pk, **form.cleaned_data)
        except (InputError, Conflict, Invalid) as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Thank you, it is noted."))
            return HttpResponseRedirect(reverse("documents:document", args=[pk]))
    return _page(request, actor, selectors.get_document(actor, pk), (verb, form))
