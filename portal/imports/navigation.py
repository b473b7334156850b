from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(NavItem("data", _("Imports"), "imports:list", "upload", permission=Permission.RUN_IMPORTS, order=90))
