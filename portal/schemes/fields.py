"""Fields that read what people write: amounts and whole numbers in any digits."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from common.numbers import parse_local_decimal


class AmountField(forms.CharField):
    """A decimal number that is not below 0, written in Latin, Persian or Arabic digits; ``None`` when empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput({"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_local_decimal(text)
        except InputError as error:
            raise forms.ValidationError(error.message) from error


def whole_number(text: str) -> int:
    """A whole number from 0 on in any digits; raises ``InputError``."""
    value = parse_local_decimal(text.strip(), 0, 6)
    if value < 0:
        raise InputError("negative", _("A number below 0 is not possible here."))
    return int(value)


class WholeField(forms.CharField):
    """A whole number from 0 on, written in any digits; ``None`` when empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return whole_number(text)
        except InputError as error:
            raise forms.ValidationError(error.message) from error


def add_names(form: forms.BaseForm, languages: Sequence[str]) -> list[str]:
    """Put a field ``name_<language>`` for each language into the form, the first one required; their names."""
    known = dict(settings.LANGUAGES)
    for number, language in enumerate(languages):
        direction = "rtl" if language in ("fa", "ar") else "ltr"
        form.fields[f"name_{language}"] = forms.CharField(
            label=_("Name in %(language)s") % {"language": known.get(language, language)},
            max_length=200,
            required=number == 0,
            widget=forms.TextInput({"dir": direction, "lang": language}),
        )
    return [f"name_{language}" for language in languages]
