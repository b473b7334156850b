"""What a coverage page is asked: the map, its rows and columns, or the cell behind which partners stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Product, Territory
from catalog.selectors import products_for, segments_for, territories_for
from programs.coverage.cells import ABLE, SELL, Map
from programs.coverage.people import Spot
from tenancy.actors import Actor
from tenancy.enums import Permission

MAPS = {
    Map.PRODUCT_ROLE: _("Products by role"),
    Map.PRODUCT_TERRITORY: _("Products by territory"),
    Map.SEGMENT_TERRITORY: _("Segments by territory"),
}
SHOWN = {ABLE: _("Able to sell"), SELL: _("Selling")}
#: Rows and columns that still can be read.
MOST_ROWS, MOST_COLUMNS = 40, 30


@dataclass(frozen=True, slots=True)
class Asked:
    """``parent``: the territory whose parts are the columns; none: the top ones."""

    map: Map
    show: str
    layer: str
    parent: Territory | None

    def query(self, **changes: str) -> str:
        """The address of this page with changes."""
        own = {
            "map": self.map.value,
            "show": self.show,
            "layer": self.layer,
            "territory": self.parent.code if self.parent else "",
        }
        return urlencode({name: value for name, value in (own | changes).items() if value})


def asked_of(actor: Actor, request: HttpRequest) -> Asked:
    """What makes no sense is left out."""
    given = request.GET
    kind = given.get("map", "")
    layer = given.get("layer", "")
    parent = territories_for(actor).filter(code=given.get("territory", "")).first()
    return Asked(
        map=Map(kind) if kind in list(Map) else Map.PRODUCT_ROLE,
        show=SELL if given.get("show") == SELL else ABLE,
        layer=layer if layer in Layer.values else "",
        parent=parent,
    )


def products_of(actor: Actor, asked: Asked) -> tuple[list[Product], int]:
    """The products of the map, and how many more there are."""
    found = products_for(actor).filter(active=True).order_by("family__layer", "family__name", "name", "code")
    if asked.layer:
        found = found.filter(family__layer=asked.layer)
    every = list(found)
    return every[:MOST_ROWS], max(len(every) - MOST_ROWS, 0)


def columns_of(actor: Actor, asked: Asked) -> list[Territory]:
    """The parts of the territory, or the top ones; a territory without parts stands alone."""
    every = territories_for(actor).filter(active=True).order_by("name", "code")
    if asked.parent is None:
        return list(every.filter(parent__isnull=True)[:MOST_COLUMNS])
    return list(every.filter(parent=asked.parent)[:MOST_COLUMNS]) or [asked.parent]


def spot_of(actor: Actor, request: HttpRequest) -> Spot:
    """The cell that an address names."""
    given = request.GET
    role = given.get("role", "")
    return Spot(
        product=products_for(actor).filter(code=given.get("product", "")).first(),
        role=role if role in PartnerRole.values else "",
        segment=segments_for(actor).filter(code=given.get("segment", "")).first(),
        territory=territories_for(actor).filter(code=given.get("territory", "")).first(),
    )


def query_of(spot: Spot) -> dict[str, str]:
    """The names by which an address tells a cell."""
    things: Sequence[tuple[str, Any]] = (
        ("product", spot.product),
        ("segment", spot.segment),
        ("territory", spot.territory),
    )
    found = {name: thing.code for name, thing in things if thing is not None}
    return found | ({"role": spot.role} if spot.role else {})


def scouting_address(actor: Actor) -> str:
    """Where searches for partners begin; empty where nobody may or can."""
    if not actor.can(Permission.SCOUT):
        return ""
    try:
        return reverse("scouting:new")
    except NoReverseMatch:
        return ""


def scouting_url(address: str, spot: Spot) -> str:
    """The search at this address for partners of a cell."""
    if not address:
        return ""
    layer = {"layer": spot.product.family.layer} if spot.product else {}
    return f"{address}?{urlencode(query_of(spot) | layer)}"
