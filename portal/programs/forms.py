"""Forms of programmes, tiers, requirements, benefits, enrolment and exceptions."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.selectors import territories_for
from common.display import unit_name
from common.errors import InputError
from common.numbers import parse_local_decimal
from performance.selectors import kpis_for
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.programs.choices import benefit_choices
from portal.schemes.fields import AmountField, WholeField, add_names
from programs.enums import GROUPS, Asks, Promotion, ReviewPeriod, Window
from programs.models import Programme, Requirement, Tier
from programs.requirements import sources
from programs.selectors import certification_choices
from programs.templates import usual_unit
from tenancy.actors import Actor

ANY = [("", _("Any"))]
BOXES = forms.CheckboxSelectMultiple


class _Form(forms.Form):
    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.calendar = actor.operator.days
        self.offer(actor)

    def offer(self, actor: Actor) -> None:
        """Set the choices that depend on the operator's data."""

    def choose(self, name: str, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices


class _Named(_Form):
    """With a name in each of the operator's languages; ``thing`` is what is changed."""

    def __init__(
        self, *args: Any, actor: Actor, thing: Programme | Tier | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.languages = list(actor.operator.languages)
        names = add_names(self, self.languages)
        if thing is not None:
            del self.fields["code"]
            self.initial[names[0]] = thing.name
            for code in self.languages[1:]:
                self.initial[f"name_{code}"] = thing.names.get(code, "")
            self.fill(thing)
        self.order_fields(["code", *names])

    def fill(self, thing: Any) -> None:
        """Initial values of the other fields."""

    def naming(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = {code: data.get(f"name_{code}", "") for code in self.languages[1:]}
        return {
            "name": data.get(f"name_{self.languages[0]}", ""),
            "names": {code: name for code, name in names.items() if name},
        }


class TemplateForm(forms.Form):
    """What a template cannot know; the one with a single tier asks nothing."""

    unit = AmountField(label=_("Sales of a year for Silver"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("unit", usual_unit(actor.operator))
        currency = unit_name(actor.operator.currency, (get_language() or "en")[:2])
        self.fields["unit"].help_text = _(
            "In %(currency)s. Gold asks 4 times, Platinum 12 times as much; all of it can be changed."
        ) % {"currency": currency}


class ProgrammeForm(_Named):
    code = CodeField(
        label=_("Code"), help_text=_("A short word in Latin letters. It cannot be changed later.")
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    roles = forms.MultipleChoiceField(
        label=_("For partners with these roles"), choices=PartnerRole.choices, required=False, widget=BOXES,
        help_text=_("None chosen: for all."),
    )  # fmt: skip
    layers = forms.MultipleChoiceField(
        label=_("For partners in these technology layers"),
        choices=Layer.choices,
        required=False,
        widget=BOXES,
    )
    promotion = forms.ChoiceField(
        label=_("Who meets a higher tier gets it"), choices=Promotion.choices, initial=Promotion.AT_ONCE
    )
    review_period = forms.ChoiceField(
        label=_("Tiers are reviewed each"), choices=ReviewPeriod.choices, initial=ReviewPeriod.YEAR
    )
    main = forms.BooleanField(
        label=_("Main programme"),
        required=False,
        help_text=_("Its tier is the partner's tier in formulas, rates and lists."),
    )
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def fill(self, thing: Programme) -> None:
        for name in ("description", "roles", "layers", "promotion", "review_period", "main", "active"):
            self.initial[name] = getattr(thing, name)

    def values(self) -> dict[str, Any]:
        plain = ("description", "roles", "layers", "promotion", "review_period", "main", "active")
        return {**self.naming(), **{name: self.cleaned_data[name] for name in plain}}


class TierForm(_Named):
    code = CodeField(
        label=_("Code"), help_text=_("As formulas name it, such as gold. It cannot be changed later.")
    )


class RequirementForm(_Form):
    """Which fields count depends on what is asked for; the others are hidden (``programs.css``) and ignored."""

    asks = forms.ChoiceField(label=_("Asks for"), choices=Asks.choices)
    kpi = forms.ChoiceField(label=_("KPI"), required=False, help_text=_("For KPIs and growth."))
    window = forms.ChoiceField(label=_("Over"), choices=Window.choices, required=False)
    months = WholeField(
        label=_("Months"), required=False, help_text=_("Of rolling months; empty: as in the settings.")
    )
    certification = forms.ChoiceField(
        label=_("Certification"), required=False, help_text=_("For certified people; empty: of any kind.")
    )
    source = forms.ChoiceField(
        label=_("Something else"), required=False, help_text=_("What other parts of the portal count.")
    )
    threshold = AmountField(
        label=_("At least"), required=False, help_text=_("Growth in percent. Not for groups.")
    )
    values = forms.CharField(
        label=_("Other numbers by role and layer"),
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "ltr"}),
        help_text=_(
            "One on a line: role, layer, number. Leave role or layer empty for any: “msp, cloud, 20000” or “, iot, 5000”."
        ),
    )

    def offer(self, actor: Actor) -> None:
        kpis = [(row.code, row.label()) for row in kpis_for(actor).filter(active=True)]
        self.choose("kpi", [("", "---------"), *kpis])
        self.choose("certification", [*ANY, *certification_choices(actor)])
        known = [(source.code, source.label) for source in sources.known()]
        self.choose("source", [("", "---------"), *known])

    def fill(self, row: Requirement) -> None:
        """Show a stored requirement; a group stays a group."""
        group = row.asks in GROUPS
        self.choose("asks", [pair for pair in Asks.choices if (pair[0] in GROUPS) == group])
        for name in ("asks", "window", "months", "source", "threshold"):
            self.initial[name] = getattr(row, name)
        self.initial["kpi"] = row.kpi.code if row.kpi else ""
        self.initial["certification"] = row.certification.code if row.certification else ""
        self.initial["values"] = "\n".join(
            f"{value.role}, {value.layer}, {value.value.normalize():f}" for value in row.values.all()
        )

    def clean_values(self) -> list[dict[str, Any]]:
        found = []
        for line in self.cleaned_data["values"].replace("،", ",").splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split(",", 2)]
            if len(parts) != 3:
                raise forms.ValidationError(
                    _("Write “%(line)s” as role, layer, number."), params={"line": line[:60]}
                )
            found.append({"role": parts[0], "layer": parts[1], "value": self._number(parts[2])})
        return found

    def _number(self, text: str) -> Decimal:
        try:
            return parse_local_decimal(text)
        except InputError as error:
            raise forms.ValidationError(error.message) from error


class BenefitForm(_Form):
    kind = forms.ChoiceField(
        label=_("Benefit"),
        choices=benefit_choices,
        help_text=_("What nothing counts yet is a promise that your people keep."),
    )
    value = AmountField(
        label=_("How much"),
        required=False,
        help_text=_(
            "Days, seats, percent, or the factor of ticket times (0.5: twice as fast). Some need none."
        ),
    )
    text = forms.CharField(
        label=_("In words"), required=False, max_length=200, widget=forms.TextInput({"dir": "auto"})
    )


class EnrolForm(_Form):
    partners = forms.CharField(
        label=_("Partners"),
        required=False,
        widget=CodePicker("partners"),
        help_text=_("Codes, with commas between them. Empty: everybody who fits below."),
    )
    role = forms.ChoiceField(label=_("Partner role"), choices=[*ANY, *PartnerRole.choices], required=False)
    layer = forms.ChoiceField(label=_("Technology layer"), choices=[*ANY, *Layer.choices], required=False)
    territory = forms.ChoiceField(label=_("Territory"), required=False)
    tier = forms.ChoiceField(label=_("Start in"), required=False)

    def __init__(self, *args: Any, tiers: list[tuple[str, str]], **kwargs: Any) -> None:
        self.tiers = tiers
        super().__init__(*args, **kwargs)

    def offer(self, actor: Actor) -> None:
        self.choose("tier", [("", _("The lowest tier")), *self.tiers])
        self.choose("territory", [*ANY, *choices_of(territories_for(actor))])


class ExceptionForm(_Form):
    tier = forms.ChoiceField(label=_("Tier"))
    until = DayField(
        label=_("Until"), help_text=_("A day in the calendar of the operator, as year-month-day.")
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3, "dir": "auto"}))

    def __init__(self, *args: Any, tiers: list[tuple[str, str]], **kwargs: Any) -> None:
        self.tiers = tiers
        super().__init__(*args, **kwargs)

    def offer(self, actor: Actor) -> None:
        self.choose("tier", self.tiers)


class BookingForm(_Form):
    day = DayField(label=_("First day"), required=False)
    days = AmountField(label=_("Days"), required=False, help_text=_("Half or whole days."))
    topic = forms.CharField(
        label=_("What it is about"), required=False, max_length=200, widget=forms.TextInput({"dir": "auto"})
    )
