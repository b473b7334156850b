from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "setup",
        _("Settings"),
        "workflow:settings",
        "adjustments",
        permission=Permission.MANAGE_OPERATOR,
        audience="staff",
        order=90,
    ),
    NavItem(
        "setup",
        _("Holidays"),
        "workflow:holidays",
        "beach",
        permission=Permission.MANAGE_OPERATOR,
        audience="staff",
        order=91,
    ),
)
