from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

VIEW = Permission.VIEW_ONBOARDING
register(
    NavItem(
        "partners", _("Documents"), "documents:list", "files", permission=VIEW, audience="staff", order=28
    ),
    NavItem(
        "company", _("Documents"), "documents:list", "files", permission=VIEW, audience="partner", order=18
    ),
)
