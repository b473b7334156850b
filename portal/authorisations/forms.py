"""What a rule or worksheet is about, as fields; the services read and check it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel, Layer, PartnerRole
from catalog.selectors import segments_for
from common.errors import InputError
from common.numbers import parse_decimal
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from programs.authorisations.selectors import levels_for
from programs.enums import Criterion, Effect
from tenancy.actors import Actor

ANY = [("", _("Any"))]
AUTO = {"dir": "auto"}


class AboutForm(forms.Form):
    """``level`` is a programme, or one of its tiers; what the services call programme and tier."""

    product = CodeField(label=_("Product"), required=False, widget=CodePicker("products"))
    layer = forms.ChoiceField(label=_("Technology layer"), required=False, choices=[*ANY, *Layer.choices])
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    territory = CodeField(
        label=_("Territory with its parts"), required=False, widget=CodePicker("territories")
    )
    engagement_model = forms.ChoiceField(
        label=_("Engagement model"), required=False, choices=[*ANY, *EngagementModel.choices]
    )
    partner = CodeField(label=_("Partner"), required=False, widget=CodePicker("partners"))
    role = forms.ChoiceField(label=_("Partner role"), required=False, choices=[*ANY, *PartnerRole.choices])
    programme = forms.ChoiceField(label=_("Programme or tier"), required=False)
    starts = DayField(label=_("From"), required=False, help_text=_("Empty: from today on."))
    ends = DayField(label=_("Until"), required=False, help_text=_("Empty: until it is ended."))

    #: Fields of each part of the page.
    whom = ("partner", "role", "programme")
    what = ("product", "layer", "segment", "territory", "engagement_model")
    when = ("starts", "ends")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("segment", [*ANY, *choices_of(segments_for(actor).filter(active=True))])
        self.levels: dict[str, tuple[str, str]] = {"": ("", "")}
        choices: list[Any] = [*ANY]
        for programme, tiers in levels_for(actor):
            self.levels[f"p{programme.pk}"] = (programme.code, "")
            choices.append((f"p{programme.pk}", programme.label()))
            for tier in tiers:
                self.levels[f"t{tier.pk}"] = (programme.code, tier.code)
                choices.append((f"t{tier.pk}", f"{programme.label()}: {tier.label()}"))
        self._choose("programme", choices)
        for name in self.when:
            day: Any = self.fields[name]
            day.calendar = actor.operator.days

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def part(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The groups of fields with their headings."""
        return [
            (str(_("Who")), self.part(self.whom)),
            (str(_("What, to whom, where and how")), self.part(self.what)),
            (str(_("When")), self.part(self.when)),
        ]

    def about(self) -> dict[str, Any]:
        """As the services take it."""
        data = self.cleaned_data
        programme, tier = self.levels[data["programme"]]
        given = {name: data[name] for name in (*self.whom, *self.what, *self.when)}
        return given | {"programme": programme, "tier": tier}


class RuleForm(AboutForm):
    effect = forms.ChoiceField(label=_("Rule"), choices=Effect.choices, initial=Effect.ALLOW)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("The company reads it when a deal is refused."),
        widget=forms.TextInput(AUTO),
    )

    @property
    def head(self) -> list[forms.BoundField]:
        return self.part(("effect", "reason"))


class EndForm(forms.Form):
    gone_on = DayField(label=_("No longer from"), required=False, help_text=_("Empty: from today on."))
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.TextInput(AUTO))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["gone_on"]
        day.calendar = actor.operator.days


class ShareField(forms.CharField):
    """A percentage in digits of any script."""

    def clean(self, value: Any) -> Decimal | None:
        written = super().clean(value)
        try:
            return parse_decimal(written) if written else None
        except InputError as error:
            raise forms.ValidationError(error.message) from error


class SheetForm(AboutForm):
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(AUTO))
    market_share = ShareField(
        label=_("Our market share in percent"), widget=forms.TextInput({"dir": "ltr", "inputmode": "decimal"})
    )
    reason = forms.CharField(
        label=_("What it is about"), required=False, widget=forms.Textarea({"rows": 3, **AUTO})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in Criterion:
            for name, label in (("weight", _("Weight")), ("score", _("Score"))):
                self.fields[f"{code}_{name}"] = forms.IntegerField(
                    label=label, min_value=0, max_value=10, initial=5,
                    widget=forms.NumberInput({"dir": "ltr", "aria-label": f"{code.label}: {label}"}),
                )  # fmt: skip
            note = _("Note")
            self.fields[f"{code}_note"] = forms.CharField(
                label=note, required=False, max_length=300,
                widget=forms.TextInput({**AUTO, "aria-label": f"{code.label}: {note}"}),
            )  # fmt: skip

    @property
    def head(self) -> list[forms.BoundField]:
        return self.part(("title", "market_share", "reason"))

    @property
    def criteria_fields(self) -> list[tuple[str, list[forms.BoundField]]]:
        names = ("weight", "score", "note")
        return [(str(code.label), self.part(tuple(f"{code}_{name}" for name in names))) for code in Criterion]

    def criteria(self) -> list[dict[str, Any]]:
        """As the service takes them."""
        names = ("weight", "score", "note")
        return [
            {"code": code.value, **{name: self.cleaned_data[f"{code}_{name}"] for name in names}}
            for code in Criterion
        ]
