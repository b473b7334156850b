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
from portal.shell.amounts import owed_text
from portal.shell.formats import Formats, formats_of
from portal.simulations.shown import Shown, breakdowns, shown
from portal.simulations.tables import direction_of, label_of
from tenancy.enums import Permission

MOST = 4
Write = Callable[[Decimal], str]


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
        "direction": direction_of(formats),
        "most": MOST,
    }
    return render(request, "portal/simulations/compare.html", context)


def _figures(jobs: list[Simulation], formats: Formats) -> list[Row]:
    written = [(shown(job), _write(formats, job.rules["kind"])) for job in jobs]
    return [Row(label, [write(each, owed) for each, owed in written]) for label, write in _lines(formats)]


def _write(formats: Formats, kind: str) -> Write:
    """How an amount of this kind of scheme is written."""
    return lambda value: owed_text(formats, value, kind)


def _lines(formats: Formats) -> list[tuple[str, Callable[[Shown, Write], str]]]:
    """Each figure with its name."""

    def signed(value: Decimal, owed: Write) -> str:
        return ("\N{LEFT-TO-RIGHT MARK}+" if value > 0 else "") + owed(value)

    return [
        (_("Cost"), lambda each, owed: owed(each.total)),
        (_("Published today"), lambda each, owed: owed(each.before)),
        (_("Difference"), lambda each, owed: signed(each.change, owed)),
        (_("Beneficiaries that earn"), lambda each, owed: formats.number(each.earning)),
        (_("Who gets more"), lambda each, owed: f"{formats.number(each.winners)} ({signed(each.won, owed)})"),
        (_("Who gets less"), lambda each, owed: f"{formats.number(each.losers)} ({signed(each.lost, owed)})"),
        (
            _("Half of them get at least"),
            lambda each, owed: owed(each.quartiles[2]) if each.quartiles else "–",
        ),
        (_("Highest amount"), lambda each, owed: owed(each.quartiles[4]) if each.quartiles else "–"),
        (_("Cut by the cap"), lambda each, owed: owed(each.cut)),
        (_("Taken by other schemes of the group"), lambda each, owed: owed(each.stacked)),
        (
            _("Share of the budget"),
            lambda each, owed: "–" if each.share is None else formats.percent(each.share),
        ),
        (_("Not paid because of the budget"), lambda each, owed: owed(each.unpaid)),
    ]


def _groups(jobs: list[Simulation], formats: Formats) -> list[dict[str, Any]]:
    """Tiers, roles and periods with the cost in every simulation."""
    tables = [{table.title: table for table in breakdowns(job, formats)} for job in jobs]
    writers = [_write(formats, job.rules["kind"]) for job in jobs]
    titles = list(dict.fromkeys(title for each in tables for title in each))
    found = []
    for title in titles:
        costs = [
            {group.label: write(group.total) for group in each[title].groups} if title in each else {}
            for each, write in zip(tables, writers, strict=True)
        ]
        labels = list(dict.fromkeys(label for each in costs for label in each))
        rows = [Row(label, [each.get(label, "–") for each in costs]) for label in labels]
        found.append({"title": title, "rows": rows})
    return found
