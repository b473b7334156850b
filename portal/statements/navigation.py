from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "rewards",
        _("Statements"),
        "statements:list",
        "file-invoice",
        permission=Permission.VIEW_STATEMENTS,
        order=12,
    )
)
