from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "rewards",
        _("Simulations"),
        "simulations:list",
        "flask",
        permission=(Permission.MANAGE_SCHEMES, Permission.APPROVE_SCHEMES),
        audience="staff",
        order=25,
    )
)
