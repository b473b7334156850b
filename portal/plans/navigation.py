from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

VIEW = Permission.VIEW_PLANS
register(
    NavItem("programme", _("Business plans"), "plans:list", "file-text", permission=VIEW, order=42),
)
