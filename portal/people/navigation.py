from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem("company", _("People"), "people:list", "users", permission=Permission.MANAGE_COMPANY, order=20),
    NavItem("setup", _("People"), "people:list", "users", permission=Permission.MANAGE_STAFF, order=20),
    NavItem("setup", _("API tokens"), "people:tokens", "key", permission=Permission.MANAGE_TOKENS, order=80),
)
