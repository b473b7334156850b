"""Reading all lines of a span at once: what can be known before is worked out once, not per line.

The database shares such a statement among several of its processes, and each of them sums its own part, if nothing stands
in the way. So small tables come as arrays, the masks of a customer's places are one look-up, days get their periods by
comparison, and roles, which are the same for all lines of a partner, are asked of the sums.
"""

from datetime import date, timedelta
from typing import cast

from django.db.backends.utils import CursorWrapper

from common.periods import Kind, periods_between
from performance.counting.lines import KNOWN, lines_sql, unit_of
from performance.counting.masks import Masks
from performance.enums import PeriodKind
from tenancy.actors import Actor

#: With so many periods one after the other is compared; for more a table is faster.
_COMPARED = 16
#: Filter -> alias of its table of masks, and what lines and customers name their place by.
_PLACES = {"segments": ("sm", "segment_id"), "territories": ("tm", "territory_id")}
_NEW = "new:"
_CALENDAR = "join lateral (select {columns}) d on d.{unit} is not null"


class WholeLines:
    """The lines of a span with their masks, and how sums of them come to the masks they have in the end."""

    def __init__(
        self, cursor: CursorWrapper, actor: Actor, masks: Masks, where: str, days: tuple[date, date] | None
    ) -> None:
        self._masks = masks
        self._arrays = {alias: self._array(cursor, actor, alias) for alias in masks.tables}
        for alias, (place, _columns, _query, condition) in masks.tables.items():
            masks.joins[place] = f"left join {self._arrays[alias]} on {condition}"
        if masks.customers:
            self._resolve_customers()
        if days is not None:
            self._compare_days(actor, *days)
        self._roles = masks.terms.pop("roles", "")
        if self._roles:
            masks.joins[masks.tables["rm"][0]] = ""
        # The zero is a text on purpose: of a number the database does not know in time that nothing is left out, and
        # would hand every line to one process.
        self.sql = f"({lines_sql(masks, 'performance_credit c', where)} offset '0')"

    def finished(self, sums: str, columns: str) -> str:
        """``sums`` (a select with ``partner_id`` and ``mask``, whose other columns are ``columns``) as they are."""
        if not self._roles:
            return sums
        table = self._arrays["rm"]
        return (
            f"select g.partner_id, {columns}, g.mask & {self._roles} as mask"
            f" from ({sums}) g left join {table} on rm.id = g.partner_id"
        )

    def _array(self, cursor: CursorWrapper, actor: Actor, alias: str) -> str:
        _place, columns, query, _condition = self._masks.tables[alias]
        cursor.execute(query, {"op": actor.operator.pk, **self._masks.params})
        rows = cursor.fetchall()
        bind = self._masks.bind
        arrays = [f"{bind([row[at] for row in rows])}::bigint[]" for at in range(len(columns.split(", ")))]
        return f"unnest({', '.join(arrays)}) {alias}({columns})"

    def _resolve_customers(self) -> None:
        """One row per customer with the masks of its places and the periods that it is known since."""
        masks, columns, joins = self._masks, ["cu.id"], []
        for name, (alias, column) in _PLACES.items():
            if name not in masks.terms:
                continue
            of_place = masks.terms[name]
            of_customer = of_place.replace(f"{alias}.mask", f"cu.{alias}")
            columns.append(f"{of_place} as {alias}")
            joins.append(f"left join {self._arrays[alias]} on {alias}.id = cu.{column}")
            masks.joins[masks.tables[alias][0]] = f"left join {self._arrays[alias]} on {alias}.id = c.{column}"
            masks.terms[name] = f"(case when c.{column} is null then {of_customer} else {of_place} end)"
        if masks.sinces:
            columns += [f"sd.{kind}" for kind in PeriodKind.values if kind != PeriodKind.ROLLING]
            joins.append(KNOWN)
            masks.since = "cu"
            for name in self._new():
                masks.terms[name] = masks.terms[name].replace("sd.", "cu.")
        masks.joins[0] = (
            f"left join (select {', '.join(columns)} from catalog_customer cu {' '.join(joins)}"
            " where cu.operator_id = %(op)s offset '0') cu on cu.id = c.customer_id"
        )

    def _new(self) -> list[str]:
        return [name for name in self._masks.terms if name.startswith(_NEW)]

    def _compare_days(self, actor: Actor, first: date, last: date) -> None:
        unit = unit_of(self._masks.specs)
        columns = ["{day} as day"]
        for kind in sorted({unit, *(name.removeprefix(_NEW) for name in self._new())}):
            arms = self._arms(actor, kind, first, last)
            if not 0 < len(arms) <= _COMPARED:
                return
            columns.append(f"case {' '.join(arms)} end as {kind}")
        self._masks.calendar = _CALENDAR.format(columns=", ".join(columns), unit=unit)

    def _arms(self, actor: Actor, kind: str, first: date, last: date) -> list[str]:
        calendar = actor.operator.days
        start, end = max(first, calendar.first_day), min(last, calendar.last_day)
        fiscal = int(actor.operator.fiscal_start_month)
        periods = list(periods_between(start, end + timedelta(days=1), cast(Kind, kind), calendar, fiscal))
        return [
            f"when {{day}} between date '{each.start}' and date '{each.last_day}' then '{each.code}'"
            for each in periods[: _COMPARED + 1]
        ]
