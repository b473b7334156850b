"""Files, notes and history of applications on the shared pages. Applicants have no login and never come here."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.applications.rules import OPEN
from partners.applications.selectors import application_by_pk
from partners.models import Application
from portal.applications import mails  # noqa: F401  (the handler of mails)
from portal.workflow.about import register_about
from tenancy.actors import Actor
from tenancy.enums import Permission

PURPOSES: dict[str, Any] = {
    "licence": _("Trade licence or registration"),
    "certificate": _("Certificate"),
    "reference": _("Reference"),
    "": _("Other"),
}


def _may(actor: Actor, application: Application) -> bool:
    return actor.can(Permission.REVIEW_APPLICATIONS) and application.state in OPEN


register_about(
    "partners.application",
    fetch=application_by_pk,
    may_write=_may,
    title=lambda application: str(application.number),
    path=lambda application: reverse("applications:application", args=[application.number]),
    purposes=PURPOSES,
    tells=Permission.REVIEW_APPLICATIONS,
)
