"""On a partner's start page: rules that its company has not confirmed yet."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from incentives.announcements.selectors import to_confirm
from portal.shell.home import Panel, register_panel
from tenancy.actors import Actor
from tenancy.enums import Permission


def rules_panel(actor: Actor, request: HttpRequest) -> Mapping[str, Any] | None:
    waiting = to_confirm(actor)
    return {"waiting": waiting} if waiting else None


register_panel(
    Panel(
        "rules",
        "portal/announcements/panel.html",
        rules_panel,
        "top",
        permission=Permission.ACKNOWLEDGE_RULES,
        audience="partner",
        order=5,
    )
)
