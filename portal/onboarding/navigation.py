from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

VIEW = Permission.VIEW_ONBOARDING
register(
    NavItem(
        "partners",
        _("Onboarding"),
        "onboarding:home",
        "checklist",
        permission=VIEW,
        audience="staff",
        order=22,
    ),
    NavItem(
        "partners",
        _("Checklists"),
        "onboarding:checklists",
        "list-check",
        permission=Permission.MANAGE_PARTNERS,
        audience="staff",
        order=24,
    ),
    NavItem(
        "company",
        _("Onboarding"),
        "onboarding:home",
        "checklist",
        permission=VIEW,
        audience="partner",
        order=15,
    ),
)
