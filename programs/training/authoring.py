"""Writing courses: the course itself, the draft of its next version with material and quiz, and its publication.

Texts are language -> text. Raises ``InputError`` at the field, ``NotFound``, ``Conflict``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.services.writing import Mode, write_one
from common.errors import Conflict, InputError, NotFound
from common.text import clean_text
from programs.enums import QuestionKind
from programs.models import Certification, Course, CourseFile, CourseVersion, QuizKey
from programs.training.kinds import CERTIFICATION, COURSE
from programs.training.quiz import QUESTIONS_MOST, check_question
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_TRAINING
LONGEST = 200_000
LINE = 500
LINKS_MOST = 30
_is_address = URLValidator(schemes=["http", "https"])


def save_certification(actor: Actor, *, code: str, **fields: Any) -> tuple[Certification, bool]:
    """``name, names, layer, valid_months, active``."""
    return write_one(actor, CERTIFICATION, code, fields)


def create_certification(actor: Actor, *, code: str, **fields: Any) -> Certification:
    return write_one(actor, CERTIFICATION, code, fields, Mode.CREATE)[0]


def change_certification(actor: Actor, *, code: str, **fields: Any) -> Certification:
    return write_one(actor, CERTIFICATION, code, fields, Mode.CHANGE)[0]


def save_course(actor: Actor, *, code: str, **fields: Any) -> tuple[Course, bool]:
    """``name, names, layer, roles, layers, mandatory, certification, minutes, active``."""
    return write_one(actor, COURSE, code, fields)


def create_course(actor: Actor, *, code: str, **fields: Any) -> Course:
    return write_one(actor, COURSE, code, fields, Mode.CREATE)[0]


def change_course(actor: Actor, *, code: str, **fields: Any) -> Course:
    return write_one(actor, COURSE, code, fields, Mode.CHANGE)[0]


def begin_draft(actor: Actor, *, code: str) -> CourseVersion:
    """The draft of the next version: the one there is, or a copy of what was published last."""
    with transaction.atomic():
        return open_draft(actor, code)[1]


def save_content(
    actor: Actor,
    *,
    code: str,
    summary: Mapping[str, str] | None = None,
    body: Mapping[str, str] | None = None,
    links: Sequence[Mapping[str, str]] | None = None,
    pass_mark: int | None = None,
    attempts_most: int | None = None,
) -> CourseVersion:
    """Change the draft; what is not given stays."""
    with transaction.atomic():
        course, version, _key = open_draft(actor, code)
        if summary is not None:
            version.summary = _texts(actor, summary, 2000, "summary")
        if body is not None:
            version.body = _texts(actor, body, LONGEST, "body")
        if links is not None:
            version.links = _links(links)
        if pass_mark is not None:
            version.pass_mark = _within(pass_mark, 1, 100, "pass_mark")
        if attempts_most is not None:
            version.attempts_most = _within(attempts_most, 0, 100, "attempts_most")
        version.save()
        audit.record(actor, "course.content", course, changes={"version": version.number})
    return version


def save_question(
    actor: Actor,
    *,
    code: str,
    question_id: int | None = None,
    kind: str,
    text: Mapping[str, str],
    options: Sequence[Mapping[str, Any]],
    weight: int = 1,
    why: Mapping[str, str] | None = None,
) -> int:
    """Add a question to the draft's quiz, or change one; returns its id. ``options``: ``[{"text": {...}, "right": bool}]``."""
    if kind not in QuestionKind.values:
        raise InputError("unknown_choice", _("Choose how it is answered."), "kind")
    with transaction.atomic():
        course, version, key = open_draft(actor, code)
        quiz = list(version.quiz)
        number = question_id or max((one["id"] for one in quiz), default=0) + 1
        question = {
            "id": number,
            "kind": kind,
            "text": _texts(actor, text, LINE * 2, "text"),
            "options": [
                {"id": place, "text": _texts(actor, option["text"], LINE, "options")}
                for place, option in enumerate(options, 1)
            ],
            "weight": weight,
        }
        right = [place for place, option in enumerate(options, 1) if option["right"]]
        check_question(question, right, actor.operator.main_language)
        if question_id is None:
            _check_room(quiz)
            quiz.append(question)
        else:
            quiz[_place(quiz, question_id)] = question
        key.answers[str(number)] = {"right": right, "why": _texts(actor, why or {}, LINE * 4, "why")}
        _store(actor, course, version, key, quiz)
    return number


def remove_question(actor: Actor, *, code: str, question_id: int) -> None:
    with transaction.atomic():
        course, version, key = open_draft(actor, code)
        quiz = list(version.quiz)
        del quiz[_place(quiz, question_id)]
        key.answers.pop(str(question_id), None)
        _store(actor, course, version, key, quiz)


def move_question(actor: Actor, *, code: str, question_id: int, by: int) -> None:
    """Put a question ``by`` places further down (negative: up)."""
    with transaction.atomic():
        course, version, key = open_draft(actor, code)
        quiz = list(version.quiz)
        place = _place(quiz, question_id)
        quiz.insert(min(max(place + by, 0), len(quiz) - 1), quiz.pop(place))
        _store(actor, course, version, key, quiz)


def publish_course(actor: Actor, *, code: str) -> CourseVersion:
    """Make the draft the version that counts. Whoever is in the middle of an older one finishes that."""
    with transaction.atomic():
        course, version, key = open_draft(actor, code)
        main = actor.operator.main_language
        if not version.body.get(main):
            raise InputError("required", _("Write the material in the main language first."), "body")
        for question in version.quiz:
            check_question(question, key.answers[str(question["id"])]["right"], main)
        version.published_at, version.published_by = timezone.now(), actor.name
        version.save()
        before, course.current = course.current, version.number
        course.save(update_fields=["current", "updated_at"])
        audit.record(actor, "course.publish", course, changes={"current": [before, course.current]})
    return version


def open_draft(actor: Actor, code: str) -> tuple[Course, CourseVersion, QuizKey]:
    """The course, locked, with the draft of its next version and the draft's answers."""
    actor.require(MANAGE)
    course: Course | None = Course.objects.select_for_update(no_key=True).filter(code=code).first()
    if course is None:
        raise NotFound()
    version: CourseVersion | None = CourseVersion.objects.filter(course=course, published_at=None).first()
    if version is None:
        return course, *_copied(course)
    return course, version, QuizKey.objects.get(version=version)


def _copied(course: Course) -> tuple[CourseVersion, QuizKey]:
    last: CourseVersion = CourseVersion.objects.filter(course=course).order_by("-number")[0]
    answers, files = QuizKey.objects.get(version=last).answers, list(last.files.all())
    last.pk, last._state.adding = None, True
    last.number, last.published_at, last.published_by = last.number + 1, None, ""
    last.save()
    for file in files:
        file.pk, file.version = None, last
    CourseFile.objects.bulk_create(files)
    return last, QuizKey.objects.create(version=last, answers=answers)


def _store(actor: Actor, course: Course, version: CourseVersion, key: QuizKey, quiz: list[Any]) -> None:
    version.quiz = quiz
    version.save(update_fields=["quiz"])
    key.save(update_fields=["answers"])
    audit.record(
        actor, "course.quiz", course, changes={"version": version.number, "questions": len(version.quiz)}
    )


def _check_room(quiz: Sequence[Any]) -> None:
    if len(quiz) >= QUESTIONS_MOST:
        raise Conflict(
            "too_many", _("A quiz has at most %(most)s questions."), None, {"most": QUESTIONS_MOST}
        )


def _place(quiz: Sequence[Mapping[str, Any]], question_id: int) -> int:
    for place, question in enumerate(quiz):
        if question["id"] == question_id:
            return place
    raise NotFound()


def _texts(actor: Actor, texts: Mapping[str, str], most: int, field: str) -> dict[str, str]:
    """Clean texts in the operator's languages; empty ones are left out."""
    found = {
        code: clean_text(str(text)).strip()
        for code, text in texts.items()
        if code in actor.operator.languages and str(text).strip()
    }
    if any(len(text) > most for text in found.values()):
        raise InputError("too_long", _("At most %(most)s characters."), field, {"most": most})
    return found


def _links(links: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    if len(links) > LINKS_MOST:
        raise InputError("too_many", _("At most %(most)s links."), "links", {"most": LINKS_MOST})
    found = []
    for link in links:
        url, title = link["url"].strip(), clean_text(link.get("title", "")).strip()[:200]
        try:
            _is_address(url)
        except ValidationError:
            words = {"value": url[:80]}
            raise InputError("invalid", _("“%(value)s” is no web address."), "links", words) from None
        found.append({"title": title or url, "url": url})
    return found


def _within(value: int, least: int, most: int, field: str) -> int:
    if not least <= value <= most:
        words = {"least": least, "most": most}
        raise InputError("out_of_range", _("Write a number from %(least)s to %(most)s."), field, words)
    return value
