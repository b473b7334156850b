"""Starting simulations: of a scheme's newest version from its page, of rules as they stand in the form."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import InputError, Invalid, NotFound
from incentives.enums import Ceiling, SchemeKind, StackPolicy
from incentives.models import Scheme
from incentives.programs import FormulaInvalid
from incentives.selectors import current_period, get_scheme, newest_version
from incentives.simulation.rules import Trial, trial_of
from incentives.simulation.services import last_periods, start_simulation
from portal.formulas.asked import asked_of
from portal.formulas.words import error_text
from portal.schemes.cards import cards_of, workbench
from portal.schemes.forms import SchemeForm
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.forms import FormPage
from portal.simulations.views import state_context
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Complete periods that are offered, and how many of them are chosen at first.
OFFERED, CHOSEN = 12, 4


class PeriodsForm(forms.Form):
    periods = forms.MultipleChoiceField(
        label=_("Periods"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The rules are tried on what was sold then. The running period counts as far as it is."),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["periods"].choices = choices  # type: ignore[attr-defined]


class SimulateScheme(FormPage):
    """The newest version of a scheme, draft or published."""

    title = _("Simulate")
    subtitle = _("What these rules would have paid, compared with the version that is published today.")
    form_class = PeriodsForm
    permission = Permission.MANAGE_SCHEMES
    audience = "staff"
    submit_label = _("Simulate")
    success = ""

    def prepare(self) -> None:
        self.scheme = get_scheme(self.actor, self.kwargs["code"])
        self.version = newest_version(self.actor, self.scheme)
        past = last_periods(self.actor, self.scheme.period, OFFERED)[::-1]
        self.periods = [current_period(self.actor, self.scheme.period), *past]

    def form_kwargs(self) -> dict[str, Any]:
        formats = formats_of(self.request)
        chosen = [period.code for period in self.periods[1 : CHOSEN + 1]]
        choices = [(period.code, formats.period(period.code)) for period in self.periods]
        return {"choices": choices, "initial": {"periods": chosen}}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("schemes:scheme", args=[self.scheme.code])}

    def crumbs(self) -> list[tuple[str, str]]:
        return [
            (str(_("Incentive schemes")), reverse("schemes:list")),
            (str(self.scheme), reverse("schemes:scheme", args=[self.scheme.code])),
        ]

    def save(self, form: PeriodsForm) -> str:
        job = start_simulation(
            self.actor,
            trial=trial_of(self.version),
            periods=form.cleaned_data["periods"],
            scheme=self.scheme,
            version=self.version,
        )
        return reverse("simulations:job", args=[job.pk])


@require_POST
@member_page(Permission.MANAGE_SCHEMES, audience="staff")
def typed(request: HttpRequest) -> HttpResponse:
    """The rules as they stand in the scheme form, over the last complete periods; answers with the running job."""
    actor = actor_of_request(request)
    scheme = _scheme_of(actor, request)
    try:
        with transaction.atomic():
            trial, label = _trial(actor, request, scheme)
            periods = [period.code for period in last_periods(actor, trial.period, _count(request))]
            job = start_simulation(actor, trial=trial, periods=periods, scheme=scheme, label=label)
    except FormulaInvalid as error:
        return _refused(request, [error_text(one) for one in error.errors])
    except Invalid as error:
        return _refused(request, [one.message for one in error.errors])
    except InputError as error:
        return _refused(request, [error.message])
    return render(request, "portal/simulations/state.html", {**state_context(request, job), "inline": True})


def _refused(request: HttpRequest, texts: list[str]) -> HttpResponse:
    return render(request, "portal/simulations/refused.html", {"texts": texts})


def _scheme_of(actor: Actor, request: HttpRequest) -> Scheme | None:
    """The published scheme that the form amends; what is not published yet is compared with nothing."""
    try:
        scheme = get_scheme(actor, request.POST.get("code") or request.GET.get("code", ""))
    except NotFound:
        return None
    return scheme if scheme.published else None


def _count(request: HttpRequest) -> int:
    text = request.POST.get("simulate_last", "")
    return (
        min(max(int(text), 1), OFFERED) if text.isascii() and text.isdecimal() and len(text) < 4 else CHOSEN
    )


def _trial(actor: Actor, request: HttpRequest, scheme: Scheme | None) -> tuple[Trial, str]:
    """What the form says so far; name, code and dates may still be missing."""
    asked = asked_of(request.POST)
    kind, payee, period = asked.kind, asked.payee, asked.period
    if scheme is not None:
        kind, payee, period = scheme.kind, scheme.payee, scheme.period
    form = SchemeForm(request.POST, actor=actor)
    form.is_valid()
    wrong = [
        name
        for name in form.errors
        if name in ("budget", "cap", "rounding", "at_ceiling", "stack_priority", "__all__")
        or name.startswith("only_")
    ]
    if wrong:
        raise InputError("form", " ".join(str(form.errors[name][0]) for name in wrong), wrong[0])
    data = form.cleaned_data
    only = {name.removeprefix("only_"): value for name, value in data.items() if name.startswith("only_")}
    trial = Trial(
        formula=_formula(actor, request),
        kind=kind,
        payee=payee,
        period=period,
        eligibility={key: list(values) for key, values in only.items() if values},
        budget=data["budget"],
        cap=data["cap"],
        rounding=data["rounding"],
        **_terms(data, kind),
    )
    return trial, str(data.get(form.name_fields[0]) or gettext("Rules of a form"))


def _terms(data: dict[str, Any], kind: str) -> dict[str, Any]:
    """Stacking, ceiling and payments as saving the form would store them."""
    later = kind != SchemeKind.REBATE and bool(data.get("payments"))
    group = (data.get("stack_group") or "").strip()
    return {
        "stack_group": group,
        "stack_policy": data.get("stack_policy") or StackPolicy.ADDITIVE,
        "stack_priority": data.get("stack_priority"),
        "stack_counts": bool(data.get("stack_counts")),
        "at_ceiling": (data.get("at_ceiling") or Ceiling.WATCH)
        if data["budget"] is not None
        else Ceiling.WATCH,
        "payments": data["payments"] if later else [],
        "while_customer": later and bool(data.get("while_customer")),
    }


def _formula(actor: Actor, request: HttpRequest) -> str:
    if request.POST.get("mode") == "expert":
        return request.POST.get("formula", "").replace("\r\n", "\n").strip()
    written = workbench(actor, asked_of(request.POST), cards_of(request.POST)).written
    if not written.source:
        raise InputError("components", _("Some components are not complete yet."))
    return written.source
