"""Filters of partners and reps."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.selectors import matching, territories_for
from partners import selectors
from partners.enums import PartnerState
from partners.models import Partner, Rep
from portal.catalog.columns import CodedFilter
from portal.catalog.pickers import CodePicker
from portal.programs.choices import tier_choices
from portal.shell.access import actor_of_request


class PartnerFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"),
        method="by_text",
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    tier = filters.ChoiceFilter(label=_("Tier"), empty_label=_("All"))
    role = filters.ChoiceFilter(
        label=_("Role"), choices=PartnerRole.choices, method="by_role", empty_label=_("All")
    )
    layer = filters.ChoiceFilter(
        label=_("Technology layer"), choices=Layer.choices, method="by_layer", empty_label=_("All")
    )
    state = filters.ChoiceFilter(label=_("State"), choices=PartnerState.choices, empty_label=_("All"))
    pam = filters.ChoiceFilter(label=_("Account manager"), method="by_pam", empty_label=_("All"))
    territory = filters.CharFilter(
        label=_("Territory"), method="by_territory", widget=CodePicker("territories")
    )

    class Meta:
        model = Partner
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor_of_request(self.request)
        self.filters["tier"].extra["choices"] = tier_choices(self.actor)
        pams = [] if self.actor.is_partner else selectors.pams_for(self.actor)
        if pams:
            self.filters["pam"].extra["choices"] = [(str(pam.pk), pam.name) for pam in pams]
        else:
            del self.filters["pam"]

    def by_text(self, rows: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        return matching(rows, value)

    def by_role(self, rows: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        return rows.filter(roles__contains=[value])

    def by_layer(self, rows: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        return rows.filter(layers__contains=[value])

    def by_pam(self, rows: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        return selectors.in_book(rows, int(value))

    def by_territory(self, rows: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        territory = territories_for(self.actor).filter(code=value.strip()).first()
        return selectors.in_territory(rows, territory.pk) if territory else rows.none()


class RepFilter(CodedFilter):
    partner = filters.CharFilter(
        label=_("Partner"), field_name="partner__code", widget=CodePicker("partners")
    )

    class Meta:
        model = Rep
        fields: list[str] = []
