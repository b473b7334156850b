from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem("rewards", _("Earnings"), "rewards:list", "coins", permission=Permission.VIEW_ACCRUALS, order=10)
)
