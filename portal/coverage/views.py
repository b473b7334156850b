"""The coverage map as a heat map with a table whose cells lead on, and the partners behind a cell."""

from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.enums import Layer, PartnerRole
from catalog.selectors import segments_for, territory_line
from partners.models import Partner
from portal.catalog.columns import FlagColumn, ThingColumn, TitleColumn, choices_of
from portal.catalog.pickers import CodePicker
from portal.coverage.asked import (
    MAPS,
    SHOWN,
    Asked,
    asked_of,
    columns_of,
    products_of,
    query_of,
    scouting_address,
    scouting_url,
    spot_of,
)
from portal.partners.tables import RolesColumn
from portal.shell.access import actor_of_request, member_page
from portal.shell.charts import heatmap
from portal.shell.formats import formats_of
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import CodeColumn, SharikTable
from programs.authorisations.about import today_of
from programs.coverage.cells import (
    ABLE,
    Cell,
    Map,
    cells_by_role,
    cells_by_segment,
    cells_by_territory,
    gathered_at,
)
from programs.coverage.people import Spot, partners_at
from tenancy.actors import Actor
from tenancy.enums import Permission

ROWS_OF_A_LOW_CHART = 8
#: Row, column -> the cell; ``None`` where the product does not need the role.
Grid = list[tuple[Any, list[tuple[Spot, Cell | None]]]]


@member_page(Permission.VIEW_COVERAGE, audience="staff")
def heat(request: HttpRequest) -> HttpResponse:
    """One of the three maps. Every cell leads to its partners; one without any to a search."""
    actor = actor_of_request(request)
    asked = asked_of(actor, request)
    columns, grid, more = _grid(actor, asked)
    formats = formats_of(request)
    rows = [(row.label(), [_value(cell, asked.show) for _spot, cell in cells]) for row, cells in grid]
    labels = [label for label, _url in columns]
    table = _table(actor, grid, asked.show)
    context = {
        "title": _("Coverage map"),
        "subtitle": _("Active, authorised and certified partners, and those that sold in the last year."),
        "asked": asked,
        "maps": [
            (f"?{asked.query(map=kind.value)}", label, kind is asked.map) for kind, label in MAPS.items()
        ],
        "shown": [(f"?{asked.query(show=key)}", label, key == asked.show) for key, label in SHOWN.items()],
        "layers": Layer.choices if asked.map is not Map.SEGMENT_TERRITORY else (),
        "places": [(f"?{asked.query(territory=each.code)}", each) for each in territory_line(asked.parent)]
        if asked.parent
        else [],
        "top": f"?{asked.query(territory='')}",
        "chart": heatmap(str(MAPS[asked.map]), labels, rows, write=formats.number, links=_links(table))
        if rows and labels
        else None,
        "columns": columns,
        "table": table,
        "gaps": sum(cell["gap"] for row in table for cell in row["cells"]),
        "tall": "tall" if len(rows) > ROWS_OF_A_LOW_CHART else "",
        "more": more,
        "gathered": gathered_at(),
    }
    return render(request, "portal/coverage/map.html", context)


def _value(cell: Cell | None, show: str) -> int | None:
    if cell is None:
        return None
    return cell.able if show == ABLE else cell.sell


def _grid(actor: Actor, asked: Asked) -> tuple[list[tuple[str, str]], Grid, int]:
    """Columns as (label, address or nothing), the rows, and how many rows were left out."""
    if asked.map is Map.PRODUCT_ROLE:
        return _by_role(actor, asked)
    territories = columns_of(actor, asked)
    columns = [(each.label(), f"?{asked.query(territory=each.code)}") for each in territories]
    today = today_of(actor)
    if asked.map is Map.PRODUCT_TERRITORY:
        products, more = products_of(actor, asked)
        cells = cells_by_territory(actor, products, territories, today, {asked.show})
        grid: Grid = [
            (
                product,
                [
                    (Spot(product=product, territory=each), cells.get((product.pk, each.pk), Cell()))
                    for each in territories
                ],
            )
            for product in products
        ]
        return columns, grid, more
    segments = list(segments_for(actor).filter(active=True).order_by("name", "code"))
    cells = cells_by_segment(actor, segments, territories, today, {asked.show})
    grid = [
        (
            segment,
            [
                (Spot(segment=segment, territory=each), cells.get((segment.pk, each.pk), Cell()))
                for each in territories
            ],
        )
        for segment in segments
    ]
    return columns, grid, 0


def _by_role(actor: Actor, asked: Asked) -> tuple[list[tuple[str, str]], Grid, int]:
    products, more = products_of(actor, asked)
    cells = cells_by_role(actor, products, today_of(actor), {asked.show})
    grid: Grid = []
    for product in products:
        row: list[tuple[Spot, Cell | None]] = []
        for role in PartnerRole.values:
            needed = not product.roles or role in product.roles
            cell = cells.get((product.pk, role), Cell()) if needed else None
            row.append((Spot(product=product, role=role), cell))
        grid.append((product, row))
    return [(str(label), "") for label in PartnerRole.labels], grid, more


def _is_gap(spot: Spot, cell: Cell | None, show: str) -> bool:
    """Nobody is able to sell there, or sells. A product that names no roles needs none of them in particular."""
    open_role = bool(spot.role and spot.product and not spot.product.roles)
    return _value(cell, show) == 0 and not open_role


def _table(actor: Actor, grid: Grid, show: str) -> list[dict[str, Any]]:
    """The rows of the table; addresses are looked up once, since there are a thousand cells."""
    people, scouting = reverse("coverage:partners"), scouting_address(actor)

    def cell_of(spot: Spot, cell: Cell | None) -> dict[str, Any]:
        """Who is there, and of a gap where a search for partners begins."""
        gap = _is_gap(spot, cell, show)
        return {
            "value": _value(cell, show),
            "url": f"{people}?{urlencode(query_of(spot))}",
            "gap": gap,
            "scout": scouting_url(scouting, spot) if gap else "",
        }

    return [
        {"label": row.label(), "cells": [cell_of(spot, cell) for spot, cell in cells]} for row, cells in grid
    ]


def _links(table: list[dict[str, Any]]) -> list[list[str]]:
    """Where the cells of the heat map lead; nowhere where they mean nothing."""
    return [["" if cell["value"] is None else cell["url"] for cell in row["cells"]] for row in table]


class PeopleTable(SharikTable):
    name = TitleColumn(linked="partners:detail")
    code = CodeColumn(verbose_name=gettext_lazy("Code"), visible=False)
    roles = RolesColumn(verbose_name=gettext_lazy("Roles"), orderable=False)
    tier = CodeColumn(verbose_name=gettext_lazy("Tier"))
    territory = ThingColumn(verbose_name=gettext_lazy("Territory"), order_by="territory__name")
    able = FlagColumn(verbose_name=gettext_lazy("Able to sell"))
    sells = FlagColumn(verbose_name=gettext_lazy("Selling"))


class PeopleFilter(filters.FilterSet):  # type: ignore[misc]
    """The cell, which ``PeopleList.rows`` reads from the same address, and which of its partners are shown."""

    product = filters.CharFilter(
        label=gettext_lazy("Product"), method="as_it_is", widget=CodePicker("products")
    )
    role = filters.ChoiceFilter(
        label=gettext_lazy("Partner role"),
        choices=PartnerRole.choices,
        method="as_it_is",
        empty_label=gettext_lazy("All"),
    )
    segment = filters.ChoiceFilter(
        label=gettext_lazy("Segment"), method="as_it_is", empty_label=gettext_lazy("All")
    )
    territory = filters.CharFilter(
        label=gettext_lazy("Territory"), method="as_it_is", widget=CodePicker("territories")
    )
    show = filters.ChoiceFilter(
        label=gettext_lazy("Shown"),
        choices=list(SHOWN.items()),
        method="by_show",
        empty_label=gettext_lazy("All"),
    )

    class Meta:
        model = Partner
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["segment"].extra["choices"] = choices_of(segments_for(actor_of_request(self.request)))

    def as_it_is(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows

    def by_show(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(able=True) if value == ABLE else rows.filter(sells=True)


class PeopleList(ListPage):
    title = gettext_lazy("Who is there")
    subtitle = gettext_lazy(
        "Active partners that are able to sell there, and those that sold there in the last year"
    )
    table_class = PeopleTable
    filter_class = PeopleFilter
    permission = Permission.VIEW_COVERAGE
    audience = "staff"
    export_name = "coverage"
    empty = Empty(
        gettext_lazy("Nobody is there"),
        gettext_lazy(
            "No active partner is authorised, certified and at home here, and none sold here in the last year."
        ),
        "map-off",
    )

    @property
    def spot(self) -> Spot:
        return spot_of(self.actor, self.request)

    def rows(self) -> Any:
        return partners_at(self.actor, self.spot, today_of(self.actor)).order_by("-sells", "name", "pk")

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Coverage map"), reverse("coverage:map"))]

    def actions(self) -> list[Action]:
        address = scouting_url(scouting_address(self.actor), self.spot)
        return [Action(_("Look for partners"), address, "telescope")] if address else []

    def extra(self) -> dict[str, Any]:
        # The cell is what the list is about, no filter that hides something.
        return {"filtered": bool(self.request.GET.get("show"))}
