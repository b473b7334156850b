"""Forms of things with a code: the name in each of the operator's languages, references by code, values for a service."""

from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Coded
from common.calendars import Calendar, get_calendar
from common.digits import to_latin
from common.errors import InputError
from tenancy.actors import Actor

Choices = list[tuple[str, str]]
_SAMPLE = date(2025, 3, 21)


class CodeField(forms.CharField):
    """A code as it is typed on any keyboard."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault(
            "widget", forms.TextInput({"dir": "ltr", "autocomplete": "off", "spellcheck": "false"})
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return to_latin(super().to_python(value) or "")


class DayField(forms.CharField):
    """A day in the operator's calendar, year-month-day in digits of any script; ``None`` when empty.

    Give it the operator's ``calendar``; an example of that stands in the empty field.
    """

    _calendar: Calendar = get_calendar("gregorian")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    @property
    def calendar(self) -> Calendar:
        return self._calendar

    @calendar.setter
    def calendar(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.widget.attrs["placeholder"] = calendar.format(_SAMPLE, "en", "short")

    def prepare_value(self, value: Any) -> Any:
        return self.calendar.format(value, "en", "short") if isinstance(value, date) else value

    def clean(self, value: Any) -> Any:
        written = super().clean(value)
        try:
            return self.calendar.parse(written) if written else None
        except InputError as error:
            raise forms.ValidationError(error.message) from error


class CodedForm(forms.Form):
    """``thing`` is what is changed, ``None`` for a new one. Subclasses add fields, and choices in ``offer``."""

    code = CodeField(label=_("Code"), help_text=_("As your systems call it. It cannot be changed later."))
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput({"dir": "auto"}))
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    #: Fields before the name in other languages.
    first = ("code", "name")

    def __init__(self, *args: Any, actor: Actor, thing: Coded | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.thing = thing
        self.languages = [code for code in actor.operator.languages if code != actor.operator.main_language]
        for code in self.languages:
            self.fields[f"name_{code}"] = _name_field(code)
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.calendar = actor.operator.days
                field.help_text = field.help_text or day_help(field.calendar)
        self.offer(actor)
        if thing is None:
            del self.fields["active"]
        else:
            del self.fields["code"]
            self._fill(thing)
        named = [f"name_{code}" for code in self.languages]
        rest = [name for name in self.fields if name not in (*self.first, *named, "active")]
        self.order_fields([*self.first, *named, *rest, "active"])

    def offer(self, actor: Actor) -> None:
        """Set the choices that depend on the operator's data."""

    def choose(self, name: str, choices: Choices, *, empty: bool = True) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [("", "---------"), *choices] if empty else choices

    def _fill(self, thing: Any) -> None:
        for name in self.fields:
            if name.startswith("name_"):
                self.initial[name] = thing.names.get(name[5:], "")
            else:
                value = getattr(thing, name)
                self.initial[name] = value.code if isinstance(value, Coded) else value

    def values(self) -> dict[str, Any]:
        """The arguments of the service."""
        data = {name: value for name, value in self.cleaned_data.items() if not name.startswith("name_")}
        if self.languages:
            data["names"] = {code: self.cleaned_data[f"name_{code}"] for code in self.languages}
        if self.thing is not None:
            data["code"] = self.thing.code
        return data


def _name_field(code: str) -> forms.CharField:
    language = dict(settings.LANGUAGES)[code]
    label = gettext("Name (%(language)s)") % {"language": language}
    return forms.CharField(
        label=label, max_length=200, required=False, widget=forms.TextInput({"dir": "auto", "lang": code})
    )


def day_help(calendar: Calendar) -> str:
    sample = calendar.format(_SAMPLE, "en", "short")
    return gettext("Year, month and day, such as %(date)s.") % {"date": sample}
