from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

LEDGER = Permission.VIEW_LEDGER
register(
    NavItem(
        "rewards", _("Account"), "balance:own", "report-money", permission=LEDGER, audience="partner", order=16
    ),
    NavItem(
        "finance", _("Overview"), "balance:finance", "chart-bar", permission=LEDGER, audience="staff", order=10
    ),
    NavItem(
        "finance", _("Partner accounts"), "balance:list", "report-money", permission=LEDGER, audience="staff", order=20
    ),
)  # fmt: skip
