"""Board, list and figures of the pipeline."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals import pipeline
from deals.enums import DealState
from deals.figures import By, Group, grouped, sums
from deals.models import Deal
from portal.deals.steps import EVERY
from portal.pipeline.asked import asked_of, deal_address, form_of, months_ahead, today_of
from portal.pipeline.tables import MONTHS, OPEN, GroupTable, PipelineListFilter, PipelineTable, listed
from portal.shell.access import actor_of_request, member_page
from portal.shell.charts import Chart, bar
from portal.shell.downloads import download
from portal.shell.formats import Formats, formats_of
from portal.shell.lists import Action, Empty, ListPage
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Bars of a chart; the table below has all.
BARS = 10
#: Rows of the table on the page; files have all.
ROWS = 50
DIMENSIONS = {
    By.PARTNER: gettext_lazy("Partner"),
    By.PAM: gettext_lazy("Account manager"),
    By.PRODUCT: gettext_lazy("Product"),
    By.SEGMENT: gettext_lazy("Segment"),
    By.TERRITORY: gettext_lazy("Territory"),
    By.PROGRAMME: gettext_lazy("Programme"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A deal on the board with the states that may follow; the deal's page asks for what each needs."""

    deal: Deal
    url: str
    moves: list[tuple[str, str]]


class PipelineList(ListPage):
    title = gettext_lazy("Pipeline")
    table_class = PipelineTable
    filter_class = PipelineListFilter
    permission = Permission.VIEW_DEALS
    export_name = "pipeline"
    empty = Empty(
        gettext_lazy("Nothing in the pipeline yet"),
        gettext_lazy("Registered deals stand here as soon as they are submitted."),
        "briefcase",
    )

    def rows(self) -> Any:
        return listed(self.actor)

    def actions(self) -> list[Action]:
        return links(self.actor, "list")


def links(actor: Actor, here: str) -> list[Action]:
    """The ways between the views of the pipeline; who may not see KPIs has no goals."""
    every = {
        "board": Action(_("Board"), reverse("pipeline:board"), "layout-kanban", plain=True),
        "list": Action(_("List"), reverse("pipeline:list"), "list", plain=True),
        "figures": Action(_("Figures"), reverse("pipeline:figures"), "chart-bar", plain=True),
        "goals": Action(_("Goals"), reverse("pipeline:goals"), "target", plain=True),
    }
    if not actor.can(Permission.VIEW_KPIS):
        del every["goals"]
    return [action for name, action in every.items() if name != here]


@member_page(Permission.VIEW_DEALS)
def board(request: HttpRequest) -> HttpResponseBase:
    """A column per open stage, the most valuable deals first."""
    actor = actor_of_request(request)
    form = form_of(request, closed=False)
    asked = asked_of(actor, form)
    stages = pipeline.stages(actor, asked)
    columns = [
        {
            "stage": stage,
            "cards": [_card(actor, deal) for deal in stage.cards],
            "more": stage.count - len(stage.cards),
            "url": _list_url(request, state=stage.state.value),
        }
        for stage in stages
    ]
    return render(request, "portal/pipeline/board.html", {
        "title": _("Pipeline"),
        "form": form,
        "filtered": _filtered(request, form),
        "columns": columns,
        "total": sum((stage.value for stage in stages), Decimal(0)),
        "weighted": sum((stage.weighted for stage in stages), Decimal(0)),
        "count": sum(stage.count for stage in stages),
        "page_actions": links(actor, "board"),
    })  # fmt: skip


#: Steps that bring a deal to another column or off the board.
MOVES = {
    DealState.SUBMITTED: ("take", "approve", "ask", "reject", "withdraw"),
    DealState.UNDER_REVIEW: ("approve", "ask", "reject", "withdraw"),
    DealState.INFORMATION_REQUIRED: ("answer", "withdraw"),
    DealState.APPROVED: ("win", "lose", "end", "withdraw"),
}


def _card(actor: Actor, deal: Deal) -> Card:
    """The moves that this reader may make; the form of each stands open on the deal's page."""
    address = deal_address(deal.ref)
    own = not actor.is_partner or deal.partner_id == actor.partner_id
    steps = [
        EVERY[verb] for verb in MOVES[DealState(deal.state)] if own and actor.can(EVERY[verb].permission)
    ]
    return Card(deal, address, [(f"{address}#step-{step.verb}", str(step.label)) for step in steps])


def _filtered(request: HttpRequest, form: Any) -> bool:
    return any(request.GET.get(name) for name in form.fields)


def _list_url(request: HttpRequest, **more: str) -> str:
    """The list with the filters of this page."""
    kept = {
        name: request.GET[name]
        for name in ("partner", "pam", "product", "segment", "territory", "programme")
        if request.GET.get(name)
    }
    return f"{reverse('pipeline:list')}?{urlencode({**kept, **more})}"


@member_page(Permission.VIEW_DEALS)
def figures(request: HttpRequest) -> HttpResponseBase:
    """Forecast, win rate, cycle time and ages, and the same by one dimension; every bar leads to its deals."""
    actor, formats = actor_of_request(request), formats_of(request)
    form = form_of(request)
    asked = asked_of(actor, form)
    choices = {by: label for by, label in DIMENSIONS.items() if not (by is By.PAM and actor.is_partner)}
    wanted = request.GET.get("by", "")
    by = By(wanted) if wanted in choices else By.PRODUCT if actor.is_partner else By.PARTNER
    groups = [_labelled(group) for group in grouped(actor, by, asked)]
    if kind := request.GET.get("export"):
        return download(GroupTable(groups, request=request), f"pipeline-{by}", kind)
    query = request.GET.copy()
    query.pop("by", None)
    return render(request, "portal/pipeline/figures.html", {
        "title": _("Pipeline figures"),
        "form": form,
        "filtered": _filtered(request, form),
        "sums": sums(actor, asked),
        "forecast": _forecast(request, actor, asked, formats),
        "ages": _ages(request, actor, asked),
        "chart": _chart(request, by, groups, formats, str(choices[by])),
        "by": by,
        "by_label": choices[by],
        "choices": [(each.value, label) for each, label in choices.items()],
        "more": max(len(groups) - ROWS, 0),
        "rows": [_row(request, by, group) for group in groups[:ROWS]],
        "open_url": _list_url(request, state=OPEN),
        "won_url": _list_url(request, state=DealState.WON, **_closed(request)),
        "query": query.urlencode(),
        "exportable": True,
        "export_query": _without_export(request),
        "page_actions": links(actor, "figures"),
    })  # fmt: skip


def _row(request: HttpRequest, by: By, group: Group) -> dict[str, Any]:
    """A group with the lists behind its figures."""
    if not group.key:
        return {"group": group}
    here = {by.value: group.key}
    return {
        "group": group,
        "url": _list_url(request, **here),
        "open_url": _list_url(request, **here, state=OPEN),
        "won_url": _list_url(request, **here, state=DealState.WON, **_closed(request)),
    }


def _without_export(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("export", None)
    return query.urlencode()


def _labelled(group: Group) -> Group:
    return group if group.key else Group("", _("Not given"), group.sums)


def _closed(request: HttpRequest) -> dict[str, str]:
    """The period of closing, as the list calls it."""
    return {"closed": request.GET["period"]} if request.GET.get("period") else {}


def _forecast(request: HttpRequest, actor: Actor, asked: pipeline.Asked, formats: Formats) -> Chart | None:
    months = months_ahead(actor, MONTHS)
    found = pipeline.forecast(actor, asked, [(month.start, month.end) for month in months])
    if not any(value for value, _weighted in found):
        return None
    series = {
        _("Open value"): [value for value, _weighted in found],
        _("Weighted"): [weighted for _value, weighted in found],
    }
    return bar(
        _("Expected to close"), [formats.period(month.code) for month in months], series, write=formats.money,
        short=lambda amount: formats.number(amount, compact=True),
        links=[_list_url(request, state=OPEN, closes=month.code) for month in months],
    )  # fmt: skip


def _chart(request: HttpRequest, by: By, groups: list[Group], formats: Formats, label: str) -> Chart | None:
    top = [group for group in groups if group.sums.open_value][:BARS]
    if not top:
        return None
    series = {
        _("Weighted"): [group.sums.weighted for group in top],
        _("Open value"): [group.sums.open_value for group in top],
    }
    return bar(
        label, [group.label for group in top], series, write=formats.money, horizontal=True,
        short=lambda amount: formats.number(amount, compact=True),
        links=[_list_url(request, state=OPEN, **{by.value: group.key}) if group.key else "" for group in top],
    )  # fmt: skip


def _ages(request: HttpRequest, actor: Actor, asked: pipeline.Asked) -> list[dict[str, Any]]:
    found = pipeline.ages(actor, asked, today_of(actor))
    return [
        {
            "low": low,
            "high": high,
            "count": count,
            "value": value,
            "url": _list_url(request, age=str(low or 0)),
        }
        for low, high, count, value in found
    ]
