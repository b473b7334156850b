from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

COMPANY = Permission.MANAGE_COMPANY
STAFF = (Permission.MANAGE_PROGRAMS, Permission.WORK_BOOK)
register(
    NavItem(
        "company",
        _("Directory entry"),
        "directory:listing",
        "address-book",
        permission=COMPANY,
        audience="partner",
        order=60,
    ),
    NavItem(
        "partners",
        _("Directory"),
        "directory:listings",
        "address-book",
        permission=STAFF,
        audience="staff",
        order=60,
    ),
)
