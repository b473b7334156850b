from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem("programme", _("Goals"), "goals:list", "target-arrow", permission=Permission.VIEW_PLANS, order=40)
)
