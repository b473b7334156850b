from django.utils.translation import gettext_lazy as _

from portal.shell.navigation import NavItem, register
from tenancy.enums import Permission

SEES = (Permission.WORK_BOOK, Permission.VIEW_PLANS)
register(
    NavItem("work", _("My book"), "book:home", "address-book", permission=Permission.WORK_BOOK, order=10),
    NavItem("work", _("Tasks"), "tasks:list", "checklist", permission=SEES, order=20),
    NavItem("work", _("Meetings"), "meetings:list", "calendar-event", permission=SEES, order=30),
    NavItem(
        "work", _("Overdue"), "book:overdue", "clock-exclamation", permission=Permission.WORK_BOOK, order=40
    ),
)
