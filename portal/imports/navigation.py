from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

# A partner's people come here from their deals.
register(
    NavItem(
        "data",
        _("Imports"),
        "imports:list",
        "upload",
        permission=Permission.RUN_IMPORTS,
        audience="staff",
        order=90,
    )
)
