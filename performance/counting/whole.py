"""Reading all lines of a span at once: what can be known before is worked out once, not per line.

The database shares such a statement among several of its processes, and each of them sums its own part, if nothing stands
in the way. What a line's product, customer and places say of it is reached by index in an array of numbers, which costs a
fraction of a join; days get their periods by comparison; roles, which are the same for all lines of a partner, are asked
of the sums. Where ids lie far apart or periods are many, the joins of ``Masks`` stay.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.db.backends.utils import CursorWrapper

from common.periods import Kind, Period, periods_between
from performance.counting.lines import by_window, lines_sql, unit_of
from performance.counting.masks import Masks, Table
from tenancy.actors import Actor

#: With so many periods one after the other is compared; for more a table is faster.
_COMPARED = 16
#: An array has a place for each id between the first and the last: not more than this and four per row.
_HOLES = 100_000
#: Filter -> alias of its table of masks, and what lines and customers name their place by.
_PLACES = {"segments": ("sm", "segment_id"), "territories": ("tm", "territory_id")}
_CUSTOMERS = "select min(id), max(id), count(*) from catalog_customer where operator_id = %(op)s"
_EVERY_CUSTOMER = """generate_series(%(first)s::bigint, %(last)s::bigint) n(id)
  left join catalog_customer cu on cu.operator_id = %(op)s and cu.id = n.id"""
#: A statement with longer arrays takes longer to hand to other processes than a join takes.
_MOST = 200_000
_CALENDAR = "join lateral (select {columns}) d on d.{unit} is not null"
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Array:
    """Numbers by id, as SQL. ``first`` is the id of the first of them."""

    sql: str
    first: int

    def at(self, key: str) -> str:
        return f"({self.sql})[{key} - {self.first - 1}]"


def _close(first: int, last: int, count: int) -> bool:
    return last - first < 4 * count + _HOLES


class WholeLines:
    """The lines of a span with their masks, and how sums of them come to the masks they have in the end.

    ``days``: the first and the last that a line may have, if there are lines.
    """

    def __init__(
        self, cursor: CursorWrapper, actor: Actor, masks: Masks, where: str, days: Days | None
    ) -> None:
        self._masks = masks
        #: Columns that are the same in all lines, with their value.
        self.same = {} if any(map(by_window, masks.specs)) else {"since": "null::varchar"}
        self._rows = {alias: self._read(cursor, actor, table) for alias, table in masks.tables.items()}
        self._arrays = {alias: self._array(table, 1) for alias, table in masks.tables.items()}
        for alias, table in masks.tables.items():
            masks.joins[table.place] = f"left join {self._table(table)} on {alias}.id = {table.key}"
        self._reach_products()
        periods = self._compare_days(actor, *days) if days else {}
        if masks.customers and periods and not any(map(by_window, masks.specs)):
            self._reach_customers(cursor, actor, periods)
        self._roles = masks.terms.pop("roles", "")
        if self._roles:
            self._partners = self._table(masks.tables["rm"])
            masks.joins[masks.tables["rm"].place] = ""
        # The zero is a text on purpose: of a number the database does not know in time that nothing is left out, and
        # would hand every line to one process.
        self.sql = f"({lines_sql(masks, 'performance_credit c', where)} offset '0')"

    def finished(self, sums: str, columns: str) -> str:
        """``sums`` (a select with ``partner_id`` and ``mask``, whose other columns are ``columns``) as they are."""
        if not self._roles:
            return sums
        return (
            f"select g.partner_id, {columns}, g.mask & {self._roles} as mask"
            f" from ({sums}) g left join {self._partners} on rm.id = g.partner_id"
        )

    def _read(self, cursor: CursorWrapper, actor: Actor, table: Table) -> list[tuple[Any, ...]]:
        cursor.execute(table.query, {"op": actor.operator.pk, **self._masks.params})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _table(self, table: Table) -> str:
        """The rows that were read, as a table."""
        columns = [
            f"{self._masks.bind([row[at] for row in self._rows[table.alias]])}::bigint[]"
            for at in range(len(table.columns))
        ]
        return f"unnest({', '.join(columns)}) {table.alias}({', '.join(table.columns)})"

    def _array(self, table: Table, column: int, otherwise: int | None = None) -> Array | None:
        """A column by id, ``otherwise`` (else what is free) where no id is; ``None`` if ids lie far apart."""
        values = {row[0]: row[column] for row in self._rows[table.alias]}
        if not values or not _close(min(values), max(values), len(values)):
            return None
        free = table.free if otherwise is None else otherwise
        numbers = [values.get(pk, free) for pk in range(min(values), max(values) + 1)]
        return Array(f"{self._masks.bind(numbers)}::bigint[]", min(values))

    def _reach_products(self) -> None:
        table, array = self._masks.tables.get("pm"), self._arrays.get("pm")
        if table is None or array is None:
            return
        families = cast(Array, self._array(table, 2, 0))
        self._masks.joins[table.place] = ""
        self._masks.family = f"nullif({families.at(table.key)}, 0)"
        if "products" in self._masks.terms:
            self._masks.terms["products"] = f"coalesce({array.at(table.key)}, {table.free})"

    def _reach_customers(self, cursor: CursorWrapper, actor: Actor, periods: dict[str, list[Period]]) -> None:
        """The masks of a customer's places, and in which of the periods it is new."""
        masks = self._masks
        places = {name: self._arrays[_PLACES[name][0]] for name in _PLACES if name in masks.terms}
        if None in places.values():
            return
        wanted = [self._of_customer(name, cast(Array, places[name])) for name in places]
        wanted += [_new_in(periods[kind]) for kind in masks.news]
        alone = [kind for kind in masks.news if len(periods[kind]) == 1]
        together = [*wanted[: len(places)], *(self._when_new(kind, periods[kind][0]) for kind in alone)]
        arrays = self._arrays_of_customers(cursor, actor, [*wanted, " & ".join(together) or "0"])
        if not arrays:
            return
        masks.joins[0], masks.sinces = "", False
        for name, of_customer in zip(places, arrays, strict=False):
            self._reach_place(name, cast(Array, places[name]), of_customer)
        for (kind, (new, old)), of_customer in zip(masks.news.items(), arrays[len(places) : -1], strict=True):
            same = f"{_number('d.day', periods[kind])} = {of_customer.at('c.customer_id')}"
            masks.terms[f"new:{kind}"] = f"(case when {same} then {new} else {old} end)::bigint"
        if len(together) > 1:
            self._reach_at_once(list(places), alone, arrays[-1])

    def _when_new(self, kind: str, period: Period) -> str:
        """The mask of a customer where all lines are of one period."""
        new, old = self._masks.news[kind]
        return f"(case when {_within('cu.since', period)} then {new} else {old} end)::bigint"

    def _reach_at_once(self, places: list[str], alone: list[str], of_customer: Array) -> None:
        """Most lines name no place of their own: what their customer says of all these filters is then one number."""
        masks = self._masks
        names = [*places, *(f"new:{kind}" for kind in alone)]
        apart = " & ".join(masks.terms.pop(name) for name in names)
        unplaced = " and ".join(f"c.{_PLACES[name][1]} is null" for name in places) or "true"
        free = " & ".join(
            [str(masks.tables[_PLACES[name][0]].free) for name in places]
            + [str(masks.news[kind][1]) for kind in alone]
        )
        masks.terms["customers"] = (
            f"(case when {unplaced} then coalesce({of_customer.at('c.customer_id')}, {free}) else {apart} end)"
        )

    def _of_customer(self, name: str, array: Array) -> str:
        alias, column = _PLACES[name]
        return f"coalesce({array.at('cu.' + column)}, {self._masks.tables[alias].free})"

    def _arrays_of_customers(self, cursor: CursorWrapper, actor: Actor, wanted: list[str]) -> list[Array]:
        """A value per id each, for ids that are nobody's too; none if ids lie far apart or are many."""
        cursor.execute(_CUSTOMERS, {"op": actor.operator.pk})
        first, last, count = cursor.fetchone()
        if not count or not _close(first, last, count) or last - first > _MOST:
            return []
        columns = ", ".join(f"(array_agg({value} order by n.id))::text" for value in wanted)
        query = f"select {columns} from {_EVERY_CUSTOMER}"
        cursor.execute(query, {"op": actor.operator.pk, "first": first, "last": last, **self._masks.params})
        return [Array(f"{self._masks.bind(text)}::bigint[]", first) for text in cursor.fetchone()]

    def _reach_place(self, name: str, of_place: Array, of_customer: Array) -> None:
        alias, column = _PLACES[name]
        table = self._masks.tables[alias]
        self._masks.joins[table.place] = ""
        known = f"case when c.{column} is null then {of_customer.at('c.customer_id')} else {of_place.at(f'c.{column}')} end"
        self._masks.terms[name] = f"coalesce({known}, {table.free})"

    def _compare_days(self, actor: Actor, first: date, last: date) -> dict[str, list[Period]]:
        """Have a day's periods compared, if they are few; returns them by kind."""
        unit = unit_of(self._masks.specs)
        found = {kind: _periods(actor, kind, first, last) for kind in sorted({unit, *self._masks.news})}
        if not all(0 < len(periods) <= _COMPARED for periods in found.values()):
            return {}
        columns = ["{day} as day"]
        for kind, periods in found.items():
            arms = " ".join(f"when {_within('{day}', each)} then '{each.code}'" for each in periods)
            columns.append(f"case {arms} end as {kind}")
        if len(found[unit]) == 1:
            self.same["unit"] = f"'{found[unit][0].code}'::varchar"
        self._masks.calendar = _CALENDAR.format(columns=", ".join(columns), unit=unit)
        return found


def _number(day: str, periods: list[Period]) -> str:
    """Which of the periods a day lies in, from 1."""
    arms = " ".join(f"when {_within(day, each)} then {number}" for number, each in enumerate(periods, 1))
    return f"case {arms} end"


def _new_in(periods: list[Period]) -> str:
    return f"coalesce({_number('cu.since', periods)}, 0)"


def _within(day: str, period: Period) -> str:
    return f"{day} between date '{period.start}' and date '{period.last_day}'"


def _periods(actor: Actor, kind: str, first: date, last: date) -> list[Period]:
    calendar, fiscal = actor.operator.days, int(actor.operator.fiscal_start_month)
    start, end = max(first, calendar.first_day), min(last, calendar.last_day) + timedelta(days=1)
    return list(periods_between(start, end, cast(Kind, kind), calendar, fiscal))
