from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

VIEW = Permission.VIEW_PROGRAMS
register(
    NavItem(
        "programme",
        _("Programmes"),
        "programs:programmes",
        "stairs",
        permission=VIEW,
        audience="staff",
        order=5,
    ),
    NavItem(
        "partners",
        _("Tiers to watch"),
        "programs:watch",
        "stairs-up",
        permission=VIEW,
        audience="staff",
        order=40,
    ),
    NavItem(
        "company", _("Our tier"), "programs:mine", "stairs", permission=VIEW, audience="partner", order=15
    ),
    NavItem(
        "company",
        _("Expert days"),
        "programs:own_experts",
        "calendar-user",
        permission=VIEW,
        audience="partner",
        order=18,
    ),
)
