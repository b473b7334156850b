from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "rewards",
        _("Points"),
        "points:mine",
        "star",
        permission=Permission.VIEW_ACCRUALS,
        audience="partner",
        order=30,
    ),
    NavItem(
        "rewards",
        _("Exchanged points"),
        "points:exchanges",
        "star",
        permission=Permission.VIEW_ACCRUALS,
        audience="staff",
        order=30,
    ),
    NavItem(
        "rewards",
        _("Reward catalogue"),
        "points:catalogue",
        "shopping-bag",
        permission=Permission.VIEW_SCHEMES,
        audience="staff",
        order=31,
    ),
    NavItem(
        "rewards",
        _("Benefits and funds"),
        "points:benefits",
        "ticket",
        permission=Permission.VIEW_ACCRUALS,
        order=32,
    ),
)
