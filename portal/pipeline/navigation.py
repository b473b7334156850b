from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

register(
    NavItem(
        "sales", _("Pipeline"), "pipeline:board", "layout-kanban", permission=Permission.VIEW_DEALS, order=20
    ),
    NavItem(
        "sales",
        _("Won without transactions"),
        "pipeline:won",
        "receipt-off",
        permission=Permission.DECIDE_DEALS,
        audience="staff",
        order=60,
    ),
    NavItem(
        "insight",
        _("Pipeline figures"),
        "pipeline:figures",
        "chart-bar",
        permission=Permission.VIEW_DEALS,
        order=30,
    ),
)
