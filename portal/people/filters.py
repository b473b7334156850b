"""Filters of the lists of people."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tenancy.enums import Role
from tenancy.models import Membership


class MemberFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    role = filters.ChoiceFilter(label=_("Role"), choices=Role.choices, empty_label=_("All"))
    active = filters.ChoiceFilter(
        label=_("State"),
        choices=[("1", _("Active")), ("0", _("Deactivated"))],
        method="by_state",
        empty_label=_("All"),
    )

    class Meta:
        model = Membership
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        return rows.filter(
            Q(name__icontains=value) | Q(email__icontains=value) | Q(partner__name__icontains=value)
        )

    def by_state(self, rows: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        return rows.filter(active=value == "1")
