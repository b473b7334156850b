"""Where the gap of one goal is: by product, segment and territory, with the open deals that may close it."""

from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.gaps import Part, find_goal, gap_parts
from deals.goals import Goal
from performance.counting.behind import Dimension
from portal.pipeline.asked import today_of
from portal.pipeline.tables import OPEN
from portal.shell.charts import Chart, bar
from portal.shell.formats import formats_of
from portal.shell.lists import Empty, ListPage
from portal.shell.tables import MoneyColumn, SharikTable
from programs.goals.selectors import goals_for
from tenancy.actors import Actor
from tenancy.enums import Permission, Role

DIMENSIONS = {
    Dimension.PRODUCT: gettext_lazy("Product"),
    Dimension.SEGMENT: gettext_lazy("Segment"),
    Dimension.TERRITORY: gettext_lazy("Territory"),
}
#: Bars of the chart; the table has all.
BARS = 10


def opens(actor: Actor) -> bool:
    """Whether the reader may look into a company's business: sellers see their own lines alone."""
    return actor.can(Permission.VIEW_TRANSACTIONS) and actor.role != Role.PARTNER_SELLER


def gap_address(goal: Goal, by: str = "") -> str:
    asked = {"kpi": goal.kpi.code, "partner": goal.partner.code} | ({"by": by} if by else {})
    return f"{reverse('pipeline:gap')}?{urlencode(asked)}"


def deals_address(goal: Goal, **more: str) -> str:
    """The open deals of the goal's partner."""
    return f"{reverse('pipeline:list')}?{urlencode({'partner': goal.partner.code, 'state': OPEN, **more})}"


class GapTable(SharikTable):
    label = tables.Column(verbose_name=gettext_lazy("Name"), empty_values=(), orderable=False)
    before = MoneyColumn(verbose_name=gettext_lazy("A year before"))
    target = MoneyColumn(verbose_name=gettext_lazy("Its share of the target"))
    actual = MoneyColumn(verbose_name=gettext_lazy("Reached"))
    gap = MoneyColumn(verbose_name=gettext_lazy("Gap"))
    pipeline = MoneyColumn(verbose_name=gettext_lazy("Weighted pipeline"))

    def __init__(self, *args: Any, goal: Goal, by: Dimension, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goal, self.by = goal, by

    def render_label(self, record: Part) -> str:
        if not record.key:
            return _("Not given")
        address = deals_address(self.goal, **{self.by.value: record.key})
        return format_html('<a class="row-title" href="{}" dir="auto">{}</a>', address, record.label)

    def value_label(self, record: Part) -> str:
        return record.label or _("Not given")


class GapList(ListPage):
    title = gettext_lazy("Where the gap is")
    table_class = GapTable
    permission = Permission.VIEW_DEALS
    template_name = "portal/pipeline/gap.html"
    export_name = "gap"
    page_size = 50
    empty = Empty(
        gettext_lazy("Nothing was sold yet"),
        gettext_lazy("What the goal counts stands here as soon as it is sold or registered."),
        "target",
    )

    def rows(self) -> list[Part]:
        self.actor.require(Permission.VIEW_TRANSACTIONS)
        asked = self.request.GET
        self.goal = find_goal(
            self.actor, today_of(self.actor), asked.get("kpi", ""), asked.get("partner", "")
        )
        wanted = asked.get("by", "")
        self.by = Dimension(wanted) if wanted in list(Dimension) else Dimension.PRODUCT
        self.parts = gap_parts(self.actor, self.goal, self.by)
        return self.parts

    def table_options(self) -> dict[str, Any]:
        return {"goal": self.goal, "by": self.by}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Goals and coverage"), reverse("pipeline:goals"))]

    def extra(self) -> dict[str, Any]:
        return {
            "goal": self.goal,
            "by": self.by,
            "choices": [(each, label, gap_address(self.goal, each)) for each, label in DIMENSIONS.items()],
            "shared": any(part.before for part in self.parts),
            "agreed": self._agreed(),
            "deals_url": deals_address(self.goal),
            "chart": self._chart(),
        }

    def _agreed(self) -> Any:
        """The goal as both sides agreed on it, where the reader may see that."""
        if not self.actor.can(Permission.VIEW_PLANS):
            return None
        goals = goals_for(self.actor).filter(agreed_target__isnull=False)
        return goals.filter(kpi=self.goal.kpi, partner=self.goal.partner, period=self.goal.period).first()

    def _chart(self) -> Chart | None:
        top = [part for part in self.parts if part.gap or part.pipeline][:BARS]
        if not top:
            return None
        formats = formats_of(self.request)
        series = {
            _("Gap"): [part.gap for part in top],
            _("Weighted pipeline"): [part.pipeline for part in top],
        }
        return bar(
            str(DIMENSIONS[self.by]), [part.label or _("Not given") for part in top], series, write=formats.money,
            short=lambda amount: formats.number(amount, compact=True), horizontal=True,
            links=[deals_address(self.goal, **{self.by.value: part.key}) if part.key else "" for part in top],
        )  # fmt: skip
