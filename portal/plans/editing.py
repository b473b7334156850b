"""Drawing a plan up: its words, objectives with targets, and the commitments of both sides."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import InputError, NotFound
from partners.book.enums import Side
from performance.enums import Beneficiary
from performance.models import Kpi
from performance.selectors import kpis_for
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.goals.forms import coming
from portal.schemes.fields import AmountField, WholeField
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage, StepPage, take_step
from programs.models import Commitment, Objective, Plan
from programs.plans import services
from programs.plans.selectors import commitments_of, get_plan, objectives_of, periods_in, year_of
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_PLANS


def _area(label: Any, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea({"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, required=False, max_length=services.LONGEST_TEXT, widget=widget)


def _line(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=services.LONGEST, widget=forms.TextInput({"dir": "auto"}))


class PlanNewForm(forms.Form):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
    year = forms.ChoiceField(label=_("Fiscal year"))
    title = _line(_("Title"))
    filled = forms.BooleanField(
        label=_("Begin with the template for this type of partner"), required=False, initial=True
    )

    def __init__(
        self, *args: Any, actor: Actor, request: HttpRequest, partner: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        formats = formats_of(request)
        years = coming(actor, "year", None)[:2]
        self.fields["year"].choices = [(each.code, formats.period(each.code)) for each in years]  # type: ignore[attr-defined]
        self.initial.update({"partner": partner, "title": gettext("Joint business plan")})


class PlanForm(forms.Form):
    title = _line(_("Title"))
    summary = _area(_("Summary"))
    strengths = _area(_("Strengths"))
    weaknesses = _area(_("Weaknesses"))
    opportunities = _area(_("Opportunities"))
    threats = _area(_("Threats"))
    accounts = forms.CharField(
        label=_("Target accounts"), required=False, widget=forms.Textarea({"rows": 5, "dir": "auto"}),
        help_text=_("One on each line, with what is planned there."),
    )  # fmt: skip


class PlanCreate(FormPage):
    title = _("New business plan")
    subtitle = _("It begins as an outline that the partner does not see.")
    form_class = PlanNewForm
    permission = MANAGE
    audience = "staff"
    draft = "plan"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "request": self.request, "partner": self.request.GET.get("partner", "")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Business plans")), reverse("plans:list"))]

    def save(self, form: Any) -> str:
        try:
            made = services.create_plan(self.actor, **form.cleaned_data)
        except NotFound as error:
            raise InputError("unknown_code", _("There is no such partner."), "partner") from error
        return reverse("plans:plan", args=[made.pk])


class OfPlan(StepPage):
    """A form about a plan that may be changed now."""

    permission = MANAGE
    audience = "staff"
    form_class: ClassVar[type[forms.BaseForm]] = PlanForm
    thing: Plan

    def fetch(self) -> Plan:
        return get_plan(self.actor, self.kwargs["pk"])

    def trail(self) -> list[tuple[str, str]]:
        return [(str(_("Business plans")), reverse("plans:list"))]

    def named(self) -> str:
        return self.thing.title

    def back(self) -> str:
        return reverse("plans:plan", args=[self.thing.pk])


class PlanChange(OfPlan):
    title = _("The plan's words")
    draft = "plan-words"

    def form_kwargs(self) -> dict[str, Any]:
        initial = {name: getattr(self.thing, name) for name in PlanForm.base_fields}
        return {"initial": initial | {"accounts": "\n".join(self.thing.accounts)}}

    def act(self, form: Any) -> None:
        given = form.cleaned_data
        services.change_plan(
            self.actor, plan_id=self.thing.pk, **given | {"accounts": given["accounts"].splitlines()}
        )


class ObjectiveForm(forms.Form):
    """Targets of every period that the KPIs can have; those that fit the KPI count."""

    title = _line(_("Objective"))
    weight = WholeField(label=_("Weight"), help_text=_("The weights of all objectives add up to 100."))
    kpi = forms.ChoiceField(
        label=_("KPI"), required=False,
        help_text=_("Its actuals compute themselves. Without one they are entered with proof, by quarter."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, request: HttpRequest, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kpis = plan_kpis(actor)
        known = [(each.code, each.label()) for each in kpis]
        self.fields["kpi"].choices = [("", _("None: entered with proof")), *known]  # type: ignore[attr-defined]
        formats, year = formats_of(request), year_of(actor.operator, plan)
        self.periods = []
        for kind in sorted({"quarter", *(kpi.period for kpi in kpis)}, key=services.KINDS.index):
            for period in periods_in(actor.operator, year, kind):
                label = _("Target %(period)s") % {"period": formats.period(period.code)}
                self.fields[f"target_{period.code}"] = AmountField(label=label, required=False)
                self.periods.append(period.code)

    def targets(self) -> dict[str, Any]:
        return {code: self.cleaned_data[f"target_{code}"] for code in self.periods}


def plan_kpis(actor: Actor) -> list[Kpi]:
    """KPIs that an objective can have."""
    return list(
        kpis_for(actor).filter(active=True, period__in=services.KINDS).exclude(beneficiary=Beneficiary.REP)
    )


class ObjectiveCreate(OfPlan):
    title = _("Objective")
    form_class = ObjectiveForm
    found: Objective | None = None

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "request": self.request, "plan": self.thing}

    def act(self, form: Any) -> None:
        given = form.cleaned_data
        try:
            services.put_objective(
                self.actor, plan_id=self.thing.pk, title=given["title"], weight=given["weight"], kpi=given["kpi"],
                targets=form.targets(), objective_id=self.found.pk if self.found else None,
            )  # fmt: skip
        except InputError as error:
            raise error.at("kpi" if error.field == "targets" else error.field or "title") from error


class ObjectiveChange(ObjectiveCreate):
    def prepare(self) -> None:
        super().prepare()
        self.found = objectives_of(self.thing).filter(pk=self.kwargs["objective_id"]).first()
        if self.found is None:
            raise NotFound()

    def form_kwargs(self) -> dict[str, Any]:
        if self.found is None:
            raise NotFound()
        targets = {f"target_{row.period}": row.target for row in self.found.targets.all()}
        kpi = self.found.kpi.code if self.found.kpi else ""
        initial = {"title": self.found.title, "weight": str(self.found.weight), "kpi": kpi, **targets}
        return {**super().form_kwargs(), "initial": initial}


class CommitmentForm(forms.Form):
    side = forms.ChoiceField(label=_("Who does it"), choices=Side.choices)
    title = _line(_("Commitment"))
    due_on = DayField(label=_("Due on"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].calendar = actor.operator.days  # type: ignore[attr-defined]


class CommitmentCreate(OfPlan):
    title = _("Commitment")
    form_class = CommitmentForm
    found: Commitment | None = None

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def act(self, form: Any) -> None:
        found = self.found.pk if self.found else None
        services.put_commitment(self.actor, plan_id=self.thing.pk, commitment_id=found, **form.cleaned_data)


class CommitmentChange(CommitmentCreate):
    def prepare(self) -> None:
        super().prepare()
        self.found = commitments_of(self.thing).filter(pk=self.kwargs["commitment_id"]).first()
        if self.found is None:
            raise NotFound()

    def form_kwargs(self) -> dict[str, Any]:
        initial = {name: getattr(self.found, name) for name in ("side", "title", "due_on")}
        return {"actor": self.actor, "initial": initial}


def _drop(request: HttpRequest, pk: int, act: Callable[..., None], **which: int) -> HttpResponse:
    actor = actor_of_request(request)
    return take_step(request, reverse("plans:plan", args=[pk]), lambda: act(actor, plan_id=pk, **which))


@require_POST
@member_page(MANAGE, audience="staff")
def drop_objective(request: HttpRequest, pk: int, objective_id: int) -> HttpResponse:
    return _drop(request, pk, services.drop_objective, objective_id=objective_id)


@require_POST
@member_page(MANAGE, audience="staff")
def drop_commitment(request: HttpRequest, pk: int, commitment_id: int) -> HttpResponse:
    return _drop(request, pk, services.drop_commitment, commitment_id=commitment_id)
