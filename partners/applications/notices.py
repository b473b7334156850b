"""What the operator's people are told about applications. Applicants get mails of their own, without notes, flags or scores."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.models import Application
from tenancy.enums import Permission, Role
from tenancy.models import Membership
from workflow.enums import Urgency
from workflow.notices import Kind, declare, done, members, notify, staff

RECEIVED = declare(
    "applications.received",
    Urgency.ACTION,
    _("Application %(number)s of %(company)s waits for a first answer."),
)
ANSWERED = declare(
    "applications.answered",
    Urgency.ACTION,
    _("%(company)s answered the question about application %(number)s."),
)
DUE = declare(
    "applications.due",
    Urgency.ACTION,
    _("%(share)s %% of the time for a first answer to application %(number)s has passed."),
)
OVERDUE = declare(
    "applications.overdue", Urgency.ACTION, _("Application %(number)s of %(company)s got no answer in time.")
)
SECOND = declare(
    "applications.second", Urgency.ACTION, _("Application %(number)s of %(company)s needs a second approval.")
)
CLOSED = declare("applications.closed", Urgency.INFO, _("%(company)s withdrew application %(number)s."))
WAITING = (RECEIVED, ANSWERED, DUE, OVERDUE, SECOND)


def tell_reviewers(kind: Kind, application: Application, *, key: str = "", **params: Any) -> None:
    """All who may review: applications belong to nobody's book. Runs where members can be read."""
    roles = Membership.objects.filter(role=Role.PAM, active=True).values_list("pk", flat=True)
    _tell(kind, application, members(roles), key, params)
    _tell(kind, application, staff(Permission.REVIEW_APPLICATIONS), key, params)


def tell_managers(kind: Kind, application: Application, *, key: str = "", **params: Any) -> None:
    """Those above the account managers."""
    _tell(kind, application, staff(Permission.MANAGE_PROGRAMS), key, params)


def settle(application: Application) -> None:
    """Nobody needs to be reminded any more."""
    done(application, WAITING)


def _tell(kind: Kind, application: Application, to: Any, key: str, params: dict[str, Any]) -> None:
    if to == members([]):
        return
    facts = {"number": application.number, "company": application.company_name, **params}
    path = f"/applications/{application.number}/"
    notify(kind, application, to=to, path=path, key=key or str(application.version), **facts)
