from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "rewards",
        _("Disputes"),
        "disputes:list",
        "message-report",
        permission=(Permission.DISPUTE, Permission.DECIDE_DISPUTES),
        order=14,
    )
)
