from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "sales",
        _("May we sell this?"),
        "authorisations:ask",
        "shield-question",
        permission=Permission.VIEW_AUTHORISATIONS,
        audience="partner",
        order=35,
    ),
    NavItem(
        "programme",
        _("Authorisations"),
        "authorisations:list",
        "shield-check",
        permission=Permission.VIEW_AUTHORISATIONS,
        audience="staff",
        order=60,
    ),
)
