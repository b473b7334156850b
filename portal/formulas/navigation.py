from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "rewards",
        _("Formula workshop"),
        "formulas:workshop",
        "math-function",
        permission=Permission.VIEW_SCHEMES,
        audience="staff",
        order=40,
    )
)
