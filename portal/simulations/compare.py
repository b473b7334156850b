"""Some simulations side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from incentives.models import Simulation
from incentives.simulation import selectors
from incentives.states import SimulationState
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import Formats, formats_of
from portal.simulations.shown import Shown, breakdowns, shown
from portal.simulations.tables import label_of
from tenancy.enums import Permission

MOST = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of every simulation; ``best`` marks nothing, the reader judges."""

    label: str
    values: list[str]


@member_page(Permission.VIEW_SCHEMES, audience="staff")
def compare(request: HttpRequest) -> HttpResponse:
    """The finished ones among those that the address names, up to four."""
    actor, formats = actor_of_request(request), formats_of(request)
    wanted = [int(text) for text in request.GET.getlist("of") if text.isdecimal() and len(text) < 18][:MOST]
    found = selectors.simulations_for(actor).filter(pk__in=wanted, state=SimulationState.DONE)
    jobs = sorted(found, key=lambda job: wanted.index(job.pk))
    context = {
        "title": _("Simulations side by side"),
        "crumbs": [(_("Simulations"), reverse("simulations:list"))],
        "jobs": [{"job": job, "label": label_of(job)} for job in jobs],
        "rows": _figures(jobs, formats),
        "groups": _groups(jobs, formats),
        "most": MOST,
    }
    return render(request, "portal/simulations/compare.html", context)


def _figures(jobs: list[Simulation], formats: Formats) -> list[Row]:
    every = [shown(job) for job in jobs]

    def signed(value: Decimal) -> str:
        return ("\N{LEFT-TO-RIGHT MARK}+" if value > 0 else "") + formats.money(value)

    written: list[tuple[str, Callable[[Shown], str]]] = [
        (_("Cost"), lambda each: formats.money(each.total)),
        (_("Published today"), lambda each: formats.money(each.before)),
        (_("Difference"), lambda each: signed(each.change)),
        (_("Beneficiaries that earn"), lambda each: formats.number(each.earning)),
        (_("Who gets more"), lambda each: f"{formats.number(each.winners)} ({signed(each.won)})"),
        (_("Who gets less"), lambda each: f"{formats.number(each.losers)} ({signed(each.lost)})"),
        (
            _("Half of them get at least"),
            lambda each: formats.money(each.quartiles[2]) if each.quartiles else "–",
        ),
        (_("Highest amount"), lambda each: formats.money(each.quartiles[4]) if each.quartiles else "–"),
        (_("Cut by the cap"), lambda each: formats.money(each.cut)),
        (_("Share of the budget"), lambda each: "–" if each.share is None else formats.percent(each.share)),
    ]
    return [Row(label, [write(each) for each in every]) for label, write in written]


def _groups(jobs: list[Simulation], formats: Formats) -> list[dict[str, Any]]:
    """Tiers, roles and periods with the cost in every simulation."""
    tables = [{table.title: table for table in breakdowns(job, formats)} for job in jobs]
    titles = list(dict.fromkeys(title for each in tables for title in each))
    found = []
    for title in titles:
        costs = [
            {group.label: group.total for group in each[title].groups} if title in each else {}
            for each in tables
        ]
        labels = list(dict.fromkeys(label for each in costs for label in each))
        rows = [
            Row(label, [formats.money(each[label]) if label in each else "–" for each in costs])
            for label in labels
        ]
        found.append({"title": title, "rows": rows})
    return found
