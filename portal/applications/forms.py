"""The form of an application, as applicants fill it in and as single fields of it are asked for."""

import re
from collections.abc import Collection
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from common.names import reader_locale
from common.text import search_key
from portal.applications.words import WORDS

LTR = {"dir": "ltr"}
NO_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
AUTO = {"dir": "auto"}
GROUPS = (
    (
        _("Your company"),
        ("company_name", "legal_id", "country", "city", "territory", "website", "phone"),
    ),
    (_("Contact person"), ("contact_name", "contact_position", "contact_email")),
    (_("What you want to do with us"), ("roles", "layers")),
    (
        _("What you bring"),
        ("founded", "technicians", "sellers", "customers", "certificates", "about"),
    ),
    ("", ("consent",)),
)


def _text(name: str, *, most: int = 200, required: bool = False, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=WORDS[name], max_length=most, required=required, widget=forms.TextInput(attrs or AUTO)
    )


def _number(name: str) -> forms.CharField:
    widget = forms.TextInput({"dir": "ltr", "inputmode": "numeric"})
    return forms.CharField(label=WORDS[name], max_length=12, required=False, widget=widget)


def _long(name: str, help_text: Any) -> forms.CharField:
    widget = forms.Textarea({"rows": 3, "dir": "auto"})
    return forms.CharField(
        label=WORDS[name], max_length=4000, required=False, widget=widget, help_text=help_text
    )


def _several(name: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=WORDS[name], choices=choices, widget=forms.CheckboxSelectMultiple)


def countries() -> list[tuple[str, str]]:
    """Two letters and the name in the reader's language; regions, unions and test codes of CLDR are left out."""
    names = reader_locale().territories
    found = [(code, name) for code, name in names.items() if re.fullmatch("[A-Z]{2}", code)]
    named = [(code, name) for code, name in found if code not in NO_COUNTRY]
    return [("", "---------"), *sorted(named, key=lambda pair: search_key(pair[1]))]


class ApplicationForm(forms.Form):
    """``only``: the fields that can be written; ``territories``: code and name; ``consent``: whether it is asked for."""

    company_name = _text("company_name", required=True, dir="auto", autocomplete="organization")
    legal_id = _text("legal_id", most=40, required=True, dir="ltr", autocomplete="off")
    country = forms.ChoiceField(
        label=WORDS["country"], choices=countries, widget=forms.Select({"autocomplete": "country"})
    )
    city = _text("city", most=80, dir="auto", autocomplete="address-level2")
    territory = forms.ChoiceField(label=WORDS["territory"], required=False)
    website = forms.CharField(
        label=WORDS["website"],
        max_length=200,
        required=False,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "url", "placeholder": "https://"}),
    )
    phone = _text("phone", most=32, required=True, dir="ltr", inputmode="tel", autocomplete="tel")
    contact_name = _text("contact_name", most=120, required=True, dir="auto", autocomplete="name")
    contact_position = _text("contact_position", most=120, dir="auto", autocomplete="organization-title")
    contact_email = forms.EmailField(
        label=WORDS["contact_email"],
        max_length=254,
        help_text=_("We send the link of your application here."),
        widget=forms.EmailInput({"dir": "ltr", "autocomplete": "email"}),
    )
    roles = _several("roles", PartnerRole.choices)
    layers = _several("layers", Layer.choices)
    founded = _number("founded")
    technicians = _number("technicians")
    sellers = _number("sellers")
    customers = _number("customers")
    certificates = _long("certificates", _("One per line, with the number of people who hold it."))
    about = _long("about", _("Your customers, your reference projects, what you expect of us."))
    consent = forms.BooleanField(
        label=_("You may keep and check what I have written, in order to decide about this application.")
    )

    def __init__(
        self,
        *args: Any,
        territories: Collection[tuple[str, str]] = (),
        only: Collection[str] | None = None,
        consent: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "---------"), *territories]
        self.fields["territory"].choices = choices  # type: ignore[attr-defined]
        wanted = set(self.fields) if only is None else {*only, *(["consent"] if consent else [])}
        if not territories:
            wanted.discard("territory")
        if only is None and not consent:
            wanted.discard("consent")
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """What was written, for the service."""
        return {name: value for name, value in self.cleaned_data.items() if name != "consent"}


def application_html(form: ApplicationForm, request: HttpRequest) -> SafeString:
    """The fields in their groups; a group without fields does not show."""
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf, helper.error_text_inline = False, True, True
    groups = [(title, [name for name in names if name in form.fields]) for title, names in GROUPS]
    helper.layout = Layout(*(Fieldset(title, *names) for title, names in groups if names))
    return SafeString(render_crispy_form(form, helper, {"request": request}))
