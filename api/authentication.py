"""Bearer tokens. The door has found token and member before any view runs; here they become a login of DRF."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from tenancy.token_use import note_use

CHALLENGE = 'Bearer realm="api"'


class TokenAuthentication(BaseAuthentication):
    """``request.user`` becomes the actor and ``request.auth`` the token."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        if request.actor is None:
            self.refuse(request)
            return None
        note_use(request.token)
        return request.actor, request.token

    @staticmethod
    def refuse(request: HttpRequest) -> None:
        """Raise ``AuthenticationFailed`` for a caller that shows something, but no token of this operator."""
        if "Authorization" in request.headers:
            raise AuthenticationFailed(_("This token is not valid here."), "invalid_token")

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE
