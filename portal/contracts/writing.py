"""Programme managers write contracts, publish versions and note what was signed on paper."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from partners.contracts import selectors, services
from partners.contracts.rules import accept_days
from partners.contracts.texts import LONGEST
from partners.models import Contract, ContractVersion
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.onboarding.builder import ChecklistForm
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_PARTNERS


class ContractForm(ChecklistForm):
    """Name, roles and whether it is in use, as a checklist has them."""


class NewContract(FormPage):
    title = _("New contract")
    permission = MANAGE
    form_class = ContractForm
    thing: Contract | None = None

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "thing": self.thing}

    def save(self, form: ContractForm) -> str:
        pk = self.thing.pk if self.thing else None
        saved = services.save_contract(self.actor, contract_id=pk, **form.values())
        return reverse("contracts:contract", args=[saved.pk])

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Contracts")), reverse("contracts:list"))]


class ChangeContract(NewContract):
    title = _("Change the contract")
    success = _("The contract was changed. Its texts are in its versions.")

    def prepare(self) -> None:
        self.thing = selectors.get_contract(self.actor, self.kwargs["pk"])


@require_POST
@member_page(MANAGE)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version, or go on with the one that is begun."""
    version = services.draft_version(actor_of_request(request), contract_id=pk)
    return HttpResponseRedirect(reverse("contracts:version_write", args=[version.pk]))


class VersionForm(forms.Form):
    changes = forms.CharField(
        label=_("What is new"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
        help_text=_("Partners read this above the text."),
    )

    def __init__(self, *args: Any, actor: Actor, version: ContractVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["changes"] = version.changes
        names = dict(settings.LANGUAGES)
        for code in actor.operator.languages:
            self.fields[f"text_{code}"] = forms.CharField(
                label=names[code],
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea({"rows": 16, "dir": "auto", "lang": code}),
                help_text=_("Markdown: # heading, - list, **bold**."),
            )
            self.initial[f"text_{code}"] = version.texts.get(code, "")


class _OfVersion(FormPage):
    permission = MANAGE
    version: ContractVersion

    def prepare(self) -> None:
        self.version = selectors.get_version(self.actor, self.kwargs["pk"])

    def page(self) -> str:
        return reverse("contracts:version", args=[self.version.pk])

    def crumbs(self) -> list[tuple[str, str]]:
        here = reverse("contracts:contract", args=[self.version.contract_id])
        return [(str(_("Contracts")), reverse("contracts:list")), (self.version.contract.label(), here)]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.page()}


class WriteVersion(_OfVersion):
    title = _("Write the text")
    form_class = VersionForm
    success = _("The draft was kept.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "version": self.version}

    def save(self, form: VersionForm) -> str:
        data = form.cleaned_data
        texts = {name[5:]: value for name, value in data.items() if name.startswith("text_")}
        services.write_version(self.actor, version_id=self.version.pk, texts=texts, changes=data["changes"])
        return self.page()


class PublishForm(forms.Form):
    valid_from = DayField(label=_("Valid from"), required=False, help_text=_("Empty: from today on."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["valid_from"]
        day.calendar = actor.operator.days


class PublishVersion(_OfVersion):
    title = _("Publish the version")
    form_class = PublishForm
    submit_label = _("Publish")
    success = _("The version is published, and partners are told.")

    @property
    def subtitle(self) -> Any:  # type: ignore[override]
        return _("It never changes again. Partners have %(days)s days to accept it; then new deals stop.") % {
            "days": accept_days()
        }

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def save(self, form: PublishForm) -> str:
        services.publish_version(
            self.actor, version_id=self.version.pk, valid_from=form.cleaned_data["valid_from"]
        )
        return self.page()


class PaperForm(forms.Form):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
    person = forms.CharField(label=_("Who signed"), max_length=200, widget=forms.TextInput({"dir": "auto"}))
    capacity = forms.CharField(
        label=_("In the capacity of"), required=False, max_length=120, widget=forms.TextInput({"dir": "auto"})
    )


class OnPaper(_OfVersion):
    title = _("Signed on paper")
    subtitle = _("Note who signed for the partner; your name stands with it.")
    form_class = PaperForm
    success = _("The acceptance was noted.")

    def save(self, form: PaperForm) -> str:
        services.record_acceptance(self.actor, version_id=self.version.pk, **form.cleaned_data)
        return reverse("contracts:version_accepted", args=[self.version.pk])
