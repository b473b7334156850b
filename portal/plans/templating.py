"""The operator's templates of plans: the list, one with its rows of objectives and commitments, and the product's to begin with."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import PartnerRole
from common.errors import Invalid
from partners.book.enums import Side
from portal.catalog.columns import role_labels
from portal.plans.editing import plan_kpis
from portal.schemes.fields import WholeField
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import Formats, formats_of
from portal.shell.forms import FormPage, take_step
from programs.models import PlanTemplate
from programs.plans import templating
from tenancy.actors import Actor
from tenancy.enums import Permission

READ, MANAGE = Permission.MANAGE_PLANS, templating.MANAGE
HEADLINE = "="
OBJECTIVES, COMMITMENTS = 6, 10
ADDRESS = "plans:templates"


@member_page(READ, audience="staff")
def template_list(request: HttpRequest) -> HttpResponse:
    """Every template with whom it is for; account managers read them."""
    actor = actor_of_request(request)
    rows = list(templating.templates_for(actor))
    context = {
        "title": _("Templates of plans"),
        "subtitle": _("What a new business plan begins with, by the kind of partner."),
        "rows": [(row, role_labels(row.roles)) for row in rows],
        "may_manage": actor.can(MANAGE),
        "crumbs": [(_("Business plans"), reverse("plans:list"))],
    }
    return render(request, "portal/plans/templates.html", context)


def _line(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=200, widget=forms.TextInput({"dir": "auto"})
    )


class TemplateForm(forms.Form):
    """Rows without a title are left out."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput({"dir": "auto"}))
    roles = forms.MultipleChoiceField(
        label=_("For partners that are"),
        choices=PartnerRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
        help_text=_("None: for everybody without a template of their own."),
    )
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(
        self, *args: Any, actor: Actor, formats: Formats, thing: PlanTemplate | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kpis = [(each.code, each.label()) for each in plan_kpis(actor)]
        measures = [("", _("Entered with proof")), (HEADLINE, _("The headline KPI")), *kpis]
        for number in range(OBJECTIVES):
            words = {"number": number + 1}
            self.fields[f"o{number}_title"] = _line(gettext("Objective %(number)s") % words)
            self.fields[f"o{number}_weight"] = WholeField(
                label=gettext("Weight of objective %(number)s") % words, required=False
            )
            self.fields[f"o{number}_kpi"] = forms.ChoiceField(
                label=gettext("What measures objective %(number)s") % words, choices=measures, required=False
            )
        months = [(month, formats.number(month)) for month in range(1, templating.MONTHS + 1)]
        for number in range(COMMITMENTS):
            words = {"number": number + 1}
            self.fields[f"c{number}_side"] = forms.ChoiceField(
                label=gettext("Who keeps commitment %(number)s") % words, choices=Side.choices, required=False
            )
            self.fields[f"c{number}_title"] = _line(gettext("Commitment %(number)s") % words)
            self.fields[f"c{number}_month"] = forms.TypedChoiceField(
                label=gettext("Month of commitment %(number)s") % words, choices=months, coerce=int
            )
        if thing is not None:
            self._fill(thing)

    def _fill(self, thing: PlanTemplate) -> None:
        self.initial.update({"name": thing.name, "roles": thing.roles, "active": thing.active})
        for number, each in enumerate(thing.objectives):
            kpi = HEADLINE if each["headline"] else each["kpi"]
            self.initial.update(_put("o", number, title=each["title"], weight=each["weight"], kpi=kpi))
        for number, each in enumerate(thing.commitments):
            self.initial.update(_put("c", number, **each))

    @property
    def objectives(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"o{number}_{name}"] for name in ("title", "weight", "kpi")] for number in range(OBJECTIVES)
        ]

    @property
    def commitments(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"c{number}_{name}"] for name in ("side", "title", "month")]
            for number in range(COMMITMENTS)
        ]

    def written(self, letter: str, rows: int) -> list[int]:
        """The rows that have a title."""
        return [number for number in range(rows) if self.cleaned_data[f"{letter}{number}_title"].strip()]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("name", "roles", "active")},
            "objectives": [
                {
                    "title": data[f"o{number}_title"],
                    "weight": data[f"o{number}_weight"],
                    "kpi": "" if data[f"o{number}_kpi"] == HEADLINE else data[f"o{number}_kpi"],
                    "headline": data[f"o{number}_kpi"] == HEADLINE,
                }
                for number in self.written("o", OBJECTIVES)
            ],
            "commitments": [
                {name: data[f"c{number}_{name}"] for name in ("side", "title", "month")}
                for number in self.written("c", COMMITMENTS)
            ],
        }

    def place(self, field: str) -> str:
        """Where an error of the service belongs: ``objectives.0.weight`` is the first written row's weight."""
        head, _dot, rest = field.partition(".")
        place, _dot, name = rest.partition(".")
        rows = {"objectives": ("o", OBJECTIVES), "commitments": ("c", COMMITMENTS)}
        if head not in rows:
            return field
        letter, count = rows[head]
        written: Sequence[int] = self.written(letter, count) or [0]
        return f"{letter}{written[int(place or 0)]}_{name or 'title'}"


def _put(letter: str, number: int, **values: Any) -> dict[str, Any]:
    return {f"{letter}{number}_{name}": value for name, value in values.items()}


class NewTemplate(FormPage):
    title = _("New template of plans")
    form_class = TemplateForm
    permission = MANAGE
    audience = "staff"
    template_name = "portal/plans/template.html"
    success = _("The template was saved. Plans that are there stay as they are.")
    draft = "plan-template"
    thing: PlanTemplate | None = None

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "formats": formats_of(self.request), "thing": self.thing}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse(ADDRESS), "thing": self.thing}

    def crumbs(self) -> list[tuple[str, str]]:
        return [
            (str(_("Business plans")), reverse("plans:list")),
            (str(_("Templates of plans")), reverse(ADDRESS)),
        ]

    def save(self, form: TemplateForm) -> str:
        pk = self.thing.pk if self.thing else None
        try:
            templating.save_template(self.actor, template_id=pk, **form.values())
        except Invalid as error:
            for each in error.errors:
                each.at(form.place(each.field or ""))
            raise
        return reverse(ADDRESS)


class EditTemplate(NewTemplate):
    title = _("Template of plans")
    draft = ""

    def prepare(self) -> None:
        self.thing = templating.get_template(self.actor, self.kwargs["pk"])


@require_POST
@member_page(MANAGE, audience="staff")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    done = _("The template was removed.")
    return take_step(
        request, reverse(ADDRESS), lambda: templating.remove_template(actor, template_id=pk), done
    )


@require_POST
@member_page(MANAGE, audience="staff")
def bring(request: HttpRequest) -> HttpResponse:
    """The product's templates as the operator's own."""
    actor = actor_of_request(request)
    done = _("The templates are yours now. Change what is different with you.")
    return take_step(request, reverse(ADDRESS), lambda: templating.copy_brought(actor), done)
