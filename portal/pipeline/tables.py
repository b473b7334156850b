"""The list of the pipeline, and its figures as a table."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Territory
from catalog.selectors import products_for, territories_for
from deals import pipeline
from deals.enums import DealState
from deals.models import Deal
from partners.selectors import pams_for
from portal.catalog.columns import ThingColumn
from portal.catalog.pickers import CodePicker
from portal.pipeline.asked import deal_address, months_ahead, period_named, quarters_back, today_of
from portal.shell.access import actor_of_request
from portal.shell.filters import SearchFilter
from portal.shell.formats import formats_of
from portal.shell.tables import DayColumn, MoneyColumn, NumberColumn, PercentColumn, SharikTable, StateColumn
from programs.selectors import programmes_for

#: The value of the filter that lets every open stage through.
OPEN = "open"
SHOWN: list[tuple[str, Any]] = [
    (OPEN, _("Open")),
    *((state.value, state.label) for state in DealState if state != DealState.DRAFT),
]
#: So far ahead the forecast looks.
MONTHS = 6
AGES = [
    ("0", _("Up to 30 days")),
    ("31", _("31 to 60 days")),
    ("61", _("61 to 90 days")),
    ("91", _("More than 90 days")),
]


class PipelineListFilter(filters.FilterSet):  # type: ignore[misc]
    search = SearchFilter("search_key", "partner__search_key")
    state = filters.ChoiceFilter(label=_("State"), choices=SHOWN, method="by_state", empty_label=_("All"))
    partner = filters.CharFilter(
        label=_("Partner"), field_name="partner__code", widget=CodePicker("partners")
    )
    pam = filters.ChoiceFilter(label=_("Account manager"), method="by_pam", empty_label=_("All"))
    product = filters.CharFilter(label=_("Product"), method="by_product", widget=CodePicker("products"))
    segment = filters.CharFilter(label=_("Segment"), field_name="segment__code")
    territory = filters.CharFilter(
        label=_("Territory"), method="by_territory", widget=CodePicker("territories")
    )
    programme = filters.ChoiceFilter(label=_("Programme"), method="by_programme", empty_label=_("All"))
    age = filters.ChoiceFilter(label=_("Age"), choices=AGES, method="by_age", empty_label=_("All"))
    closes = filters.ChoiceFilter(label=_("Expected to close"), method="by_close", empty_label=_("All"))
    closed = filters.ChoiceFilter(label=_("Closed in"), method="by_end", empty_label=_("All"))

    class Meta:
        model = Deal
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor_of_request(self.request)
        programmes = [(row.code, row.label()) for row in programmes_for(self.actor)]
        self.filters["programme"].extra["choices"] = programmes
        if not programmes:
            del self.filters["programme"]
        formats, ahead = formats_of(self.request), months_ahead(self.actor, MONTHS)
        self.filters["closes"].extra["choices"] = [(each.code, formats.period(each.code)) for each in ahead]
        self.filters["closed"].extra["choices"] = quarters_back(self.request)
        if self.actor.is_partner:
            del self.filters["pam"]
        else:
            self.filters["pam"].extra["choices"] = [(str(pam.pk), pam.name) for pam in pams_for(self.actor)]

    def by_state(self, rows: QuerySet[Deal], name: str, value: str) -> QuerySet[Deal]:
        return rows.filter(state__in=pipeline.STAGES if value == OPEN else [value])

    def by_close(self, rows: QuerySet[Deal], name: str, value: str) -> QuerySet[Deal]:
        month = period_named(self.actor, value)
        return rows.filter(expected_close__gte=month.start, expected_close__lt=month.end) if month else rows

    def by_end(self, rows: QuerySet[Deal], name: str, value: str) -> QuerySet[Deal]:
        quarter = period_named(self.actor, value)
        return pipeline.closed_in(self.actor, rows, quarter.start, quarter.end) if quarter else rows

    def by_pam(self, rows: QuerySet[Deal], name: str, value: str) -> QuerySet[Deal]:
        return self._inside(rows, pam_id=int(value))

    def by_programme(self, rows: QuerySet[Deal], name: str, value: str) -> QuerySet[Deal]:
        return pipeline.in_programme(rows, value)

    def by_product(self, rows: QuerySet[Deal], name: str, value: str) -> QuerySet[Deal]:
        product = products_for(self.actor).filter(code=value.strip()).first()
        return self._inside(rows, product_id=product.pk) if product else rows.none()

    def by_territory(self, rows: QuerySet[Deal], name: str, value: str) -> QuerySet[Deal]:
        territory = territories_for(self.actor).filter(code=value.strip()).first()
        below = (
            Territory.objects.filter(path__contains=[territory.pk]) if territory else Territory.objects.none()
        )
        return rows.filter(territory_id__in=below.values("pk"))

    def by_age(self, rows: QuerySet[Deal], name: str, value: str) -> QuerySet[Deal]:
        low = int(value)
        asked = {"age_days__gte": low}
        if low <= pipeline.AGES[-1]:
            asked["age_days__lte"] = low + (30 if low == 0 else 29)
        return rows.filter(state__in=pipeline.STAGES).filter(**asked)

    def _inside(self, rows: QuerySet[Deal], **asked: Any) -> QuerySet[Deal]:
        return rows.filter(pk__in=pipeline.deals_in(self.actor, pipeline.Asked(**asked)).values("pk"))


class PipelineTable(SharikTable):
    customer_name = tables.Column(verbose_name=_("Customer"))
    ref = tables.Column(verbose_name=_("Number"), visible=False)
    partner = ThingColumn(verbose_name=_("Partner"), order_by="partner__name")
    state = StateColumn(verbose_name=_("State"))
    segment = ThingColumn(verbose_name=_("Segment"), order_by="segment__name")
    territory = ThingColumn(verbose_name=_("Territory"), order_by="territory__name")
    expected_close = DayColumn(verbose_name=_("Expected close"))
    age_days = NumberColumn(verbose_name=_("Age in days"))
    value = MoneyColumn(verbose_name=pgettext_lazy("deal", "Value"))
    weighted = MoneyColumn(verbose_name=_("Weighted"))

    def render_customer_name(self, value: str, record: Deal) -> str:
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a><span class="row-sub"><bdi dir="ltr">{}</bdi></span>',
            deal_address(record.ref),
            value,
            record.ref,
        )


class GroupTable(SharikTable):
    """The figures of one dimension; ``leads_to(key)`` is the list behind a row."""

    label = tables.Column(verbose_name=_("Name"), orderable=False)
    open = NumberColumn(verbose_name=_("Open"), accessor="sums__open", orderable=False)
    open_value = MoneyColumn(verbose_name=_("Open value"), accessor="sums__open_value", orderable=False)
    weighted = MoneyColumn(verbose_name=_("Weighted"), accessor="sums__weighted", orderable=False)
    won = NumberColumn(verbose_name=_("Won"), accessor="sums__won", orderable=False)
    won_value = MoneyColumn(verbose_name=_("Won value"), accessor="sums__won_value", orderable=False)
    win_rate = PercentColumn(verbose_name=_("Win rate"), accessor="sums__win_rate", orderable=False)
    cycle = NumberColumn(verbose_name=_("Days to win"), accessor="sums__cycle_days", orderable=False)


def listed(actor: Any) -> QuerySet[Deal]:
    """The deals of the list with age and weighted value."""
    rows = pipeline.deals_in(actor).select_related("partner", "segment", "territory")
    return pipeline.with_age(actor, rows, today_of(actor))
