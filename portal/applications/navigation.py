from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "partners",
        _("Applications"),
        "applications:queue",
        "inbox",
        permission=Permission.REVIEW_APPLICATIONS,
        audience="staff",
        order=30,
    ),
    NavItem(
        "setup",
        _("Applications and criteria"),
        "applications:offers",
        "list-details",
        permission=Permission.MANAGE_PROGRAMS,
        audience="staff",
        order=45,
    ),
)
