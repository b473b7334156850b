"""The small form of a step: what every one of them has, whatever it is a step of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.catalog.formbase import DayField
from tenancy.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


class StepForm(forms.Form):
    """``subject`` is what the step is taken with; it and ``actor`` decide about choices and calendar."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", subject.version)
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.calendar = actor.operator.days
        self.offer(actor, subject)

    def offer(self, actor: Actor, subject: Any) -> None:
        """Set choices and first values."""

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class ReasonedForm(StepForm):
    """With a reason of a list."""

    reason = forms.ChoiceField(label=_("Reason"))

    def reasons(self) -> Sequence[tuple[str, "Text"]]:
        raise NotImplementedError

    def offer(self, actor: Actor, subject: Any) -> None:
        self.fields["reason"].choices = [("", "---------"), *self.reasons()]  # type: ignore[attr-defined]


def text_field(
    label: "Text", *, required: bool = False, help_text: "Text" = "", rows: int = 2, most: int = 4000
) -> forms.CharField:
    """Words of a reader, in either direction of writing."""
    widget = forms.Textarea({"rows": rows, "dir": "auto"})
    return forms.CharField(
        label=label, required=required, max_length=most, widget=widget, help_text=help_text
    )
