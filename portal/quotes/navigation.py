from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem("sales", _("Quotes"), "quotes:list", "file-dollar", permission=Permission.VIEW_DEALS, order=40)
)
