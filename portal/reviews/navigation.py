from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "programme", _("Quarterly reviews"), "reviews:list", "presentation-analytics",
        permission=Permission.VIEW_PLANS, order=44,
    )
)  # fmt: skip
