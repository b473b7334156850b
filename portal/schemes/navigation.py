from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "rewards",
        _("Incentive schemes"),
        "schemes:list",
        "gift",
        permission=Permission.VIEW_SCHEMES,
        order=20,
    )
)
