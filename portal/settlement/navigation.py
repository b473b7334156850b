from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "finance",
        _("Settlements"),
        "settlement:runs",
        "calculator",
        permission=(Permission.SETTLE, Permission.APPROVE_SETTLEMENTS),
        audience="staff",
        order=10,
    ),
    NavItem(
        "finance",
        _("Adjustments"),
        "settlement:adjustments",
        "adjustments",
        permission=Permission.ADJUST,
        audience="staff",
        order=20,
    ),
    NavItem(
        "finance",
        _("Holds"),
        "settlement:holds",
        "hand-stop",
        permission=Permission.HOLD,
        audience="staff",
        order=30,
    ),
)
