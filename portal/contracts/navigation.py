from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

VIEW = Permission.VIEW_ONBOARDING
register(
    NavItem(
        "partners", _("Contracts"), "contracts:list", "signature", permission=VIEW, audience="staff", order=26
    ),
    NavItem(
        "company",
        _("Contracts"),
        "contracts:list",
        "signature",
        permission=VIEW,
        audience="partner",
        order=17,
    ),
)
