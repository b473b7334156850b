"""Writing a goal down: partner, KPI, period, and a number or a growth."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.periods import Period, period_of
from partners.selectors import own_company
from performance.enums import Beneficiary, PeriodKind
from performance.models import Kpi
from performance.selectors import kpis_for
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodeField
from portal.catalog.pickers import CodePicker
from portal.schemes.fields import AmountField
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage
from programs.goals.enums import GoalBasis
from programs.goals.services import LONGEST, draft_goal, propose_goal
from programs.goals.targets import Wish
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Periods that a goal can be written for: the running one and those after it.
AHEAD = 4


class WishForm(forms.Form):
    """What a side asks for."""

    basis = forms.ChoiceField(
        label=_("Kind of target"),
        choices=GoalBasis.choices,
        widget=forms.RadioSelect,
        initial=GoalBasis.ABSOLUTE,
    )
    target = AmountField(
        label=_("Target for the whole period"),
        required=False,
        help_text=_("A partner that joins in the midst of the period has the part for its days."),
    )
    growth = AmountField(
        label=_("Growth in percent"),
        required=False,
        help_text=_(
            "Against the same period of the year before. Where nothing was measured then, give a number."
        ),
    )
    text = forms.CharField(
        label=_("Reasons"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(given["basis"], given["target"], given["growth"])


class GoalForm(WishForm):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
    kpi = forms.ChoiceField(label=_("KPI"))
    period = forms.ChoiceField(label=_("Period"))
    send = forms.BooleanField(label=_("Propose it to the other side at once"), required=False, initial=True)

    field_order = ("partner", "kpi", "period", "basis", "target", "growth", "text", "send")

    def __init__(self, *args: Any, actor: Actor, request: Any, partner: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kpis = goal_kpis(actor)
        self.fields["kpi"].choices = [("", "---------"), *choices_of(kpis)]  # type: ignore[attr-defined]
        self.fields["period"].choices = period_choices(actor, kpis, request)  # type: ignore[attr-defined]
        self.initial["partner"] = partner
        if actor.is_partner:
            del self.fields["partner"]


def goal_kpis(actor: Actor) -> Any:
    """KPIs of partners that can have a goal."""
    return kpis_for(actor).filter(active=True).exclude(beneficiary=Beneficiary.REP)


def period_choices(actor: Actor, kpis: Any, request: Any) -> list[Any]:
    """The running period and the next ones of every kind that the KPIs have, by kind."""
    formats = formats_of(request)
    kinds = sorted({(kpi.period, kpi.rolling_months) for kpi in kpis}, key=str)
    found: list[Any] = [("", "---------")]
    for kind, months in kinds:
        label = PeriodKind(kind).label
        periods = coming(actor, kind, months)
        found.append((label, [(each.code, formats.period(each.code)) for each in periods]))
    return found


def coming(actor: Actor, kind: str, months: int | None) -> list[Period]:
    operator = actor.operator
    today = timezone.now().astimezone(operator.zone).date()
    periods = [period_of(today, kind, operator.days, operator.fiscal_start_month, months)]  # type: ignore[arg-type]
    while len(periods) <= AHEAD:
        periods.append(periods[-1].next())
    return periods


class GoalCreate(FormPage):
    title = _("New goal")
    subtitle = _(
        "A number of a KPI that both sides agree on. It counts as the target in formulas once both have."
    )
    form_class = GoalForm
    permission = Permission.MANAGE_PLANS
    draft = "goal"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "request": self.request, "partner": self.request.GET.get("partner", "")}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Goals")), reverse("goals:list"))]

    def save(self, form: GoalForm) -> str:
        given = form.cleaned_data
        partner = own_company(self.actor).code if self.actor.is_partner else given["partner"]
        wish = form.wish()
        goal = draft_goal(
            self.actor,
            partner=partner,
            kpi=given["kpi"],
            period=given["period"],
            wish=wish,
            text=given["text"],
        )
        if given["send"]:
            propose_goal(self.actor, goal_id=goal.pk)
        return reverse("goals:goal", args=[goal.pk])


def initial_of(kpi: Kpi, goal: Any) -> dict[str, Any]:
    """The standing offer as the first value of an answer."""
    return {"basis": goal.basis, "target": goal.whole, "growth": goal.growth}
