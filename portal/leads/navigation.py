from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem("sales", _("Leads"), "leads:list", "magnet", permission=Permission.VIEW_LEADS, order=8),
    NavItem(
        "sales",
        _("Leads to place"),
        "leads:queue",
        "route",
        permission=Permission.MANAGE_LEADS,
        audience="staff",
        order=7,
    ),
)
