"""Mails to applicants, who have no login: the language that they wrote in, the link of their application."""

from typing import Any

from django.urls import reverse
from django.utils import translation

from partners.applications.links import path_of
from partners.applications.numbers import draft_days
from partners.applications.steps import MAIL
from partners.models import Application
from portal.accounts.mails import absolute, language_of, send_rendered
from portal.shell.formats import formats_for
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.outbox import on
from tenancy.services import invite_member


@on(MAIL)
def tell_applicant(actor: Actor, payload: dict[str, Any]) -> None:
    """Send what the step ``kind`` says; a mail that fails is tried again with its event."""
    application = Application.objects.select_related("partner").get(pk=payload["application_id"])
    send_application_mail(actor, application, payload["kind"])


def send_application_mail(actor: Actor, application: Application, kind: str) -> None:
    """Errors of the mail server are raised."""
    operator = actor.operator
    language = language_of(application.language, operator)
    invitation = _invitation(actor, application, language) if kind == "approved" else ""
    formats = formats_for(operator, language)
    due, again = application.answer_due_at, application.reapply_after
    with translation.override(language):
        context = {
            "kind": kind,
            "name": application.contact_name,
            "company": application.company_name,
            "number": application.number,
            "question": application.question,
            "reason": application.reason,
            "days": formats.number(draft_days()),
            "until": formats.day(due.astimezone(operator.zone).date()) if due else "",
            "again": formats.day(again) if again else "",
            "link": operator.origin + path_of(application),
            "apply": operator.origin + reverse("applications:apply"),
            "invitation": invitation,
        }
        send_rendered(operator, application.contact_email, "mail/application", context)


def _invitation(actor: Actor, application: Application, language: str) -> str:
    """The way in for the first owner of the new partner; its secret stands in this mail and nowhere else."""
    _row, secret = invite_member(
        actor,
        email=application.contact_email,
        role=Role.PARTNER_OWNER,
        partner_id=application.partner_id,
        name=application.contact_name,
        language=language,
    )
    return absolute(actor.operator, "invitation", secret)
