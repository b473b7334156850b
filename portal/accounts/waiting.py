"""The invitation that a visitor has opened and not yet accepted, remembered in the session."""

from django.http import HttpRequest

from tenancy.models import Invitation
from tenancy.selectors import invitation_by_secret

KEY = "invitation"


def remember(request: HttpRequest, secret: str) -> None:
    request.session[KEY] = secret


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def waiting_invitation(request: HttpRequest, email: str) -> Invitation | None:
    """The open invitation of this session if it is meant for ``email``."""
    secret = request.session.get(KEY)
    invitation = invitation_by_secret(secret) if secret else None
    return invitation if invitation and invitation.email == email.lower() else None
