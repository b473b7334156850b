"""The programme manager's pages: rules of engagement, named accounts, forms, reasons."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import EngagementModel
from catalog.selectors import families_for, segments_for
from catalog.services import values
from common.money import plain
from common.text import slug
from deals import selectors
from deals.enums import Decision, Leads, ReasonKind
from deals.forms import REQUIRABLE
from deals.models import DealForm
from deals.services import rulebook
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodeField
from portal.catalog.pickers import CodePicker
from portal.deals.words import FIELD_WORDS
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from programs.selectors import programme_label, programmes_for
from tenancy.actors import Actor
from tenancy.enums import Permission

RULES = Permission.MANAGE_DEAL_RULES
ANY = [("", _("Any"))]


@member_page(RULES)
def rules(request: HttpRequest) -> HttpResponse:
    """Everything that decides beforehand, on one page."""
    actor = actor_of_request(request)
    context = {
        "title": _("Rules of engagement"),
        "subtitle": _("Who leads a sale, whose accounts are whose, and what a registration must hold."),
        "rules": selectors.rules_for(actor),
        "accounts": selectors.accounts_for(actor),
        "forms": [
            {
                "form": form,
                "programme": programme_label(form.programme),
                "required": [FIELD_WORDS[name] for name in form.required if name in FIELD_WORDS],
            }
            for form in selectors.forms_for(actor)
        ],
        "reasons": selectors.own_reasons(actor),
    }
    return render(request, "portal/deals/rules.html", context)


class _Page(FormPage):
    permission = RULES

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Rules of engagement")), reverse("deals:rules"))]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("deals:rules")}

    def save(self, form: Any) -> str:
        form.write(self.actor)
        return reverse("deals:rules")


class _Form(forms.Form):
    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(actor)

    def offer(self, actor: Actor) -> None:
        """Set the choices that depend on the operator's data."""

    def choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


class RuleForm(_Form):
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    family = forms.ChoiceField(label=_("Family"), required=False)
    product = CodeField(label=_("Product"), required=False, widget=CodePicker("products"))
    leads = forms.ChoiceField(label=_("Who leads"), choices=Leads.choices)
    on_conflict = forms.ChoiceField(
        label=_("A partner registers a named account"),
        choices=[
            (Decision.CO_SELL, Decision.CO_SELL.label),
            (Decision.REFUSE, Decision.REFUSE.label),
            (Decision.GO_ON, Decision.GO_ON.label),
        ],
    )

    def offer(self, actor: Actor) -> None:
        self.choose("segment", [*ANY, *choices_of(segments_for(actor))])
        self.choose("family", [*ANY, *choices_of(families_for(actor))])

    def write(self, actor: Actor) -> None:
        rulebook.save_rule(actor, **self.cleaned_data)


class NewRule(_Page):
    title = _("New rule of engagement")
    subtitle = _("The most exact rule counts: product before family before segment.")
    form_class = RuleForm
    success = _("The rule holds from now on.")


class AccountForm(_Form):
    customer = CodeField(label=_("Customer"), widget=CodePicker("customers"))
    seller_id = forms.TypedChoiceField(label=_("Direct seller"), coerce=int)
    families = forms.MultipleChoiceField(
        label=_("Only for these families"), required=False, widget=forms.CheckboxSelectMultiple
    )
    domains = forms.CharField(
        label=_("Web domains"), required=False, help_text=_("With commas between them."),
        widget=forms.TextInput({"dir": "ltr"}),
    )  # fmt: skip
    phone = forms.CharField(label=_("Phone"), required=False, widget=forms.TextInput({"dir": "ltr"}))
    city = forms.CharField(label=_("City"), required=False, widget=forms.TextInput({"dir": "auto"}))

    def offer(self, actor: Actor) -> None:
        sellers = [(str(member.pk), member.name) for member in selectors.direct_sellers(actor)]
        self.choose("seller_id", [("", "---------"), *sellers])
        self.choose("families", choices_of(families_for(actor)))

    def write(self, actor: Actor) -> None:
        data = self.cleaned_data
        domains = [part.strip() for part in data["domains"].replace("،", ",").split(",") if part.strip()]
        rulebook.save_account(actor, **{**data, "domains": domains})


class NewAccount(_Page):
    title = _("Named account")
    subtitle = _("A customer that direct sales looks after.")
    form_class = AccountForm
    success = _("The account was saved.")


class EvidenceForm(_Form):
    engagement_model = forms.ChoiceField(
        label=_("Engagement model"), required=False, choices=[*ANY, *EngagementModel.choices]
    )
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    required_fields = forms.MultipleChoiceField(
        label=_("Required fields"), required=False, widget=forms.CheckboxSelectMultiple
    )
    evidence = forms.CharField(
        label=_("Required files"),
        required=False,
        help_text=_("What each is, one on a line. The partner chooses it when adding the file."),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    auto_limit = forms.CharField(
        label=_("Approve without conflict up to"),
        required=False,
        help_text=_("Empty: a person always decides."),
        widget=forms.TextInput({"dir": "ltr", "inputmode": "decimal"}),
    )

    def offer(self, actor: Actor) -> None:
        self.choose("programme", [*ANY, *choices_of(programmes_for(actor).filter(active=True))])
        self.choose("required_fields", [(name, FIELD_WORDS[name]) for name in REQUIRABLE])

    def write(self, actor: Actor) -> None:
        data = self.cleaned_data
        names = {
            slug(line, 40): line.strip()[:80] for line in data["evidence"].splitlines() if slug(line, 40)
        }
        rulebook.save_form(
            actor,
            engagement_model=data["engagement_model"],
            programme=data["programme"],
            required=data["required_fields"],
            evidence=[{"code": code, "name": name} for code, name in names.items()],
            auto_limit=values.price(data["auto_limit"]),
        )


class NewForm(_Page):
    title = _("What a registration must hold")
    subtitle = _("For one engagement model and programme, or for all. An older one for the same gives way.")
    form_class = EvidenceForm
    success = _("The form holds for new submissions.")

    def form_kwargs(self) -> dict[str, Any]:
        """``?form=``: begin with what this one asks for."""
        chosen = self.request.GET.get("form", "")
        row = selectors.forms_for(self.actor).filter(pk=int(chosen)).first() if chosen.isdecimal() else None
        return {**super().form_kwargs(), "initial": _asked(row) if row else {}}


def _asked(row: DealForm) -> dict[str, Any]:
    return {
        "engagement_model": row.engagement_model,
        "programme": row.programme,
        "required_fields": row.required,
        "evidence": "\n".join(each["name"] for each in row.evidence),
        "auto_limit": "" if row.auto_limit is None else plain(row.auto_limit),
    }


class ReasonForm(_Form):
    kind = forms.ChoiceField(label=_("Used for"), choices=ReasonKind.choices)
    code = CodeField(label=_("Code"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput({"dir": "auto"}))
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def write(self, actor: Actor) -> None:
        rulebook.save_reason(actor, **self.cleaned_data)


class NewReason(_Page):
    title = _("Reason")
    subtitle = _("One of your own, or new words for one of ours by its code.")
    form_class = ReasonForm
    success = _("The reason was saved.")


@require_POST
@member_page(RULES)
def end_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    rulebook.end_rule(actor_of_request(request), rule_id=rule_id)
    messages.success(request, _("The rule no longer holds."))
    return HttpResponseRedirect(reverse("deals:rules"))


@require_POST
@member_page(RULES)
def end_form(request: HttpRequest, form_id: int) -> HttpResponse:
    rulebook.end_form(actor_of_request(request), form_id=form_id)
    messages.success(request, _("Nothing of it is asked for any more."))
    return HttpResponseRedirect(reverse("deals:rules"))


@require_POST
@member_page(RULES)
def end_account(request: HttpRequest, account_id: int) -> HttpResponse:
    rulebook.end_account(actor_of_request(request), account_id=account_id)
    messages.success(request, _("This is no named account any more."))
    return HttpResponseRedirect(reverse("deals:rules"))
