"""Creating and changing KPIs, with a sentence that says what the form describes."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from performance.enums import Beneficiary, DateBase, Measure, PeriodKind
from performance.models import Kpi
from performance.selectors import get_kpi
from performance.services import change_kpi, create_kpi
from portal.kpis.wording import FILTER_LABELS, words_for
from portal.schemes.fields import AmountField, add_names
from portal.schemes.forms import BOXES, condition_choices
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage
from tenancy.actors import Actor
from tenancy.enums import Permission

USES = [("1", _("Active")), ("0", _("Deactivated"))]
NEWNESS = [("", _("All customers")), ("new", _("New in the period")), ("old", _("From before the period"))]


class KpiForm(forms.Form):
    """Filters have the names that the service blames: ``filters.products``."""

    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
        help_text=_("The name in formulas: a–z, 0–9 and _."),
    )
    measure = forms.ChoiceField(label=_("Measure"), choices=Measure.choices)
    beneficiary = forms.ChoiceField(label=_("Beneficiary"), choices=Beneficiary.choices)
    period = forms.ChoiceField(label=_("Period"), choices=PeriodKind.choices, initial="quarter")
    rolling_months = forms.IntegerField(
        label=_("Months"),
        required=False,
        min_value=2,
        max_value=36,
        localize=True,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "numeric"}),
        help_text=_("Only for rolling months."),
    )
    base = forms.ChoiceField(label=_("Date that counts"), choices=DateBase.choices)
    target = AmountField(
        label=_("Target"), required=False, help_text=_("Of everybody without one of their own.")
    )
    description = forms.CharField(label=_("Description"), max_length=400, required=False)

    def __init__(self, *args: Any, actor: Actor, existing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(actor.operator.languages)
        self.name_fields = add_names(self, self.languages)
        if existing:
            self.fields["code"].disabled = True
            self.fields["active"] = forms.TypedChoiceField(
                label=_("Use"), choices=USES, coerce=lambda value: value == "1"
            )
        choices = condition_choices(actor)
        choices["layers"] = choices["product_layers"]
        for key, label in FILTER_LABELS.items():
            self.fields[f"filters.{key}"] = self._filter(label, choices.get(key))
        self.fields["filters.new_customer"] = forms.ChoiceField(
            label=_("Customers"), choices=NEWNESS, required=False
        )
        self.fields["filters.attributes"] = forms.CharField(
            label=_("Attributes"),
            required=False,
            widget=forms.Textarea({"rows": 2, "dir": "ltr"}),
            help_text=_("One per line: name = value."),
        )

    def _filter(self, label: Any, choices: list[tuple[str, str]] | None) -> forms.Field:
        if choices is None:
            return forms.CharField(
                label=label,
                required=False,
                help_text=_("Codes, separated by commas."),
                widget=forms.TextInput({"dir": "ltr"}),
            )
        short = len(choices) <= BOXES
        widget: forms.Widget = (
            forms.CheckboxSelectMultiple({"class": "form-check-input"})
            if short
            else forms.SelectMultiple({"size": 6})
        )
        return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=widget)

    def names(self) -> list[forms.BoundField]:
        return [self[name] for name in self.name_fields]

    def filters(self) -> list[forms.BoundField]:
        return [
            self[name]
            for name, shown in self.fields.items()
            if name.startswith("filters.") and getattr(shown, "choices", True)
        ]

    def values(self) -> dict[str, Any]:
        """The fields of ``create_kpi`` and ``change_kpi``, as far as they are valid."""
        data = self.cleaned_data
        plain = ("measure", "beneficiary", "period", "base", "target", "description", "active")
        names = {code: data.get(f"name_{code}", "") for code in self.languages[1:]}
        rolling = data.get("rolling_months") if data.get("period") == PeriodKind.ROLLING else None
        return {
            **{name: data[name] for name in plain if name in data},
            "name": data.get(self.name_fields[0], ""),
            "names": {code: name for code, name in names.items() if name},
            "rolling_months": rolling,
            "filters": self._filters(),
        }

    def _filters(self) -> dict[str, Any]:
        data = self.cleaned_data
        found = {key: data.get(f"filters.{key}") for key in FILTER_LABELS}
        sources = cast(str, found.pop("sources", "") or "").replace("،", ",")
        found["sources"] = [word.strip() for word in sources.split(",") if word.strip()]
        kept = {key: value for key, value in found.items() if value}
        newness = data.get("filters.new_customer")
        if newness:
            kept["new_customer"] = newness == "new"
        pairs = [
            line.partition("=") for line in data.get("filters.attributes", "").splitlines() if line.strip()
        ]
        if pairs:
            kept["attributes"] = {name.strip(): value.strip() for name, _sign, value in pairs}
        return kept


def initial_of(kpi: Kpi, languages: list[str]) -> dict[str, Any]:
    """The form's values for a stored KPI."""
    plain = ("code", "measure", "beneficiary", "period", "rolling_months", "base", "target", "description")
    filters = dict(kpi.filters)
    newness = filters.pop("new_customer", None)
    attributes = filters.pop("attributes", {})
    sources = filters.pop("sources", [])
    return {
        **{name: getattr(kpi, name) for name in plain},
        **{f"filters.{key}": value for key, value in filters.items()},
        "active": "1" if kpi.active else "0",
        "filters.new_customer": "" if newness is None else "new" if newness else "old",
        "filters.attributes": "\n".join(f"{name} = {value}" for name, value in attributes.items()),
        "filters.sources": ", ".join(sources),
        f"name_{languages[0]}": kpi.name,
        **{f"name_{code}": kpi.names.get(code, "") for code in languages[1:]},
    }


@require_POST
@member_page(Permission.MANAGE_KPIS, audience="staff")
def sentence(request: HttpRequest) -> HttpResponse:
    """What the form says so far, in words."""
    actor = actor_of_request(request)
    form = KpiForm(request.POST, actor=actor)
    form.is_valid()
    values = form.values()
    values["measure"] = values.get("measure", "")
    kpi = Kpi(**{name: value for name, value in values.items() if name not in ("name", "names", "target")})
    context = {"words": words_for(actor, formats_of(request))(kpi)}
    return render(request, "portal/kpis/sentence.html", context)


class NewKpi(FormPage):
    title = _("New KPI")
    form_class = KpiForm
    permission = Permission.MANAGE_KPIS
    audience = "staff"
    template_name = "portal/kpis/form.html"
    submit_label = _("Save and count")
    success = _("The KPI is saved. It is counted over everything that came in before.")
    draft = "kpi-new"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "initial": {"beneficiary": "partner", "base": "invoice"}}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("kpis:list")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("KPIs")), reverse("kpis:list"))]

    def save(self, form: Any) -> str:
        kpi = create_kpi(self.actor, code=form.cleaned_data["code"], **form.values())
        return reverse("kpis:kpi", args=[kpi.code])


class ChangeKpi(NewKpi):
    title = _("Change the KPI")
    submit_label = _("Save")
    success = _("The KPI is saved.")

    def prepare(self) -> None:
        self.kpi = get_kpi(self.actor, self.kwargs["code"])
        self.draft = f"kpi-{self.kpi.code}"  # type: ignore[misc]

    def form_kwargs(self) -> dict[str, Any]:
        languages = list(self.actor.operator.languages)
        return {"actor": self.actor, "existing": True, "initial": initial_of(self.kpi, languages)}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("kpis:kpi", args=[self.kpi.code])}

    def save(self, form: Any) -> str:
        change_kpi(self.actor, code=self.kpi.code, **form.values())
        return reverse("kpis:kpi", args=[self.kpi.code])
