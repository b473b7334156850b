"""The list of simulations and the page of one: progress while it runs, the result afterwards."""

from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict
from incentives.models import SimulatedAmount, Simulation
from incentives.simulation import selectors, services
from incentives.states import GOING_ON, SimulationState
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.lists import Action, Empty, ListPage
from portal.simulations.shown import breakdowns, distribution_chart, shown
from portal.simulations.tables import ChangeTable, SimulationTable, label_of
from tenancy.enums import Permission


class SimulationList(ListPage):
    title = _("Simulations")
    subtitle = _("What rules would have paid in past periods. Nothing of it is owed to anybody.")
    table_class = SimulationTable
    template_name = "portal/simulations/list.html"
    permission = Permission.VIEW_SCHEMES
    audience = "staff"
    export_name = "simulations"
    empty = Empty(
        _("Nothing was simulated yet"),
        _("Open a scheme and choose “Simulate”, or try a formula while you write it."),
        "flask",
        "schemes:list",
        _("To the schemes"),
    )

    def rows(self) -> list[Simulation]:
        found = list(selectors.simulations_for(self.actor))
        for job in found:
            said = job.summary
            job.paid = Decimal(said["total"]) if said else None  # type: ignore[attr-defined]
            job.was = Decimal(said["before"]) if said and job.baseline_id else None  # type: ignore[attr-defined]
        return found


class ChangeFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    who = filters.ChoiceFilter(
        label=_("Who"),
        method="by_change",
        choices=[("winners", _("Who gets more")), ("losers", _("Who gets less"))],
        empty_label=_("All"),
    )

    class Meta:
        model = SimulatedAmount
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            Q(partner__name__icontains=value)
            | Q(partner__code__icontains=value)
            | Q(rep__name__icontains=value)
        )

    def by_change(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        more = {"winners": Q(paid__gt=F("was")), "losers": Q(paid__lt=F("was"))}
        return rows.filter(more[value]) if value in more else rows


class SimulationPage(ListPage):
    """The result above the list of beneficiaries."""

    table_class = ChangeTable
    filter_class = ChangeFilter
    permission = Permission.VIEW_SCHEMES
    audience = "staff"
    template_name = "portal/simulations/job.html"
    export_name = "simulation"
    empty = Empty(_("Nobody would have earned"), _("No beneficiary had numbers in these periods."), "coins")

    def rows(self) -> QuerySet[Any]:
        self.job = selectors.get_simulation(self.actor, self.kwargs["pk"])
        self.title = label_of(self.job)  # type: ignore[misc]
        return selectors.changes_of(self.actor, self.job).order_by("-change", "partner__code", "rep__code")

    def table_options(self) -> dict[str, Any]:
        return {"by_rep": self.job.rules["payee"] == "rep"}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Simulations")), reverse("simulations:list"))]

    def actions(self) -> list[Action]:
        scheme = self.job.scheme
        if scheme is None or not self.actor.can(Permission.MANAGE_SCHEMES):
            return []
        return [
            Action(_("Simulate again"), reverse("simulations:new", args=[scheme.code]), "flask"),
            Action(_("To the scheme"), reverse("schemes:scheme", args=[scheme.code]), "gift", plain=True),
        ]

    def extra(self) -> dict[str, Any]:
        return state_context(self.request, self.job)


def state_context(request: HttpRequest, job: Simulation) -> dict[str, Any]:
    """What the part of the page that moves is drawn with."""
    formats = formats_of(request)
    done = job.state == SimulationState.DONE
    actor = actor_of_request(request)
    return {
        "job": job,
        "running": job.state in GOING_ON,
        "may_cancel": actor.can(Permission.MANAGE_SCHEMES),
        "shown": shown(job) if done else None,
        "breakdowns": breakdowns(job, formats) if done else [],
        "distribution": distribution_chart(job, formats) if done else None,
    }


@member_page(Permission.VIEW_SCHEMES, audience="staff")
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that asks for itself while the simulation runs; at its end the whole page is drawn again."""
    job = selectors.get_simulation(actor_of_request(request), pk)
    if request.GET.get("inline") is None and job.state not in GOING_ON:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = {**state_context(request, job), "inline": request.GET.get("inline") is not None}
    return render(request, "portal/simulations/state.html", context)


@require_POST
@member_page(Permission.MANAGE_SCHEMES, audience="staff")
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop it; the page then says so."""
    try:
        services.cancel_simulation(actor_of_request(request), simulation_id=pk)
    except Conflict as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("simulations:job", args=[pk]))
