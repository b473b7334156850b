"""Filters that many lists share."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.text import clean_line, search_key

#: How columns end that hold every spelling of a name in one (``common.text.search_key``).
FOLDED = "search_key"


class SearchFilter(filters.CharFilter):  # type: ignore[misc]
    """The search field of a list: each word stands in one of the columns.

    Give a column that ends in ``search_key`` wherever there is one, so that any keyboard finds the row.
    """

    def __init__(self, *columns: str, **options: Any) -> None:
        self.columns = columns
        options.setdefault("label", _("Search"))
        options.setdefault("widget", forms.TextInput({"type": "search", "autocomplete": "off"}))
        super().__init__(**options)

    def filter(self, rows: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        for word in clean_line(value or "").split():
            rows = rows.filter(self._holds(word, search_key(word)))
        return rows

    def _holds(self, word: str, folded: str) -> Q:
        found = Q(pk=None)
        for column in self.columns:
            if column.endswith(FOLDED):
                found |= Q(**{f"{column}__contains": folded})
            else:
                found |= Q(**{f"{column}__icontains": word}) | Q(**{f"{column}__icontains": folded})
        return found
