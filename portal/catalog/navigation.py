from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

VIEW = Permission.VIEW_CATALOG
register(
    NavItem(
        "sales", _("Products"), "catalog:products", "package", permission=VIEW, audience="partner", order=60
    ),
    NavItem(
        "data", _("Products"), "catalog:products", "package", permission=VIEW, audience="staff", order=10
    ),
    NavItem(
        "data", _("Families"), "catalog:families", "category", permission=VIEW, audience="staff", order=20
    ),
    NavItem(
        "data", _("Segments"), "catalog:segments", "users-group", permission=VIEW, audience="staff", order=30
    ),
    NavItem(
        "data", _("Territories"), "catalog:territories", "map", permission=VIEW, audience="staff", order=40
    ),
    NavItem(
        "data",
        _("Customers"),
        "catalog:customers",
        "building-store",
        permission=VIEW,
        audience="staff",
        order=50,
    ),
)
