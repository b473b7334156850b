from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "sales",
        _("Price check"),
        "pricing:check",
        "discount-2",
        permission=Permission.VIEW_SCHEMES,
        order=40,
    )
)
