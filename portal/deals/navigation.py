from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission, Role

register(
    NavItem("sales", _("Deals"), "deals:list", "briefcase", permission=Permission.VIEW_DEALS, order=10),
    NavItem(
        "sales",
        _("Register a deal"),
        "deals:new",
        "file-plus",
        permission=Permission.REGISTER_DEALS,
        audience="partner",
        order=20,
    ),
    NavItem(
        "sales",
        _("To decide"),
        "deals:review",
        "checkbox",
        permission=Permission.DECIDE_DEALS,
        audience="staff",
        order=5,
    ),
    NavItem(
        "sales",
        _("Conflicts"),
        "deals:conflicts",
        "arrows-cross",
        permission=Permission.DECIDE_DEALS,
        audience="staff",
        order=30,
    ),
    NavItem(
        "sales",
        _("My accounts"),
        "deals:my_accounts",
        "building",
        permission=Permission.VIEW_DEALS,
        roles=(Role.DIRECT_SELLER.value,),
        order=30,
    ),
    NavItem(
        "sales",
        _("Rules of engagement"),
        "deals:rules",
        "gavel",
        permission=Permission.MANAGE_DEAL_RULES,
        order=60,
    ),
)
