"""Who may call what: the token's scope first, then the member's role. Services check the role again."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api.scopes import Access, allows
from common.errors import Forbidden
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import ApiToken


def check_access(
    actor: Actor, token: ApiToken, resource: str, access: Access, permission: Permission | None
) -> None:
    """Raise ``Forbidden`` unless token and role both allow it."""
    if not allows(token.scopes, resource, access):
        raise Forbidden(
            "missing_scope",
            _("The token lacks the scope “%(scope)s”."),
            params={"scope": f"{resource}:{access}"},
        )
    if permission is not None:
        actor.require(permission)


class HasScope(BasePermission):
    """Reads ``resource``, ``reads`` and ``writes`` of the view; a view may say more by ``access_of(request)``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.actor is None:
            raise NotAuthenticated()
        access, permission = view.access_of(request)
        check_access(request.actor, request.token, view.resource, access, permission)
        return True
