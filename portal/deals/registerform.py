"""The form of a registration: its fields, its lines, and what both say to the services."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel
from catalog.selectors import segments_for
from common.money import plain
from deals import selectors
from deals.enums import DealState
from deals.models import Deal
from partners.selectors import reps_for
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodeField, DayField, day_help
from portal.catalog.pickers import CodePicker
from programs.selectors import programmes_for, programmes_joined
from tenancy.actors import Actor

AUTO, LTR = {"dir": "auto"}, {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
CUSTOMER = (
    "customer_name", "legal_id", "country", "customer_number", "domain", "city",
    "contact_name", "contact_email", "contact_phone",
)  # fmt: skip
LINE = ("product", "quantity", "amount", "monthly", "term_months")
ROWS = 2
#: A day for examples.
SAMPLE = date(2026, 5, 1)


class RegistrationForm(forms.Form):
    """Reads nothing itself: the services say what is wrong, each at its field."""

    customer_name = forms.CharField(label=_("Company"), required=False, widget=forms.TextInput(AUTO))
    legal_id = forms.CharField(label=_("Legal id"), required=False, widget=forms.TextInput(LTR))
    country = forms.CharField(
        label=_("Country"), required=False, max_length=2, help_text=_("Two letters, as in IR or AE."),
        widget=forms.TextInput(LTR),
    )  # fmt: skip
    customer_number = forms.CharField(label=_("Customer number"), required=False, widget=forms.TextInput(LTR))
    domain = forms.CharField(label=_("Web domain"), required=False, widget=forms.TextInput(LTR))
    city = forms.CharField(label=_("City"), required=False, widget=forms.TextInput(AUTO))
    territory = CodeField(label=_("Territory"), required=False, widget=CodePicker("territories"))
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    contact_name = forms.CharField(label=_("Contact"), required=False, widget=forms.TextInput(AUTO))
    contact_email = forms.CharField(label=_("Contact's e-mail"), required=False, widget=forms.EmailInput(LTR))
    contact_phone = forms.CharField(label=_("Contact's phone"), required=False, widget=forms.TextInput(LTR))
    engagement_model = forms.ChoiceField(
        label=_("Engagement model"), choices=EngagementModel.choices, required=False
    )
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    rep = forms.ChoiceField(label=_("Rep"), required=False)
    expected_close = DayField(label=_("Expected close"), required=False)
    description = forms.CharField(
        label=_("What it is about"), required=False, widget=forms.Textarea({"rows": 3, **AUTO})
    )
    presales_text = forms.CharField(
        label=_("Pre-sales work done"),
        required=False,
        widget=forms.Textarea({"rows": 3, **AUTO}),
    )
    competitor = forms.CharField(label=_("Competitor"), required=False, widget=forms.TextInput(AUTO))
    mdf_used = forms.BooleanField(label=_("Marketing funds were used"), required=False)
    help_wanted = forms.CharField(
        label=_("Help wanted"), required=False, widget=forms.Textarea({"rows": 2, **AUTO})
    )
    partner = CodeField(label=_("Partner"), required=False, widget=CodePicker("partners"))

    def __init__(self, *args: Any, actor: Actor, deal: Deal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["expected_close"]
        day.calendar, day.help_text = actor.operator.days, day_help(actor.operator.days)
        sample = {"day": actor.operator.days.format(SAMPLE, "en", "short")}
        self.fields["presales_text"].help_text = (
            gettext("One step on a line, the day first: %(day)s Visit with demo.") % sample
        )
        self._offer("segment", segments_for(actor))
        owner = deal.partner_id if deal else actor.partner_id
        self._offer("rep", reps_for(actor).filter(active=True, partner_id=owner or 0))
        programmes = programmes_joined(owner) if owner else programmes_for(actor).filter(active=True)
        self._offer("programme", programmes)
        if not programmes:
            del self.fields["programme"]
        if actor.is_partner or deal is not None:
            del self.fields["partner"]
        if deal is not None and deal.state == DealState.INFORMATION_REQUIRED:
            self._shut(deal.asked_fields)

    def _offer(self, name: str, things: QuerySet[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", "---------"), *choices_of(things)]

    def _shut(self, asked: Collection[str]) -> None:
        """While information is required only what was asked for can be typed."""
        for name, field in self.fields.items():
            field.disabled = ("presales" if name == "presales_text" else name) not in asked

    @property
    def customer_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in CUSTOMER]


def initial_of(actor: Actor, deal: Deal) -> dict[str, Any]:
    names = [name for name in RegistrationForm.base_fields if hasattr(deal, name)]
    values = {name: getattr(deal, name) for name in names}
    refs = {name: getattr(values[name], "code", "") for name in ("territory", "segment", "rep")}
    days = actor.operator.days
    steps = [
        f"{days.format(date.fromisoformat(row['day']), 'en', 'short')} {row['text']}" for row in deal.presales
    ]
    return values | refs | {"presales_text": "\n".join(steps)}


def rows_of(deal: Deal | None) -> list[dict[str, Any]]:
    """The lines as they stand in the form, and empty rows behind them."""
    rows = []
    for line in selectors.lines_of(deal) if deal else ():
        figures = {"quantity": line.quantity, "amount": line.one_off, "monthly": line.monthly}
        shown = {name: plain(value) if value else "" for name, value in figures.items()}
        rows.append({"product": line.product.code, "term_months": line.term_months or "", **shown})
    return rows + [{} for _ in range(max(ROWS - len(rows), 0))]


def sent_rows(data: QueryDict) -> list[dict[str, str]]:
    columns = [data.getlist(f"line-{name}") for name in LINE]
    return [dict(zip(LINE, row, strict=True)) for row in zip(*columns, strict=False)]


def given_of(data: QueryDict, form: RegistrationForm) -> dict[str, Any]:
    """What was typed, as the services take it; day and number stay texts where the form could not read them."""
    clean = getattr(form, "cleaned_data", {})
    given = {
        name: clean.get(name, data.get(name, ""))
        for name in form.fields
        if name not in ("partner", "presales_text")
    }
    given["mdf_used"] = bool(data.get("mdf_used"))
    given["lines"] = [row for row in sent_rows(data) if row["product"]]
    given["presales"] = _presales(data.get("presales_text", ""))
    return given


def _presales(text: str) -> list[dict[str, str]]:
    steps = [line.strip().partition(" ") for line in text.splitlines() if line.strip()]
    return [{"day": day, "text": words.strip()} for day, _space, words in steps]
