"""Tables of partners and reps."""

from functools import cached_property

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.names import listed
from partners.enums import PartnerState
from partners.models import Partner
from portal.catalog.columns import CodedTable, ThingColumn, TitleColumn, role_labels
from portal.programs.choices import tier_label
from portal.shell.tables import CodeColumn, DayColumn, NumberColumn, SharikTable, StateColumn
from programs.selectors import main_tier_names

#: State of a partner -> the state whose colour it has.
COLOURS = {"onboarding": "in_progress", "active": "active", "suspended": "suspended", "ended": "off"}


def state_of(partner: Partner) -> tuple[str, str]:
    return COLOURS[partner.state], str(PartnerState(partner.state).label)


class RolesColumn(tables.Column):  # type: ignore[misc]
    def render(self, value: list[str]) -> str:
        return listed(role_labels(value))

    def value(self, value: list[str]) -> str:
        return ", ".join(value)


class TierColumn(tables.Column):  # type: ignore[misc]
    """The tier's name; the names are read once per table. An exported file has the code."""

    def render(self, value: str, table: "PartnerTable") -> str:
        return tier_label(value, table.tier_names)

    def value(self, value: str) -> str:
        return value


class PartnerTable(SharikTable):
    name = TitleColumn(linked="partners:detail")
    code = CodeColumn(verbose_name=_("Code"), visible=False)
    tier = TierColumn(verbose_name=_("Tier"))
    roles = RolesColumn(verbose_name=_("Roles"), orderable=False)
    territory = ThingColumn(verbose_name=_("Territory"), order_by="territory__name")
    parent = ThingColumn(verbose_name=_("Parent partner"), order_by="parent__name")
    pams = tables.Column(verbose_name=_("Account manager"), orderable=False)
    rep_count = NumberColumn(verbose_name=_("Reps"))
    sub_count = NumberColumn(verbose_name=_("Sub-partners"))
    joined_on = DayColumn(verbose_name=_("Joined on"))
    state = StateColumn(verbose_name=_("State"), state=state_of, order_by="state")

    @cached_property
    def tier_names(self) -> dict[str, str]:
        return main_tier_names()

    def render_pams(self, value: list[str]) -> str:
        return listed(value)


class RepTable(CodedTable):
    name = TitleColumn()
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    email = CodeColumn(verbose_name=_("E-mail"))


class ManagedRepTable(RepTable):
    name = TitleColumn(linked="partners:change_rep")
