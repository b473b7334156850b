"""Tables of the catalogue."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer
from catalog.models import Family, Product
from common.names import listed
from portal.catalog.columns import CodedTable, FlagColumn, ThingColumn, TitleColumn, role_labels
from portal.shell.tables import CodeColumn, DayColumn, MoneyColumn, NumberColumn


class ProductTable(CodedTable):
    name = TitleColumn(linked="catalog:product")
    family = ThingColumn(verbose_name=_("Family"), order_by="family__name")
    layer = tables.Column(accessor="family__layer", verbose_name=_("Technology layer"))
    roles = tables.Column(verbose_name=_("Who can sell it"), orderable=False)
    list_price = MoneyColumn(verbose_name=_("List price"))
    partner_price = MoneyColumn(verbose_name=_("Partner price"))
    strategic = FlagColumn(verbose_name=_("Strategic"))

    def render_layer(self, record: Product) -> str:
        return str(Layer(record.family.layer).label)

    def render_roles(self, value: list[str]) -> str:
        return listed(role_labels(value))


class FamilyTable(CodedTable):
    name = TitleColumn()
    layer = tables.Column(verbose_name=_("Technology layer"))
    product_count = NumberColumn(verbose_name=_("Products"))

    def render_layer(self, record: Family) -> str:
        return str(Layer(record.layer).label)


class ManagedFamilyTable(FamilyTable):
    name = TitleColumn(linked="catalog:change_family")


class SegmentTable(CodedTable):
    name = TitleColumn()
    key_account = FlagColumn(verbose_name=_("Key account segment"))


class ManagedSegmentTable(SegmentTable):
    name = TitleColumn(linked="catalog:change_segment")


class CustomerTable(CodedTable):
    name = TitleColumn(linked="catalog:customer")
    segment = ThingColumn(verbose_name=_("Segment"), order_by="segment__name")
    territory = ThingColumn(verbose_name=_("Territory"), order_by="territory__name")
    country = CodeColumn(verbose_name=_("Country"))
    legal_id = CodeColumn(verbose_name=_("Legal id"))
    since = DayColumn(verbose_name=_("Customer since"))
