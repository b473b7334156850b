from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

VIEW = Permission.VIEW_ONBOARDING
register(
    NavItem(
        "partners",
        pgettext_lazy("the process", "Onboarding"),
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
        pgettext_lazy("the process", "Onboarding"),
        "onboarding:home",
        "checklist",
        permission=VIEW,
        audience="partner",
        order=15,
    ),
)
