from portal.programs.promised import panel
from portal.shell.home import Panel, register_panel
from tenancy.enums import Permission

register_panel(
    Panel(
        "promised_managers",
        "portal/programs/promised_panel.html",
        panel,
        "top",
        permission=Permission.ASSIGN_BOOKS,
        audience="staff",
        order=9,
    )
)
