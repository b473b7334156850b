from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "rewards",
        _("KPIs"),
        "kpis:list",
        "chart-dots",
        permission=Permission.VIEW_KPIS,
        audience="staff",
        order=30,
    )
)
