"""What happens to applications by themselves: screening after a submission, and clocks. Each looks whether it is still waited for."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from partners.applications import applying
from partners.applications.notices import (
    ANSWERED,
    CLOSED,
    DUE,
    OVERDUE,
    RECEIVED,
    settle,
    tell_managers,
    tell_reviewers,
)
from partners.applications.numbers import draft_days
from partners.applications.scoring import automatic, ensure_criteria, keep_scores
from partners.applications.screening import keep_flags
from partners.applications.steps import (
    SHARES,
    advance,
    mail,
    resume_clock,
    review_of,
    start_clock,
    stop_clock,
)
from partners.enums import ApplicationState as S
from partners.models import Application, ApplicationReview, ApplicationScore
from tenancy.actors import Actor
from tenancy.outbox import on
from workflow.timers import Handler, on_timer, schedule


def _waiting(pk: int, *states: str) -> Application | None:
    rows = Application.objects.select_for_update(no_key=True)
    found: Application | None = rows.filter(pk=pk, state__in=states).first()
    return found


@on(applying.DRAFTED)
def drafted(actor: Actor, payload: dict[str, Any]) -> None:
    """The link goes to the address that was written; nothing is sent to anybody before it is opened."""
    application = _waiting(payload["application_id"], S.DRAFT)
    if application is None:
        return
    schedule("partners.application_draft", application, timezone.now() + timedelta(days=draft_days()))
    mail(application, payload.get("mail", "verify"))


@on(applying.SUBMITTED)
def submitted(actor: Actor, payload: dict[str, Any]) -> None:
    """The screening by the system: flags, what scores itself, and the clock of the first answer."""
    application = _waiting(payload["application_id"], S.SUBMITTED)
    if application is None:
        return
    review = _screen(actor, application)
    advance(actor, application, S.SCREENING, internal=True)
    start_clock(application, review)
    tell_reviewers(RECEIVED, application)
    mail(application, "received")


@on(applying.ANSWERED)
def answered(actor: Actor, payload: dict[str, Any]) -> None:
    """What changed is screened anew, and the clock goes on."""
    application = _waiting(payload["application_id"], S.SCREENING)
    if application is None:
        return
    review = _screen(actor, application)
    resume_clock(application, review, timezone.now())
    tell_reviewers(ANSWERED, application)


def _screen(actor: Actor, application: Application) -> ApplicationReview:
    review = review_of(application)
    keep_flags(application)
    known = {each.code: each for each in ensure_criteria()}
    told = {known[code]: value for code, value in automatic(application).items() if code in known}
    keep_scores(actor, ApplicationScore.objects, told, application=application)
    review.screened_at = timezone.now()
    review.save(update_fields=["screened_at"])
    return review


@on(applying.WITHDRAWN)
def withdrawn(actor: Actor, payload: dict[str, Any]) -> None:
    application = _waiting(payload["application_id"], S.WITHDRAWN)
    if application is not None:
        stop_clock(review_of(application))
        settle(application)
        tell_reviewers(CLOSED, application)


def _remind(share: int) -> Handler:
    def remind(actor: Actor, application_id: int, payload: dict[str, Any]) -> None:
        application = _waiting(application_id, S.SCREENING)
        review = ApplicationReview.objects.filter(
            application_id=application_id, paused_at=None, answered_at=None
        ).first()
        if application is None or review is None or not _same(review.due_at, payload["due"]):
            return
        key = f"{share}@{payload['due']}"
        if share < 100:
            tell_reviewers(DUE, application, key=key, share=share)
            return
        tell_reviewers(OVERDUE, application, key=key)
        tell_managers(OVERDUE, application, key=f"up@{payload['due']}")

    return remind


for _share in SHARES:
    on_timer(f"partners.application_{_share}")(_remind(_share))


@on_timer("partners.application_answer")
def unanswered(actor: Actor, application_id: int, payload: dict[str, Any]) -> None:
    """No answer in time."""
    application = _waiting(application_id, S.INFORMATION_REQUIRED)
    if application is None or not _same(application.answer_due_at, payload["due"]):
        return
    _expire(actor, application)
    stop_clock(review_of(application))
    mail(application, "expired")


@on_timer("partners.application_draft")
def forgotten(actor: Actor, application_id: int, payload: dict[str, Any]) -> None:
    """A draft whose link was never used."""
    application = _waiting(application_id, S.DRAFT)
    if application is not None:
        _expire(actor, application)


def _expire(actor: Actor, application: Application) -> None:
    application.closed_at, application.answer_due_at, application.asked_fields = timezone.now(), None, []
    advance(actor, application, S.EXPIRED, save=["closed_at", "answer_due_at", "asked_fields"])


def _same(due: datetime | None, written: str) -> bool:
    return due is not None and due == datetime.fromisoformat(written)
