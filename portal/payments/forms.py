"""Forms of paying out: accounts, batches, responses."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from common.calendars import Calendar
from incentives.payments.accounts import AccountData
from incentives.states import BatchFormat
from portal.catalog.formbase import DayField


def _left(**attrs: str) -> forms.TextInput:
    return forms.TextInput({"dir": "ltr", "autocomplete": "off", "spellcheck": "false"} | attrs)


class AccountForm(forms.Form):
    holder = forms.CharField(
        label=_("Account holder"),
        max_length=140,
        help_text=_("The company's name exactly as the bank has it."),
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    iban = forms.CharField(
        label=_("IBAN"),
        max_length=60,
        help_text=_("In Iran the Sheba number, with or without IR. Spaces do not matter."),
        widget=_left(),
    )
    bic = forms.CharField(label=_("BIC"), max_length=20, required=False, widget=_left(), help_text=_("Only needed for accounts abroad."))  # fmt: skip
    bank_name = forms.CharField(label=_("Bank"), max_length=140, required=False, widget=forms.TextInput({"dir": "auto"}))  # fmt: skip
    holder_latin = forms.CharField(
        label=_("Account holder in Latin letters"),
        max_length=70,
        required=False,
        help_text=_("As the bank writes it in transfers. Without it the name is written letter by letter."),
        widget=_left(),
    )

    def data_given(self) -> AccountData:
        """What was typed, for the service."""
        names = ("holder", "iban", "bic", "bank_name", "holder_latin")
        return AccountData(**{name: self.cleaned_data[name] for name in names})


class PartnerAccountForm(AccountForm):
    partner = forms.ChoiceField(label=_("Partner"))
    field_order = ("partner", "holder", "iban")

    def __init__(self, *args: Any, partners: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["partner"]).choices = [("", "---------"), *partners]


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.TextInput({"dir": "auto"}),
        help_text=_("The partner reads it."),
    )


class PrepareForm(forms.Form):
    format = forms.ChoiceField(label=_("File"), choices=BatchFormat.choices)
    execute_on = DayField(label=_("Day of payment"))

    def __init__(self, *args: Any, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["execute_on"].calendar = calendar  # type: ignore[attr-defined]


class ResponseForm(forms.Form):
    file = forms.FileField(
        label=_("The bank's response"),
        help_text=_("pain.002 (XML), or CSV with the columns end_to_end_id and status. At most 10 MB."),
        widget=forms.FileInput({"accept": ".xml,.csv,.txt,.p002"}),
    )
