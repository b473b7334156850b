"""The filters of many KPIs as SQL that gives each line one integer: a bit per KPI that the line matches.

A filter looks at one dimension of a line. Per dimension there is one expression whose value has the bit of every KPI
that either does not look at it or accepts the line; the line's mask is their conjunction. Products, territories,
segments and partners get theirs once per row of the small table, not once per line.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from performance.counting.specs import Spec, mask_of
from performance.enums import Measure, PeriodKind

_TEXTS = {
    "kinds": "kind",
    "sources": "source",
    "engagement_models": "engagement_model",
    "contributions": "contribution",
}


@dataclass
class Table:
    """The rows of a small table with the bits that each gives to the lines that name it by ``key``; others get ``free``.

    ``query`` gives ``columns``: id, mask and perhaps more.
    """

    alias: str
    query: str
    key: str
    free: int
    columns: tuple[str, ...] = ("id", "mask")
    #: In the list of joins.
    place: int = 0


@dataclass
class Masks:
    """What a statement over lines ``c`` needs: joins, the mask's expression and parameters."""

    specs: list[Spec]
    joins: list[str] = field(default_factory=list)
    #: The joins with tables of masks, by alias.
    tables: dict[str, "Table"] = field(default_factory=dict)
    #: What a filter makes of a line, by the filter's name.
    terms: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    customers: bool = False
    sinces: bool = False
    #: Kind of period -> the bits of lines of customers that are new in it, and of the others.
    news: dict[str, tuple[int, int]] = field(default_factory=dict)
    #: How a line's day gets the codes of its periods.
    calendar: str = "join performance_day d on d.operator_id = %(op)s and d.day = {day}"
    #: The family of a line's product.
    family: str = "pm.family_id"

    def __post_init__(self) -> None:
        self.all = mask_of(self.specs)
        self.joins.append("")  # the customer's place, which others look at
        self._products()
        for name, column in _TEXTS.items():
            self._text(name, column)
        self._own_events()
        self._places()
        self._roles()
        self._attributes()
        self._new()
        if self.customers:
            self.joins[0] = _CUSTOMER

    def join(self, table: "Table") -> str:
        """Join a small table that has a mask per row; ``offset 0`` has it worked out once, not per line.

        Returns the mask of a line.
        """
        self.tables[table.alias] = table
        table.place = len(self.joins)
        self.joins.append(
            f"left join ({table.query} offset 0) {table.alias} on {table.alias}.id = {table.key}"
        )
        return f"coalesce({table.alias}.mask, {table.free})"

    @property
    def expression(self) -> str:
        return " & ".join(self.terms.values()) if self.terms else f"{self.all}::bigint"

    def using(self, *names: str) -> list[Spec]:
        return [spec for spec in self.specs if any(name in spec.filters for name in names)]

    def bind(self, value: Any) -> str:
        name = f"m{len(self.params)}_{self.specs[0].id}"
        self.params[name] = value
        return f"%({name})s"

    def small(self, users: list[Spec], condition: Callable[[Spec], str]) -> tuple[int, str]:
        """The bits of KPIs that do not look, and the whole expression over a row of a small table."""
        free = self.all & ~mask_of(users)
        cases = "".join(f" + case when {condition(spec)} then {spec.bit} else 0 end" for spec in users)
        return free, f"({free}::bigint{cases})"

    def _products(self) -> None:
        users = self.using("products", "families", "layers")
        crossing = any(spec.measure == Measure.CROSS_SELL for spec in self.specs)
        if not users and not crossing:
            return
        columns = {"products": "p.code", "families": "f.code", "layers": "f.layer"}

        def condition(spec: Spec) -> str:
            wanted = [
                f"{column} = any({self.bind(spec.filters[name])})"
                for name, column in columns.items()
                if name in spec.filters
            ]
            return " and ".join(wanted)

        free, mask = self.small(users, condition)
        query = (
            f"select p.id, {mask} as mask, p.family_id from catalog_product p"
            " join catalog_family f on f.operator_id = %(op)s and f.id = p.family_id where p.operator_id = %(op)s"
        )
        bits = self.join(Table("pm", query, "c.product_id", free, ("id", "mask", "family_id")))
        if users:
            self.terms["products"] = bits

    def _text(self, name: str, column: str) -> None:
        users = self.using(name)
        if not users:
            return
        free = self.all & ~mask_of(users)
        words = sorted({word for spec in users for word in spec.filters[name]})
        cases = " ".join(
            f"when {self.bind(word)} then {free | mask_of(s for s in users if word in s.filters[name])}"
            for word in words
        )
        self.terms[name] = f"(case c.{column} {cases} else {free} end)::bigint"

    def _own_events(self) -> None:
        """What the product itself reports (a won deal) is no sale: it counts only where a KPI asks for it."""
        asking = mask_of(self.using("kinds", "sources", "attributes"))
        if asking != self.all:
            self.terms["own"] = f"(case when c.source = 'sharik' then {asking} else {self.all} end)::bigint"

    def _places(self) -> None:
        """Segment and territory of the line, else of its customer."""
        segments, territories = self.using("segments"), self.using("territories")
        if segments:
            free, mask = self.small(segments, lambda s: f"s.code = any({self.bind(s.filters['segments'])})")
            query = f"select s.id, {mask} as mask from catalog_segment s where s.operator_id = %(op)s"
            self.terms["segments"] = self.join(
                Table("sm", query, "coalesce(c.segment_id, cu.segment_id)", free)
            )
        if territories:
            free, mask = self.small(
                territories,
                lambda s: (
                    "t.path && array(select r.id from catalog_territory r where r.operator_id = %(op)s"
                    f" and r.code = any({self.bind(s.filters['territories'])}))"
                ),
            )
            query = f"select t.id, {mask} as mask from catalog_territory t where t.operator_id = %(op)s"
            self.terms["territories"] = self.join(
                Table("tm", query, "coalesce(c.territory_id, cu.territory_id)", free)
            )
        self.customers = bool(segments or territories)

    def _roles(self) -> None:
        users = self.using("roles")
        if users:
            free, mask = self.small(users, lambda s: f"p.roles && {self.bind(s.filters['roles'])}::varchar[]")
            query = f"select p.id, {mask} as mask from partners_partner p where p.operator_id = %(op)s"
            self.terms["roles"] = self.join(Table("rm", query, "c.partner_id", free))

    def _attributes(self) -> None:
        """Equality of named attributes. A line without attributes matches none."""
        for spec in self.using("attributes"):
            wanted = self.bind(json.dumps(spec.filters["attributes"]))
            self.terms[f"attributes:{spec.id}"] = (
                f"(case when c.attributes @> {wanted}::jsonb then {self.all} else {self.all & ~spec.bit} end)::bigint"
            )

    def _new(self) -> None:
        """New means: the customer is known since the period that the line counts in. Rolling windows decide later."""
        users = [spec for spec in self.using("new_customer") if spec.period != PeriodKind.ROLLING]
        for kind in sorted({spec.period for spec in users}):
            own = [spec for spec in users if spec.period == kind]
            others = self.all & ~mask_of(own)
            new = others | mask_of(s for s in own if s.filters["new_customer"])
            old = others | mask_of(s for s in own if not s.filters["new_customer"])
            self.news[kind.value] = new, old
            self.terms[f"new:{kind.value}"] = (
                f"(case when sd.{kind.value} = d.{kind.value} then {new} else {old} end)::bigint"
            )
        if self.using("new_customer"):
            self.customers = self.sinces = True


_CUSTOMER = "left join catalog_customer cu on cu.operator_id = %(op)s and cu.id = c.customer_id"
