"""Filters of the catalogue's lists."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog import selectors
from catalog.enums import Layer
from catalog.models import Customer, Family, Product, Segment
from portal.catalog.columns import YES_NO, CodedFilter, choices_of
from portal.shell.access import actor_of_request


class ProductFilter(CodedFilter):
    family = filters.ChoiceFilter(label=_("Family"), field_name="family__code", empty_label=_("All"))
    layer = filters.ChoiceFilter(
        label=_("Technology layer"), field_name="family__layer", choices=Layer.choices, empty_label=_("All")
    )
    strategic = filters.ChoiceFilter(
        label=_("Strategic"), choices=YES_NO, method="by_strategic", empty_label=_("All")
    )

    class Meta:
        model = Product
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor = actor_of_request(self.request)
        self.filters["family"].extra["choices"] = choices_of(selectors.families_for(actor))
        if actor.is_partner:
            del self.filters["active"]

    def by_strategic(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return rows.filter(strategic=value == "1")


class FamilyFilter(CodedFilter):
    layer = filters.ChoiceFilter(label=_("Technology layer"), choices=Layer.choices, empty_label=_("All"))

    class Meta:
        model = Family
        fields: list[str] = []


class SegmentFilter(CodedFilter):
    class Meta:
        model = Segment
        fields: list[str] = []


class CustomerFilter(CodedFilter):
    segment = filters.ChoiceFilter(label=_("Segment"), field_name="segment__code", empty_label=_("All"))
    territory = filters.CharFilter(label=_("Territory (code)"), method="by_territory")

    class Meta:
        model = Customer
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor = actor_of_request(self.request)
        self.filters["segment"].extra["choices"] = choices_of(selectors.segments_for(actor))

    def by_territory(self, rows: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        actor = actor_of_request(self.request)
        inside = selectors.territories_for(actor).filter(code=value.strip()).values_list("pk", flat=True)
        return rows.filter(territory__path__overlap=list(inside)) if inside else rows.none()
