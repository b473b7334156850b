"""What every step of an application shares: finding and locking it, a new version, the clock of the first answer."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.workdays import WorkCalendar
from partners.applications.numbers import first_answer_days
from partners.applications.rules import MACHINE
from partners.applications.selectors import get_application
from partners.models import Application, ApplicationReview
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit
from workflow.calendar import work_calendar
from workflow.states import note
from workflow.timers import schedule
from workflow.versions import Steps, check_version

#: Shares of the time for a first answer at which it is recalled.
SHARES = (80, 100)
MAIL = "partners.application_mail"


@contextmanager
def open_application(actor: Actor, number: str, *, version: int | None = None) -> Iterator[Application]:
    """The application, locked, for one step of the operator's people. Raises ``NotFound``, ``Forbidden``, ``Conflict``."""
    actor.require(Permission.REVIEW_APPLICATIONS)
    found = get_application(actor, number)
    with office(actor):
        application: Application = Application.objects.select_for_update(no_key=True).get(pk=found.pk)
        text = _("This application was changed in the meantime. Reload and try again.")
        check_version(version, application, text)
        yield application


advance = Steps(MACHINE).advance


def touch(
    actor: Actor, application: Application, event: str, save: Iterable[str] = (), *, internal: bool = True
) -> None:
    """A change that leaves the state as it is."""
    application.version += 1
    application.save(update_fields=["version", *save])
    note(actor, application, application.state, application.state, reason=event, internal=internal)
    audit.record(actor, f"application.{event}", application, ref=application.number)


def mail(application: Application, kind: str) -> None:
    """Have the applicant told; the portal writes the mail."""
    emit(MAIL, {"application_id": application.pk, "kind": kind})


def review_of(application: Application) -> ApplicationReview:
    found: ApplicationReview
    found, _created = ApplicationReview.objects.get_or_create(application=application)
    return found


def start_clock(application: Application, review: ApplicationReview) -> None:
    """The whole time for a first answer, from the submission on."""
    calendar = work_calendar(application.operator)
    start = application.submitted_at or timezone.now()
    _set_due(application, review, start, calendar.due_after(start, first_answer_days()), calendar)


def pause_clock(review: ApplicationReview, now: datetime) -> None:
    """The applicant is asked: an answer, but not the last word."""
    if review.answered_at is None and review.paused_at is None:
        review.paused_at = now
        review.save(update_fields=["paused_at"])


def resume_clock(application: Application, review: ApplicationReview, now: datetime) -> None:
    """The working time that was left when the clock stopped, from ``now`` on."""
    if review.paused_at is None or review.due_at is None:
        return
    calendar = work_calendar(application.operator)
    left = calendar.elapsed(review.paused_at, review.due_at) / timedelta(hours=1)
    _set_due(application, review, now, calendar.add_hours(now, left), calendar)


def stop_clock(review: ApplicationReview) -> None:
    """Judged: the first answer is given."""
    if review.answered_at is None:
        review.answered_at, review.paused_at = timezone.now(), None
        review.save(update_fields=["answered_at", "paused_at"])


def _set_due(
    application: Application,
    review: ApplicationReview,
    start: datetime,
    due: datetime,
    calendar: WorkCalendar,
) -> None:
    review.due_at, review.paused_at = due, None
    review.save(update_fields=["due_at", "paused_at"])
    whole = calendar.elapsed(start, due) / timedelta(hours=1)
    for share in SHARES:
        at = due if share == 100 else calendar.add_hours(start, whole * share / 100)
        schedule(f"partners.application_{share}", application, at, due=due.isoformat())
