from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

VIEW, MANAGE = Permission.VIEW_TRAINING, Permission.MANAGE_TRAINING
register(
    NavItem(
        "programme",
        _("Training"),
        "training:catalogue",
        "school",
        permission=VIEW,
        audience="partner",
        order=40,
    ),
    NavItem(
        "programme",
        _("Our people's certificates"),
        "training:team",
        "certificate",
        permission=Permission.MANAGE_COMPANY,
        audience="partner",
        order=41,
    ),
    NavItem(
        "programme", _("Courses"), "training:courses", "school", permission=MANAGE, audience="staff", order=40
    ),
    NavItem(
        "programme",
        _("Certificates"),
        "training:certificates",
        "certificate",
        permission=VIEW,
        audience="staff",
        order=41,
    ),
    NavItem(
        "programme", _("Specialisations"), "training:specialisations", "rosette", permission=VIEW, order=42
    ),
)
