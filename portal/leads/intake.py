"""Entering a lead by hand, also on behalf of a partner."""

from typing import Any

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel, Layer
from catalog.selectors import segments_for
from common.errors import Conflict, NotFound
from deals.selectors import usual_country
from marketing.enums import Need, SizeBand, Timing
from marketing.leads.capture import Captured, capture_lead
from marketing.leads.selectors import get_lead
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodeField
from portal.catalog.pickers import CodePicker
from portal.deals.steps import product_choices
from portal.leads.words import FIELD_WORDS
from portal.shell.forms import FormPage
from tenancy.actors import Actor
from tenancy.enums import Permission

AUTO, LTR = {"dir": "auto"}, {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
NONE = ("", "---------")
WHO = ("person", "company", "phone", "email", "legal_id", "country", "domain", "city", "street", "postcode")
WISH = ("need", "timing", "product", "layer", "segment", "territory", "size", "engagement_model")


def _line(name: str, attrs: dict[str, str]) -> forms.CharField:
    return forms.CharField(label=FIELD_WORDS[name], required=False, widget=forms.TextInput(attrs))


def _choice(name: str, choices: Any = None) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=FIELD_WORDS[name], required=False, choices=[NONE, *choices.choices] if choices else ()
    )


class LeadForm(forms.Form):
    """Reads nothing itself: the service says what is wrong, each at its field."""

    person = _line("person", AUTO)
    company = _line("company", AUTO)
    phone = _line("phone", LTR)
    email = _line("email", LTR)
    legal_id = _line("legal_id", LTR)
    country = forms.CharField(
        label=FIELD_WORDS["country"], required=False, max_length=2, help_text=_("Two letters, as in IR or AE."),
        widget=forms.TextInput(LTR),
    )  # fmt: skip
    domain = _line("domain", LTR)
    city = _line("city", AUTO)
    street = _line("street", AUTO)
    postcode = _line("postcode", LTR)
    text = forms.CharField(
        label=FIELD_WORDS["text"], required=False, widget=forms.Textarea({"rows": 3, **AUTO}),
        help_text=_("Not seen by a partner before it accepts."),
    )  # fmt: skip
    need = _choice("need", Need)
    timing = _choice("timing", Timing)
    product = _choice("product")
    layer = forms.ChoiceField(
        label=FIELD_WORDS["layer"], required=False, choices=[NONE, *Layer.choices],
        help_text=_("Where no product is known yet."),
    )  # fmt: skip
    segment = _choice("segment")
    territory = CodeField(label=FIELD_WORDS["territory"], required=False, widget=CodePicker("territories"))
    size = _choice("size", SizeBand)
    engagement_model = _choice("engagement_model", EngagementModel)
    customer = CodeField(label=FIELD_WORDS["customer"], required=False, widget=CodePicker("customers"))
    partner = CodeField(
        label=_("On behalf of partner"), required=False, widget=CodePicker("partners"),
        help_text=_("It has the lead at once. Empty: the rules decide."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("country", usual_country(actor))
        products: Any = self.fields["product"]
        products.choices = product_choices(actor)
        segments: Any = self.fields["segment"]
        segments.choices = [NONE, *choices_of(segments_for(actor))]

    @property
    def who(self) -> list[forms.BoundField]:
        return [self[name] for name in WHO]

    @property
    def wish(self) -> list[forms.BoundField]:
        return [self[name] for name in WISH]


class NewLead(FormPage):
    title = _("New lead")
    subtitle = _("It is scored and offered at once.")
    form_class = LeadForm
    permission = Permission.MANAGE_LEADS
    audience = "staff"
    template_name = "portal/leads/new.html"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Leads")), reverse("leads:list"))]

    def save(self, form: LeadForm) -> str:
        given = dict(form.cleaned_data)
        partner = given.pop("partner")
        taken = capture_lead(self.actor, fields=given, partner=partner)
        messages.success(self.request, _told(taken))
        try:
            get_lead(self.actor, taken.lead.ref)
        except (Conflict, NotFound):
            return reverse("leads:list")
        return reverse("leads:lead", args=[taken.lead.ref])


def _told(taken: Captured) -> Any:
    ref = {"ref": taken.lead.ref}
    if taken.joined:
        return _("This customer has an open lead already: the request was noted at %(ref)s.") % ref
    return _("Lead %(ref)s was taken in: %(state)s.") % (ref | {"state": taken.lead.get_state_display()})
