"""The form of a scheme and one of its versions. The components stand in cards beside it."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog import selectors as catalog
from catalog.enums import Contribution, EngagementModel, Layer, PartnerRole
from incentives.enums import Payee, Rounding, SchemeKind, SchemePeriod
from incentives.models import Scheme, SchemeVersion
from incentives.services import SchemeData, VersionData
from partners.selectors import tiers_in_use
from performance.enums import LineKind
from portal.schemes.fields import AmountField, DayField, add_names
from tenancy.actors import Actor

PARTNER_CONDITIONS: dict[str, Any] = {
    "tiers": _("Tiers"),
    "roles": _("Partner roles"),
    "layers": _("Technology layers of the partner"),
    "territories": _("Territories of the partner"),
}
LINE_CONDITIONS: dict[str, Any] = {
    "kinds": _("Kinds of transaction"),
    "products": _("Products"),
    "families": _("Product families"),
    "product_layers": _("Technology layers of the product"),
    "segments": _("Customer segments"),
    "engagement_models": _("Engagement models"),
    "contributions": _("Contributions"),
}
#: Lists up to this length are boxes to tick, longer ones a list to choose from.
BOXES = 10
KIND = {"data-kind": ""}


def condition_choices(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """What each condition of eligibility offers."""
    coded: dict[str, Any] = {
        "territories": catalog.territories_for(actor),
        "products": catalog.products_for(actor).filter(active=True),
        "families": catalog.families_for(actor).filter(active=True),
        "segments": catalog.segments_for(actor).filter(active=True),
    }
    fixed: dict[str, Any] = {
        "tiers": [(tier, tier) for tier in tiers_in_use(actor)],
        "roles": PartnerRole.choices,
        "layers": Layer.choices,
        "kinds": LineKind.choices,
        "product_layers": Layer.choices,
        "engagement_models": EngagementModel.choices,
        "contributions": Contribution.choices,
    }
    found: dict[str, list[tuple[str, str]]] = {
        key: [(row.code, row.label()) for row in rows.order_by("name", "code")] for key, rows in coded.items()
    }
    return found | {key: [(value, str(label)) for value, label in rows] for key, rows in fixed.items()}


class SchemeForm(forms.Form):
    """``fixed``: the scheme is published, so only what a version says can change."""

    code = forms.SlugField(
        label=_("Code"), max_length=64, widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=SchemeKind.choices, widget=forms.Select(KIND))
    payee = forms.ChoiceField(label=_("Who earns"), choices=Payee.choices, widget=forms.Select(KIND))
    period = forms.ChoiceField(
        label=_("Period"), choices=SchemePeriod.choices, widget=forms.Select(KIND), initial="quarter"
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Partners read it above the rules."),
    )
    starts = DayField(label=_("Starts"))
    ends = DayField(label=_("Last day"), required=False, help_text=_("Empty while there is no end."))
    budget = AmountField(label=_("Budget"), required=False)
    cap = AmountField(label=_("Most per beneficiary and period"), required=False)
    rounding = forms.ChoiceField(label=_("Rounding"), choices=Rounding.choices)
    mode = forms.ChoiceField(
        choices=[("cards", _("Components")), ("expert", _("Formula"))],
        widget=forms.RadioSelect,
        required=False,
        initial="cards",
    )
    formula = forms.CharField(required=False, max_length=4000, widget=forms.Textarea)

    def __init__(self, *args: Any, actor: Actor, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(actor.operator.languages)
        self.name_fields = add_names(self, self.languages)
        for key, choices in condition_choices(actor).items():
            label = PARTNER_CONDITIONS.get(key) or LINE_CONDITIONS[key]
            short = len(choices) <= BOXES
            self.fields[f"only_{key}"] = forms.MultipleChoiceField(
                label=label,
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
                if short
                else forms.SelectMultiple({"size": 6}),
            )
        for name in ("starts", "ends"):
            cast(DayField, self.fields[name]).calendar = actor.operator.days
        if fixed:
            for name in ("code", "kind", "payee", "period", "description", *self.name_fields):
                self.fields[name].disabled = True

    def names(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.name_fields)

    def partner_conditions(self) -> list[forms.BoundField]:
        return [self[f"only_{key}"] for key in PARTNER_CONDITIONS if self._offers(key)]

    def line_conditions(self) -> list[forms.BoundField]:
        return [self[f"only_{key}"] for key in LINE_CONDITIONS if self._offers(key)]

    def _offers(self, key: str) -> bool:
        return bool(cast(forms.MultipleChoiceField, self.fields[f"only_{key}"]).choices)

    def scheme_data(self) -> SchemeData:
        data = self.cleaned_data
        others = {code: data[f"name_{code}"] for code in self.languages[1:] if data[f"name_{code}"]}
        return SchemeData(
            code=data["code"],
            name=data[self.name_fields[0]],
            names=others,
            kind=data["kind"],
            payee=data["payee"],
            period=data["period"],
            description=data["description"],
        )

    def version_data(
        self, formula: str, cards: list[dict[str, Any]], before: SchemeVersion | None
    ) -> VersionData:
        """Conditions that this form does not show (single partners, set through the API) stay as they were."""
        data = self.cleaned_data
        kept = (
            {"partners": before.eligibility["partners"]}
            if before and before.eligibility.get("partners")
            else {}
        )
        keys = [*PARTNER_CONDITIONS, *(LINE_CONDITIONS if data["kind"] == SchemeKind.SPIFF else ())]
        return VersionData(
            formula=formula,
            starts=data["starts"],
            ends=data["ends"],
            eligibility=kept | {key: data[f"only_{key}"] for key in keys if data[f"only_{key}"]},
            budget=data["budget"],
            cap=data["cap"],
            rounding=data["rounding"],
            builder={"mode": data["mode"] or "cards", "cards": cards},
        )


def initial_of(actor: Actor, scheme: Scheme, version: SchemeVersion) -> dict[str, Any]:
    """The form's values for a stored version."""
    main, *others = actor.operator.languages
    scheme_fields = ("code", "kind", "payee", "period", "description")
    version_fields = ("starts", "ends", "budget", "cap", "rounding", "formula")
    builder = version.builder or {}
    return {
        **{name: getattr(scheme, name) for name in scheme_fields},
        **{name: getattr(version, name) for name in version_fields},
        **{f"only_{key}": values for key, values in version.eligibility.items()},
        f"name_{main}": scheme.name,
        **{f"name_{code}": scheme.names.get(code, "") for code in others},
        "mode": builder.get("mode", "expert"),
    }
