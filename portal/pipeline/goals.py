"""Goals, gaps, and the pipeline that may close them."""

from django.utils.translation import gettext_lazy as _

from deals.goals import Goal, goals
from portal.catalog.columns import ThingColumn
from portal.pipeline.asked import today_of
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
        return links("goals")
