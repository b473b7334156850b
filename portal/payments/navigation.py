from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem("rewards", _("Payments"), "payments:list", "cash", permission=Permission.VIEW_STATEMENTS, audience="partner", order=40),
    NavItem("company", _("Bank account"), "bank:own", "building-bank", permission=Permission.MANAGE_BANK_ACCOUNT, audience="partner", order=60),
    NavItem("finance", _("To be paid"), "payments:due", "wallet", permission=Permission.VIEW_PAYMENTS, audience="staff", order=40),
    NavItem("finance", _("Payment batches"), "payments:batches", "files", permission=Permission.VIEW_PAYMENTS, audience="staff", order=45),
    NavItem("finance", _("Payments"), "payments:list", "cash", permission=Permission.VIEW_STATEMENTS, audience="staff", order=50),
    NavItem("finance", _("Bank accounts"), "bank:list", "building-bank", permission=Permission.CONFIRM_BANK_ACCOUNT, audience="staff", order=55),
)  # fmt: skip
