from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "rewards", _("Transactions"), "performance:transactions", "receipt",
        permission=Permission.VIEW_TRANSACTIONS, audience="partner", order=40,
    ),
    NavItem(
        "data", _("Transactions"), "performance:transactions", "receipt",
        permission=Permission.VIEW_TRANSACTIONS, audience="staff", order=20,
    ),
    NavItem("data", _("Feed"), "performance:feed", "activity", permission=Permission.VIEW_FEED, order=10),
)  # fmt: skip
