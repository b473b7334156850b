"""Forms of invitation and profile."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.shell.context import THEMES
from tenancy.models import Operator, Person


class JoinForm(forms.Form):
    """What a new person tells when accepting an invitation."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Choose a password"),
        max_length=128,
        strip=False,
        help_text=_("At least 8 characters. A sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        person = Person(email=self.email, name=self.data.get("name", ""))
        password: str = get_adapter().clean_password(self.cleaned_data["password"], person)
        return password


class ProfileForm(forms.Form):
    """Name and language belong to the person, theme and toman to this browser."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language"), help_text=_("Also the language of the mails that you get.")
    )
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=list(
            zip(THEMES, (_("As on the device"), _("Light"), _("Dark")), strict=True),
        ),
        widget=forms.RadioSelect,
    )
    toman = forms.BooleanField(label=_("Show rial amounts in toman"), required=False)

    def __init__(self, *args: Any, operator: Operator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        choices = [(code, names[code]) for code in operator.languages]
        cast(forms.ChoiceField, self.fields["language"]).choices = choices
        if operator.currency != "IRR":
            del self.fields["toman"]
