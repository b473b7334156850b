"""Lists and pages of products, families, segments and customers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog import selectors
from catalog.enums import Layer
from catalog.models import Customer, Product, Segment
from portal.catalog import filters, tables
from portal.catalog.columns import activity, role_labels
from portal.shell.access import actor_of_request, member_page
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import SharikTable
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_CATALOG


def may_manage(actor: Actor) -> bool:
    return actor.can(MANAGE)


class CatalogList(ListPage):
    """A list that offers to add one and to bring in many to those who may."""

    permission = Permission.VIEW_CATALOG
    audience = "staff"
    add: tuple[Any, str] = ("", "")
    imports = ""

    def actions(self) -> list[Action]:
        if not may_manage(self.actor):
            return []
        label, name = self.add
        bring_in = Action(_("Import"), f"{reverse('imports:new')}?kind={self.imports}", "upload", plain=True)
        return [bring_in, Action(label, reverse(name))]

    def _context(self, request: HttpRequest, table: SharikTable, filtered: Any) -> dict[str, Any]:
        context = super()._context(request, table, filtered)
        return context if may_manage(self.actor) else context | {"empty_url": ""}


class ProductList(CatalogList):
    title = _("Products")
    table_class = tables.ProductTable
    filter_class = filters.ProductFilter
    audience = ""
    export_name = "products"
    add = (_("Add a product"), "catalog:new_product")
    imports = "products"
    empty = Empty(
        _("No products yet"),
        _("Add the first one, or bring them all in from a file."),
        "package",
        "catalog:new_product",
        _("Add a product"),
    )

    def rows(self) -> QuerySet[Product]:
        return selectors.products_for(self.actor).order_by("name", "code")

    def table_options(self) -> dict[str, Any]:
        return {"exclude": ("active",)} if self.actor.is_partner else {}


class FamilyList(CatalogList):
    title = _("Families")
    subtitle = _("Groups of products, each in one technology layer.")
    filter_class = filters.FamilyFilter
    export_name = "families"
    add = (_("Add a family"), "catalog:new_family")
    imports = "families"
    empty = Empty(
        _("No families yet"),
        _("Products stand in families, families in technology layers."),
        "category",
        "catalog:new_family",
        _("Add a family"),
    )

    @property
    def table_class(self) -> type[SharikTable]:  # type: ignore[override]
        return tables.ManagedFamilyTable if may_manage(self.actor) else tables.FamilyTable

    def rows(self) -> QuerySet[Any]:
        return selectors.families_with_counts(self.actor).order_by("name", "code")


class SegmentList(CatalogList):
    title = _("Segments")
    subtitle = _(
        "Kinds of customers. Key account segments are closed to partners unless an authorisation opens them."
    )
    filter_class = filters.SegmentFilter
    export_name = "segments"
    add = (_("Add a segment"), "catalog:new_segment")
    imports = "segments"
    empty = Empty(
        _("No segments yet"),
        _("Say which kinds of customers you sell to."),
        "users-group",
        "catalog:new_segment",
        _("Add a segment"),
    )

    @property
    def table_class(self) -> type[SharikTable]:  # type: ignore[override]
        return tables.ManagedSegmentTable if may_manage(self.actor) else tables.SegmentTable

    def rows(self) -> QuerySet[Segment]:
        return selectors.segments_for(self.actor).order_by("name", "code")


class CustomerList(CatalogList):
    title = _("Customers")
    table_class = tables.CustomerTable
    filter_class = filters.CustomerFilter
    export_name = "customers"
    add = (_("Add a customer"), "catalog:new_customer")
    imports = "customers"
    empty = Empty(
        _("No customers yet"),
        _("Add the first one, or bring them all in from a file."),
        "building-store",
        "catalog:new_customer",
        _("Add a customer"),
    )

    def rows(self) -> QuerySet[Customer]:
        return selectors.customers_for(self.actor).order_by("name", "code")


@member_page(Permission.VIEW_CATALOG)
def product(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of_request(request)
    found = selectors.get_product(actor, code)
    context = {
        "title": found.label(),
        "product": found,
        "layer": Layer(found.family.layer).label,
        "roles": role_labels(found.roles),
        "state": activity(found),
        "may_manage": may_manage(actor),
        "crumbs": [(_("Products"), reverse("catalog:products"))],
    }
    return render(request, "portal/catalog/product.html", context)


@member_page(Permission.VIEW_CATALOG, audience="staff")
def customer(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of_request(request)
    found = selectors.get_customer(actor, code)
    line = selectors.territory_line(found.territory) if found.territory else []
    context = {
        "title": found.label(),
        "customer": found,
        "territories": [territory.label() for territory in line],
        "state": activity(found),
        "merged": selectors.merged_codes(actor, found),
        "may_manage": may_manage(actor),
        "crumbs": [(_("Customers"), reverse("catalog:customers"))],
    }
    return render(request, "portal/catalog/customer.html", context)
