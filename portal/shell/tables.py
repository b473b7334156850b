"""Table columns that write values for the reader, and the base of every table."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.shell.amounts import figure
from portal.shell.formats import Formats, formats_of
from portal.templatetags.sharik import state_badge

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
NOTHING = "–"


class SharikTable(tables.Table):  # type: ignore[misc]
    """A table that becomes a stack of cards on a narrow screen; the first column is the title of a card."""

    class Meta:
        attrs = {"class": "table data-table stacked"}
        template_name = "components/table.html"

    #: Columns without a place in a file (buttons).
    not_exported: tuple[str, ...] = ()

    @property
    def formats(self) -> Formats:
        return formats_of(getattr(self, "request", None))


class _Written(tables.Column):  # type: ignore[misc]
    """A value written by ``Formats``; exports take the value itself."""

    attrs_default: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", self.attrs_default)
        super().__init__(*args, **kwargs)

    def write(self, formats: Formats, value: Any, record: Any) -> str:
        return str(value)

    def render(self, value: Any, record: Any, table: SharikTable) -> str:
        written = self.write(table.formats, value, record)
        if self.attrs_default is NUMBER:
            return figure(table.formats, written)
        return format_html("<bdi>{}</bdi>", written)

    def value(self, value: Any) -> Any:
        return value


class MoneyColumn(_Written):
    """An amount; ``currency`` is the record's field with its currency, else the operator's currency counts."""

    attrs_default = NUMBER

    def __init__(self, *args: Any, currency: str = "", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)

    def write(self, formats: Formats, value: Decimal, record: Any) -> str:
        currency = tables.A(self.currency).resolve(record) if self.currency else ""
        return formats.money(value, currency)


class NumberColumn(_Written):
    attrs_default = NUMBER

    def write(self, formats: Formats, value: Any, record: Any) -> str:
        return formats.number(value)


class PercentColumn(_Written):
    """A fraction: 1 is 100 %."""

    attrs_default = NUMBER

    def write(self, formats: Formats, value: Any, record: Any) -> str:
        return formats.percent(value)


class DayColumn(_Written):
    def write(self, formats: Formats, value: Any, record: Any) -> str:
        return formats.day(value, "short")


class MomentColumn(_Written):
    def write(self, formats: Formats, value: datetime, record: Any) -> str:
        return formats.moment(value, "short")


class DeadlineColumn(_Written):
    """The last moment for something; at midnight the day that ends then."""

    def write(self, formats: Formats, value: datetime, record: Any) -> str:
        return formats.deadline(value, "short")


class PeriodColumn(_Written):
    def write(self, formats: Formats, value: Any, record: Any) -> str:
        return formats.period(str(value))


class CodeColumn(_Written):
    """A code, e-mail or address: always from left to right."""

    def render(self, value: Any, record: Any, table: SharikTable) -> str:
        return format_html('<bdi dir="ltr">{}</bdi>', value)


class StateColumn(tables.Column):  # type: ignore[misc]
    """A state as dot and word; the word is the model's choice label. ``state`` gives it for other records."""

    def __init__(
        self, *args: Any, state: Callable[[Any], tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        self.state = state
        kwargs.setdefault("empty_values", () if state else (None, ""))
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        if self.state:
            return state_badge(*self.state(record))
        raw = tables.A(bound_column.accessor).resolve(record, quiet=True)
        return state_badge(str(raw), value)

    def value(self, value: Any, record: Any) -> Any:
        return self.state(record)[1] if self.state else value
