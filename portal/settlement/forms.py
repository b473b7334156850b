"""Forms of settlement: opening a run, adjustments, holds, reasons."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from common.numbers import parse_local_decimal
from incentives.states import CorrectionReason, HoldReason
from portal.catalog.formbase import DayField
from portal.schemes.fields import AmountField

Choices = list[tuple[str, Any]]


class SignedAmountField(AmountField):
    """As ``AmountField``; a minus sign takes money."""

    def to_python(self, value: Any) -> Any:
        text = "" if value is None else str(value).strip().replace("−", "-")
        negative = text.startswith("-")
        found: Decimal | None = self._amount(text.removeprefix("-").strip())
        return -found if negative and found is not None else found

    def _amount(self, text: str) -> Decimal | None:
        if not text:
            return None
        try:
            return parse_local_decimal(text)
        except InputError as error:
            raise forms.ValidationError(error.message) from error


class RunForm(forms.Form):
    group = forms.ChoiceField(label=_("Schemes"))
    period = forms.ChoiceField(label=_("Period"), help_text=_("Periods that are over."))

    def __init__(self, *args: Any, groups: Choices, periods: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = groups  # type: ignore[attr-defined]
        self.fields["period"].choices = periods  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )


class AdjustmentForm(forms.Form):
    partner = forms.CharField(label=_("Partner"), help_text=_("The partner's code."), max_length=64)
    scheme = forms.ChoiceField(
        label=_("Scheme"),
        required=False,
        help_text=_("With which schemes it is settled; without, with the next statement of any."),
    )
    amount = SignedAmountField(label=_("Amount"), help_text=_("With a minus sign it takes money back."))
    reason = forms.ChoiceField(label=_("Reason"), choices=CorrectionReason.choices)
    reference = forms.CharField(
        label=_("Reference"), max_length=120, help_text=_("Customer or document that this refers to.")
    )
    text = forms.CharField(
        label=_("Explanation"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, schemes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [("", "–"), *schemes]  # type: ignore[attr-defined]


class WriteOffForm(forms.Form):
    debt = forms.ChoiceField(
        label=_("Negative balance"), help_text=_("What was paid before and is still to be earned back.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )

    def __init__(self, *args: Any, debts: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["debt"].choices = debts  # type: ignore[attr-defined]


class HoldForm(forms.Form):
    partner = forms.CharField(label=_("Partner"), help_text=_("The partner's code."), max_length=64)
    scheme = forms.ChoiceField(label=_("Scheme"), required=False, help_text=_("Without one, all of them."))
    rep = forms.CharField(
        label=_("Rep"), required=False, max_length=64, help_text=_("A rep's code; without one, everybody.")
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=HoldReason.choices)
    text = forms.CharField(
        label=_("What the partner has to do"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    until = DayField(label=_("Until"), help_text=_("On this day the hold ends by itself."))

    def __init__(self, *args: Any, schemes: Choices, calendar: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [("", "–"), *schemes]  # type: ignore[attr-defined]
        self.fields["until"].calendar = calendar  # type: ignore[attr-defined]
