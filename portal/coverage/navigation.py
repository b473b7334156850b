from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "partners",
        _("Coverage map"),
        "coverage:map",
        "map-2",
        permission=Permission.VIEW_COVERAGE,
        audience="staff",
        order=40,
    )
)
