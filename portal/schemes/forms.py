"""The form of a scheme and one of its versions. The components stand in cards beside it."""

import re
from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog import selectors as catalog
from catalog.enums import Contribution, EngagementModel, Layer, PartnerRole
from common.errors import InputError
from common.numbers import parse_local_decimal
from incentives.enums import Ceiling, Payee, Rounding, SchemeKind, SchemePeriod, StackPolicy
from incentives.models import Scheme, SchemeVersion
from incentives.selectors import groups_in_use
from incentives.services import TERMS, SchemeData, VersionData
from incentives.terms import GRANTED
from performance.enums import LineKind
from portal.catalog.formbase import DayField
from portal.programs.choices import benefit_choices, tier_choices
from portal.schemes.fields import AmountField, WholeField, add_names, whole_number
from programs.selectors import programmes_for
from tenancy.actors import Actor

PARTNER_CONDITIONS: dict[str, Any] = {
    "programmes": _("Partner programmes"),
    "tiers": _("Tiers"),
    "roles": _("Partner roles"),
    "layers": _("Technology layers of the partner"),
    "territories": _("Territories of the partner"),
}
LINE_CONDITIONS: dict[str, Any] = {
    "kinds": _("Triggering actions"),
    "products": _("Products"),
    "families": _("Product families"),
    "product_layers": _("Technology layers of the product"),
    "segments": _("Customer segments"),
    "engagement_models": _("Engagement models"),
    "contributions": _("Contributions"),
    "new_customer": _("New customer"),
}
#: What each choice means: (value, name, explanation).
KIND_WORDS: list[tuple[str, Any, Any]] = [
    ("rebate", SchemeKind.REBATE.label, _("Paid at the end of a period for what its KPIs measured.")),
    ("spiff", SchemeKind.SPIFF.label, _("Earned at once with each transaction, usually by the seller.")),
    ("discount", SchemeKind.DISCOUNT.label, _("Lowers the partner's price when a line is quoted.")),
    (
        "referral",
        SchemeKind.REFERRAL.label,
        _("Paid for a referred customer who was won, at once or in several payments over the contract."),
    ),
    ("mdf", SchemeKind.MDF.label, _("Puts a share of sales into the partner's marketing fund.")),
    ("points", SchemeKind.POINTS.label, _("Points that are exchanged for rewards of the catalogue.")),
    (
        "benefit",
        SchemeKind.BENEFIT.label,
        _("Grants a benefit: one of the tiers' benefits on top, or one that carries the scheme's name."),
    ),
]
STACK_WORDS: list[tuple[str, Any, Any]] = [
    ("additive", StackPolicy.ADDITIVE.label, _("It gives what it gives, whatever others give.")),
    ("net", StackPolicy.NET.label, _("What earlier ones gave is taken off the amount first.")),
    ("best_of", StackPolicy.BEST_OF.label, _("Of all “best of” schemes only the dearest pays.")),
    (
        "exclusive",
        StackPolicy.EXCLUSIVE.label,
        _("Where it gives anything, no other scheme of the group does."),
    ),
]
CEILING_WORDS: list[tuple[str, Any, Any]] = [
    ("watch", Ceiling.WATCH.label, _("The budget is shown and limits nothing.")),
    (
        "stop",
        Ceiling.STOP.label,
        _("What happened first is paid first; the rest is marked “budget reached”."),
    ),
    ("pro_rata", Ceiling.PRO_RATA.label, _("All get the same share of what they earned.")),
    ("approval", Ceiling.APPROVAL.label, _("As first come, until somebody approves more money.")),
]
#: What a scheme is beside its names: it stays once a version is published.
SCHEME_FIELDS = ("code", "kind", "payee", "period", "description", "settlement_group")
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
        "programmes": [(row.code, row.label()) for row in programmes_for(actor).filter(active=True)],
        "tiers": tier_choices(actor),
        "roles": PartnerRole.choices,
        "layers": Layer.choices,
        "kinds": LineKind.choices,
        "product_layers": Layer.choices,
        "engagement_models": EngagementModel.choices,
        "contributions": Contribution.choices,
        "new_customer": [("yes", _("Yes")), ("no", _("No"))],
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
    settlement_group = forms.CharField(
        label=_("Settled together with"),
        required=False,
        max_length=64,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off", "list": "settlement-groups"}),
        help_text=_("Schemes with the same name here stand on one statement. Empty: on its own."),
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
    at_ceiling = forms.ChoiceField(choices=Ceiling.choices, required=False, initial=Ceiling.WATCH)
    warn_at = forms.CharField(
        label=_("Warn when used, in percent"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("For example 80, 95. Programme managers and finance are told."),
    )
    stack_group = forms.CharField(
        label=_("Stacking group"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
        help_text=_("Schemes with the same group stack on the same sale. Empty: it stands alone."),
    )
    stack_policy = forms.ChoiceField(
        choices=StackPolicy.choices, required=False, initial=StackPolicy.ADDITIVE
    )
    stack_priority = WholeField(
        label=_("Priority"), required=False, help_text=_("Lower numbers come first; each number once.")
    )
    stack_counts = forms.BooleanField(
        label=_("Counts as previous for later ones"), required=False, initial=True
    )
    while_customer = forms.BooleanField(
        label=_("A payment is lost if the customer leaves before it is due"), required=False
    )
    benefit = forms.ChoiceField(
        label=_("Which benefit"),
        required=False,
        choices=lambda: [("", _("One that carries the scheme's name")), *benefit_choices(GRANTED)],
        help_text=_("A benefit of tiers comes on top of what the partner's tier gives."),
    )
    valid_days = WholeField(
        label=_("Days that a benefit can be used"),
        required=False,
        help_text=_("Empty while there is no end."),
    )
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
        self.payment_rows = payment_rows(self)
        self.settlement_groups = groups_in_use()
        if fixed:
            for name in (*SCHEME_FIELDS, *self.name_fields):
                self.fields[name].disabled = True

    def names(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.name_fields)

    def partner_conditions(self) -> list[forms.BoundField]:
        return [self[f"only_{key}"] for key in PARTNER_CONDITIONS if self._offers(key)]

    def line_conditions(self) -> list[forms.BoundField]:
        return [self[f"only_{key}"] for key in LINE_CONDITIONS if self._offers(key)]

    def _offers(self, key: str) -> bool:
        return bool(cast(forms.MultipleChoiceField, self.fields[f"only_{key}"]).choices)

    def clean_warn_at(self) -> list[int]:
        """Whole numbers, in any digits, apart by commas or blanks."""
        text = re.sub("[,،;%٪]", " ", self.cleaned_data["warn_at"])
        try:
            return [whole_number(word) for word in text.split()]
        except InputError as error:
            raise forms.ValidationError(error.message) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found: list[list[Any]] = []
        for row in self.payment_rows:
            if not row["days"].strip() and not row["percent"].strip():
                continue
            try:
                found.append([whole_number(row["days"] or "0"), str(parse_local_decimal(row["percent"]))])
            except InputError as error:
                self.add_error(None, error.message)
        data["payments"] = found
        return data

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
            settlement_group=data["settlement_group"],
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
        kind = data["kind"]
        keys = [*PARTNER_CONDITIONS, *(LINE_CONDITIONS if kind != SchemeKind.REBATE else ())]
        later = kind not in (SchemeKind.REBATE, SchemeKind.DISCOUNT)
        limited = kind != SchemeKind.DISCOUNT and data["budget"] is not None
        return VersionData(
            formula=formula,
            starts=data["starts"],
            ends=data["ends"],
            eligibility=kept | {key: data[f"only_{key}"] for key in keys if data[f"only_{key}"]},
            budget=data["budget"] if limited else None,
            cap=data["cap"],
            rounding=data["rounding"],
            builder={"mode": data["mode"] or "cards", "cards": cards},
            stack_group=data["stack_group"].strip() if kind != SchemeKind.DISCOUNT else "",
            stack_policy=data["stack_policy"] or StackPolicy.ADDITIVE,
            stack_priority=data["stack_priority"],
            stack_counts=data["stack_counts"],
            at_ceiling=(data["at_ceiling"] or Ceiling.WATCH) if limited else Ceiling.WATCH,
            warn_at=data["warn_at"] if limited else [],
            payments=data["payments"] if later else [],
            while_customer=data["while_customer"] and later and bool(data["payments"]),
            benefit=data["benefit"] if kind == SchemeKind.BENEFIT else "",
            valid_days=data["valid_days"] if kind == SchemeKind.BENEFIT else None,
        )


def initial_of(actor: Actor, scheme: Scheme, version: SchemeVersion) -> dict[str, Any]:
    """The form's values for a stored version."""
    main, *others = actor.operator.languages
    version_fields = ("starts", "ends", "budget", "cap", "rounding", "formula")
    builder = version.builder or {}
    return {
        **{name: getattr(scheme, name) for name in SCHEME_FIELDS},
        **{name: getattr(version, name) for name in version_fields},
        **{f"only_{key}": values for key, values in version.eligibility.items()},
        f"name_{main}": scheme.name,
        **{f"name_{code}": scheme.names.get(code, "") for code in others},
        **{name: getattr(version, name) for name in TERMS if name not in ("warn_at", "payments")},
        "stack_group": "" if scheme.kind == SchemeKind.DISCOUNT else version.stack_group,
        "warn_at": ", ".join(str(level) for level in version.warn_at or ()),
        "payments": version.payments or [],
        "mode": builder.get("mode", "expert"),
    }


BLANK_PAYMENTS = 2


def payment_rows(form: forms.Form) -> list[dict[str, str]]:
    """The payments as they stand in the form, with room for more."""
    if form.is_bound:
        data: Any = form.data
        days, percents = data.getlist("pay_days"), data.getlist("pay_percent")
        rows = [{"days": day, "percent": share} for day, share in zip(days, percents, strict=False)]
    else:
        rows = [{"days": str(day), "percent": str(share)} for day, share in form.initial.get("payments", [])]
    blank = [{"days": "", "percent": ""}] * max(BLANK_PAYMENTS, 4 - len(rows))
    return rows[:24] + (blank if not form.is_bound else [])
