from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

VIEW = Permission.VIEW_PARTNERS
register(
    NavItem(
        "partners",
        _("Partners"),
        "partners:list",
        "building-community",
        permission=VIEW,
        audience="staff",
        order=10,
    ),
    NavItem(
        "partners", _("Reps"), "partners:reps", "id-badge-2", permission=VIEW, audience="staff", order=20
    ),
    NavItem(
        "partners", _("Books"), "partners:books", "address-book", permission=Permission.ASSIGN_BOOKS, order=30
    ),
    NavItem(
        "company",
        _("Our company"),
        "partners:company",
        "building",
        permission=VIEW,
        audience="partner",
        order=10,
    ),
    NavItem(
        "company",
        _("Our sellers"),
        "partners:reps",
        "id-badge-2",
        permission=VIEW,
        audience="partner",
        order=30,
    ),
    NavItem(
        "company",
        _("Sub-partners"),
        "partners:list",
        "hierarchy",
        permission=VIEW,
        audience="partner",
        order=40,
    ),
)
