"""Goals, gaps, and the pipeline that may close them."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from deals.goals import Goal, goals
from partners.selectors import partners_for
from portal.catalog.columns import ThingColumn
from portal.pipeline.asked import today_of
from portal.pipeline.gaps import deals_address, gap_address, opens
from portal.pipeline.views import links
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import MoneyColumn, PercentColumn, PeriodColumn, SharikTable
from tenancy.enums import Permission


class GoalTable(SharikTable):
    kpi = ThingColumn(verbose_name=_("Goal"), order_by="kpi__code")
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__code")
    period = PeriodColumn(verbose_name=_("Period"))
    target = MoneyColumn(verbose_name=_("Target"))
    actual = MoneyColumn(verbose_name=_("Reached"))
    reached = PercentColumn(verbose_name=_("Share"))
    gap = MoneyColumn(verbose_name=_("Gap"))
    pipeline = MoneyColumn(verbose_name=_("Weighted pipeline"))
    coverage = PercentColumn(verbose_name=_("Coverage"), orderable=False)

    def __init__(self, *args: Any, linked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.linked = linked

    def render_kpi(self, record: Goal) -> str:
        if not self.linked:
            return format_html('<span class="row-title" dir="auto">{}</span>', record.kpi.label())
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a>', gap_address(record), record.kpi.label()
        )

    def value_kpi(self, record: Goal) -> str:
        return str(record.kpi.label())

    def render_pipeline(self, value: Any, record: Goal) -> str:
        written = self.formats.money(value)
        return format_html('<a class="amount-link num" href="{}">{}</a>', deals_address(record), written)

    def value_pipeline(self, value: Any) -> Any:
        return value


class GoalList(ListPage):
    title = _("Goals and coverage")
    subtitle = _("What is missing in the running periods, and how much of it the open deals would bring")
    table_class = GoalTable
    permission = Permission.VIEW_DEALS
    export_name = "goals"
    empty = Empty(
        _("No goals yet"),
        _("Targets of KPIs that sum amounts stand here with the deals that may reach them."),
        "target",
    )

    def rows(self) -> list[Goal]:
        return goals(self.actor, today_of(self.actor))

    def actions(self) -> list[Action]:
        return links(self.actor, "goals")

    def table_options(self) -> dict[str, Any]:
        return {"linked": opens(self.actor)} | ({"exclude": ("partner",)} if self._alone() else {})

    def _alone(self) -> bool:
        """A company without sub-partners has its own goals alone."""
        return self.actor.is_partner and partners_for(self.actor).count() < 2
