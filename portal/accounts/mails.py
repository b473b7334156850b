"""Mails of the portal: the recipient's language, the operator's name, links to the operator's canonical host."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portal.shell.brand import brand_of
from tenancy.enums import Role
from tenancy.models import Invitation, Operator


def absolute(operator: Operator, url_name: str, *args: str) -> str:
    """An address on the operator's own host, never on the host that the request named."""
    return operator.origin + reverse(url_name, args=args)


def language_of(wish: str, operator: Operator) -> str:
    """The recipient's language if the operator speaks it, else the operator's."""
    return wish if wish in operator.languages else operator.main_language


def send_rendered(operator: Operator, email: str, prefix: str, context: dict[str, Any]) -> None:
    """Send ``<prefix>_subject.txt`` and ``<prefix>_message.txt`` in the active language, with an HTML part in our frame.

    Errors of the mail server are raised.
    """
    language = (translation.get_language() or "en").split("-")[0]
    brand = brand_of(operator, language)
    values = {
        **context,
        "email": email,
        "operator": operator,
        "brand": brand,
        "current_site": {"name": brand.name},
    }
    subject = " ".join(render_to_string(f"{prefix}_subject.txt", values).split())
    text = render_to_string(f"{prefix}_message.txt", values).strip()
    frame = {
        "text": text,
        "subject": subject,
        "brand": brand,
        "language": language,
        "rtl": language in ("fa", "ar"),
    }
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [email])
    message.attach_alternative(render_to_string("mail/frame.html", frame), "text/html")
    message.send()


def send_invitation(operator: Operator, invitation: Invitation, secret: str) -> None:
    """The mail with the link of an invitation."""
    with translation.override(language_of(invitation.language, operator)):
        context = {
            "name": invitation.name,
            "inviter": invitation.invited_by,
            "company": invitation.partner,
            "role": Role(invitation.role).label,
            "expires_at": invitation.expires_at,
            "link": absolute(operator, "invitation", secret),
        }
        send_rendered(operator, invitation.email, "mail/invitation", context)
