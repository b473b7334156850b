"""The learner's pages: what there is to learn, my training, reading a course, taking its quiz."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, DomainError, InputError, NotFound
from portal.shell.access import actor_of_request, member_page
from programs.enums import HELD_STATES, EnrolmentState
from programs.models import CourseEnrolment, CourseVersion, QuizAttempt
from programs.training import attempts, enrolments, selectors
from programs.training.files import files_of
from programs.training.markup import Section, in_language, language_of, sections_of
from programs.training.quiz import shown
from programs.training.rules import OPEN
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_TRAINING


def language_now() -> str:
    return (translation.get_language() or "en").split("-")[0]


def text_in(actor: Actor, texts: dict[str, str]) -> str:
    return in_language(texts, language_now(), actor.operator.main_language)


def tongue_of(actor: Actor, texts: dict[str, str]) -> dict[str, str]:
    """``lang`` and ``dir`` of what ``text_in`` gives: a Persian text stays one where it begins with a Latin word."""
    code = language_of(texts, language_now(), actor.operator.main_language)
    return {"lang": code, "dir": "rtl" if get_language_info(code)["bidi"] else "ltr"}


def sections_for(actor: Actor, version: CourseVersion) -> list[Section]:
    return sections_of(text_in(actor, version.body))


@member_page(VIEW, audience="partner")
def catalogue(request: HttpRequest) -> HttpResponse:
    """Courses for companies like the reader's, with where the reader stands in each, and the reader's certificates."""
    actor = actor_of_request(request)
    mine = list(selectors.enrolments_for(actor).filter(member_id=actor.membership_id).order_by("-pk"))
    latest: dict[int, CourseEnrolment] = {}
    for enrolment in mine:
        latest.setdefault(enrolment.course_id, enrolment)
    courses = list(selectors.catalogue_of(actor))
    shown_versions = selectors.summaries_of(courses)
    held = selectors.certificates_for(actor).filter(member_id=actor.membership_id, state__in=HELD_STATES)
    context = {
        "title": _("Training"),
        "subtitle": _("Courses for your company, and what you are certified in."),
        "running": [row for row in mine if row.state in OPEN],
        "courses": [
            {
                "course": course,
                "summary": text_in(actor, shown_versions.get(course.pk, {})),
                "mine": latest.get(course.pk),
            }
            for course in courses
        ],
        "certificates": list(held.order_by("valid_until", "pk")),
        "past": [row for row in mine if row.state not in OPEN],
    }
    return render(request, "portal/training/catalogue.html", context)


@member_page(VIEW)
def course(request: HttpRequest, code: str) -> HttpResponse:
    """What a course is about, before one takes it; staff read it as learners will."""
    actor = actor_of_request(request)
    found = selectors.get_course(actor, code)
    version = selectors.version_shown(found)
    if version is None:
        raise NotFound()
    mine = selectors.enrolments_for(actor).filter(course=found, member_id=actor.membership_id or 0).first()
    context = {
        "title": found.label(),
        "course": found,
        "version": version,
        "pass_mark": Decimal(version.pass_mark) / 100,
        "summary": text_in(actor, version.summary),
        "sections": sections_for(actor, version),
        "tongue": tongue_of(actor, version.body),
        "files": list(files_of(version)) if actor.is_staff else [],
        "mine": mine,
        "open": mine is not None and mine.state in OPEN,
        "crumbs": [_home(actor)],
    }
    return render(request, "portal/training/course.html", context)


def _home(actor: Actor) -> tuple[str, str]:
    if actor.is_partner:
        return str(_("Training")), reverse("training:catalogue")
    return str(_("Courses")), reverse("training:courses")


@require_POST
@member_page(VIEW, audience="partner")
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Enrol oneself and begin to read."""
    actor = actor_of_request(request)
    running = selectors.enrolments_for(actor).filter(
        course__code=code, member_id=actor.membership_id, state__in=OPEN
    )
    enrolment = running.first()
    if enrolment is None:
        try:
            with transaction.atomic():
                enrolment = enrolments.enrol(actor, course=code)
        except (InputError, Conflict) as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(reverse("training:course", args=[code]))
    return HttpResponseRedirect(reverse("training:learn", args=[enrolment.pk]))


@member_page(VIEW)
def learn(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """One section at a time: ``?section=`` or the first that was not read."""
    actor = actor_of_request(request)
    enrolment = selectors.get_enrolment(actor, enrolment_id)
    sections = sections_for(actor, enrolment.version)
    here = _chosen(request, enrolment, sections)
    read = set(enrolment.sections_read)
    context = {
        "title": enrolment.course.label(),
        "subtitle": enrolment.person_name,
        "enrolment": enrolment,
        "own": enrolment.member_id == actor.membership_id,
        "open": enrolment.state in OPEN,
        "sections": [(section, section.number in read) for section in sections],
        "section": here,
        "tongue": tongue_of(actor, enrolment.version.body),
        "last": bool(sections) and here == sections[-1],
        "all_read": all(section.number in read for section in sections),
        "has_quiz": bool(enrolment.version.quiz),
        "attempts": [
            (row, row.score / 100) for row in selectors.attempts_of(enrolment) if row.score is not None
        ],
        "links": enrolment.version.links,
        "files": list(files_of(enrolment.version)),
        "crumbs": [_home(actor)],
    }
    return render(request, "portal/training/learn.html", context)


def _chosen(request: HttpRequest, enrolment: CourseEnrolment, sections: list[Section]) -> Section | None:
    wanted = request.GET.get("section", "")
    by_number = {str(section.number): section for section in sections}
    if wanted in by_number:
        return by_number[wanted]
    unread = [section for section in sections if section.number not in enrolment.sections_read]
    return next(iter([*unread, *sections]), None)


@require_POST
@member_page(VIEW, audience="partner")
def read(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """A section was read: on to the next one, or the course is done."""
    actor = actor_of_request(request)
    number = request.POST.get("section", "")
    if not number.isdecimal():
        raise NotFound()
    enrolment = enrolments.read_section(actor, enrolment_id=enrolment_id, number=int(number))
    here = reverse("training:learn", args=[enrolment_id])
    following = [n for n in enrolments.section_numbers(actor, enrolment) if n > int(number)]
    if following:
        return HttpResponseRedirect(f"{here}?section={following[0]}")
    if not enrolment.version.quiz and enrolment.state in OPEN:
        try:
            with transaction.atomic():
                enrolments.finish_reading(actor, enrolment_id=enrolment_id)
        except Conflict as error:
            messages.info(request, error.message)
        else:
            messages.success(request, _("The course is completed."))
    return HttpResponseRedirect(here)


@require_POST
@member_page(VIEW)
def leave(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Take oneself or a colleague out of a course."""
    actor = actor_of_request(request)
    try:
        with transaction.atomic():
            enrolments.cancel_enrolment(actor, enrolment_id=enrolment_id)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The enrolment was cancelled."))
    return HttpResponseRedirect(reverse("training:learn", args=[enrolment_id]))


@require_POST
@member_page(VIEW, audience="partner")
def start_quiz(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    actor = actor_of_request(request)
    try:
        with transaction.atomic():
            attempts.begin_attempt(actor, enrolment_id=enrolment_id)
    except Conflict as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("training:learn", args=[enrolment_id]))
    return HttpResponseRedirect(reverse("training:quiz", args=[enrolment_id]))


@member_page(VIEW, audience="partner")
def quiz(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """The open attempt as one form: each answer is kept when it is given, all are sent again when it is handed in."""
    actor = actor_of_request(request)
    enrolment = selectors.get_enrolment(actor, enrolment_id)
    attempt = selectors.attempts_of(enrolment).filter(finished_at=None).first()
    if attempt is None or enrolment.member_id != actor.membership_id:
        return HttpResponseRedirect(reverse("training:learn", args=[enrolment_id]))
    if request.method != "POST":
        return _quiz_page(request, actor, enrolment, attempt, attempt.answers)
    given = _given(request, enrolment)
    try:
        with transaction.atomic():
            done = attempts.hand_in(actor, enrolment_id=enrolment_id, answers=given)
    except (InputError, Conflict) as error:
        _keep(actor, enrolment_id, given)
        answers = {str(question): chosen for question, chosen in given.items()}
        return _quiz_page(request, actor, enrolment, attempt, answers, error)
    return HttpResponseRedirect(reverse("training:result", args=[enrolment_id, done.number]))


def _given(request: HttpRequest, enrolment: CourseEnrolment) -> dict[int, list[int]]:
    """Question id -> chosen options, of what the form sent; anything else in it is left out."""
    found = {}
    for question in enrolment.version.quiz:
        sent = request.POST.getlist(f"q{question['id']}")
        found[question["id"]] = [int(one) for one in sent if one.isdecimal()]
    return found


def _keep(actor: Actor, enrolment_id: int, given: dict[int, list[int]]) -> None:
    """What was chosen stays, although the whole was refused."""
    for question_id, chosen in given.items():
        try:
            with transaction.atomic():
                attempts.keep_answer(actor, enrolment_id=enrolment_id, question_id=question_id, chosen=chosen)
        except DomainError:
            continue


def _quiz_page(
    request: HttpRequest,
    actor: Actor,
    enrolment: CourseEnrolment,
    attempt: QuizAttempt,
    answers: dict[str, list[int]],
    error: DomainError | None = None,
) -> HttpResponse:
    questions = [
        {
            "id": question["id"],
            "several": question["kind"] == "multiple",
            "text": text_in(actor, question["text"]),
            "tongue": tongue_of(actor, question["text"]),
            "options": [
                {"id": option["id"], "text": text_in(actor, option["text"])} for option in question["options"]
            ],
            "chosen": answers.get(str(question["id"]), []),
            "open": error is not None and not answers.get(str(question["id"])),
        }
        for question in shown(enrolment.version.quiz, attempt.seed)
    ]
    context = {
        "title": _("Quiz"),
        "subtitle": enrolment.course.label(),
        "enrolment": enrolment,
        "attempt": attempt,
        "questions": questions,
        "answered": sum(bool(question["chosen"]) for question in questions),
        "error": error,
        "crumbs": [
            _home(actor),
            (enrolment.course.label(), reverse("training:learn", args=[enrolment.pk])),
        ],
    }
    return render(request, "portal/training/quiz.html", context, status=422 if error else 200)


@require_POST
@member_page(VIEW, audience="partner")
def answer(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Keep the answer to one question; the page says that it was kept."""
    actor = actor_of_request(request)
    question, chosen = request.POST.get("question", ""), request.POST.getlist("option")
    if not question.isdecimal():
        raise NotFound()
    try:
        attempts.keep_answer(
            actor,
            enrolment_id=enrolment_id,
            question_id=int(question),
            chosen=[int(one) for one in chosen if one.isdecimal()],
        )
    except InputError as error:
        return HttpResponse(error.message, status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@member_page(VIEW)
def result(request: HttpRequest, enrolment_id: int, number: int) -> HttpResponse:
    """How a finished attempt went, question by question."""
    actor = actor_of_request(request)
    enrolment = selectors.get_enrolment(actor, enrolment_id)
    attempt = selectors.attempts_of(enrolment).filter(number=number, finished_at__isnull=False).first()
    if attempt is None:
        raise NotFound()
    context = {
        "title": _("Result"),
        "subtitle": enrolment.course.label(),
        "enrolment": enrolment,
        "attempt": attempt,
        "share": attempt.score / 100 if attempt.score is not None else None,
        "mark": enrolment.version.pass_mark,
        "rows": [_row(actor, one) for one in selectors.judged(actor, enrolment, attempt)],
        "again": enrolment.state == EnrolmentState.IN_TRAINING and enrolment.member_id == actor.membership_id,
        "crumbs": [
            _home(actor),
            (enrolment.course.label(), reverse("training:learn", args=[enrolment.pk])),
        ],
    }
    return render(request, "portal/training/result.html", context)


def _row(actor: Actor, judged: Any) -> dict[str, Any]:
    return {
        "text": text_in(actor, judged.question["text"]),
        "tongue": tongue_of(actor, judged.question["text"]),
        "full": judged.full,
        "none": judged.none,
        "why": text_in(actor, judged.why),
        "options": [
            {
                "text": text_in(actor, option["text"]),
                "given": option["id"] in judged.given,
                "right": judged.right is not None and option["id"] in judged.right,
            }
            for option in judged.question["options"]
        ],
    }
