from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "partners",
        _("Scouting"),
        "scouting:list",
        "target",
        permission=Permission.SCOUT,
        audience="staff",
        order=25,
    )
)
