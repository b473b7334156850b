"""Taking a quiz: begun, answered one by one (each answer is kept at once), handed in, marked."""

import secrets
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from programs.enums import EnrolmentState
from programs.models import CourseEnrolment, QuizAttempt, QuizKey
from programs.training.enrolments import complete, give_up, learning, start
from programs.training.quiz import clean_answer, mark
from programs.training.rules import OPEN
from tenancy import audit
from tenancy.actors import Actor


def begin_attempt(actor: Actor, *, enrolment_id: int) -> QuizAttempt:
    """The attempt that is open, or a new one. Raises ``Conflict`` where there is no quiz or no try left."""
    with learning(actor, enrolment_id) as enrolment:
        if not enrolment.version.quiz:
            raise Conflict("no_quiz", _("This course has no quiz."))
        past = QuizAttempt.objects.filter(enrolment=enrolment)
        running: QuizAttempt | None = past.filter(finished_at=None).first()
        if running is not None:
            return running
        if enrolment.state not in OPEN or _used_up(enrolment):
            raise Conflict("no_attempt_left", _("This quiz cannot be taken again."))
        start(actor, enrolment)
        attempt: QuizAttempt = QuizAttempt.objects.create(
            enrolment=enrolment,
            partner_id=enrolment.partner_id,
            member_id=enrolment.member_id,
            number=past.count() + 1,
            seed=secrets.randbelow(2**31),
        )
    return attempt


def _used_up(enrolment: CourseEnrolment) -> bool:
    most = enrolment.version.attempts_most
    return bool(most) and QuizAttempt.objects.filter(enrolment=enrolment).count() >= most


def keep_answer(actor: Actor, *, enrolment_id: int, question_id: int, chosen: Sequence[int]) -> QuizAttempt:
    """Keep one answer of the open attempt; nothing chosen takes it back."""
    with learning(actor, enrolment_id) as enrolment:
        attempt = _open(enrolment)
        _put(attempt, enrolment, {question_id: chosen})
        attempt.save(update_fields=["answers"])
    return attempt


def hand_in(
    actor: Actor, *, enrolment_id: int, answers: Mapping[int, Sequence[int]] | None = None
) -> QuizAttempt:
    """Mark the open attempt; ``answers`` (question id -> options) are kept first. Every question has to be answered.

    Passed: the course is completed. Not passed and no try left: it has failed.
    """
    with learning(actor, enrolment_id) as enrolment:
        attempt = _open(enrolment)
        _put(attempt, enrolment, answers or {})
        missing = [one for one in enrolment.version.quiz if not attempt.answers.get(str(one["id"]))]
        if missing:
            words = {"count": len(missing)}
            raise InputError("unanswered", _("Answer every question; %(count)s are open."), "quiz", words)
        _mark(actor, enrolment, attempt)
    return attempt


def _open(enrolment: CourseEnrolment) -> QuizAttempt:
    found = QuizAttempt.objects.select_for_update(no_key=True).filter(enrolment=enrolment, finished_at=None)
    attempt: QuizAttempt | None = found.first()
    if attempt is None:
        raise NotFound("no_attempt", _("No attempt is open."))
    return attempt


def _put(attempt: QuizAttempt, enrolment: CourseEnrolment, answers: Mapping[int, Sequence[int]]) -> None:
    for question_id, chosen in answers.items():
        clean = clean_answer(enrolment.version.quiz, question_id, chosen)
        attempt.answers[str(question_id)] = clean


def _mark(actor: Actor, enrolment: CourseEnrolment, attempt: QuizAttempt) -> None:
    key = QuizKey.objects.get(version_id=enrolment.version_id).answers
    found = mark(enrolment.version.quiz, key, attempt.answers, enrolment.version.pass_mark)
    attempt.result, attempt.score, attempt.passed = found.rows, found.score, found.passed
    attempt.finished_at = timezone.now()
    attempt.save()
    audit.record(
        actor, "quiz.hand_in", enrolment, changes={"score": str(found.score), "passed": found.passed}
    )
    enrolment.best = max(enrolment.best or found.score, found.score)
    if found.passed:
        complete(actor, enrolment)
    elif _used_up(enrolment):
        give_up(actor, enrolment, EnrolmentState.FAILED)
    else:
        enrolment.save(update_fields=["best"])
