"""Taking courses: enrolled by oneself, by the company's owner for colleagues, by the operator's people; read, completed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, InputError, NotFound
from performance.enums import LineKind
from programs.enums import CertificateState, EnrolmentState
from programs.models import Certificate, Course, CourseEnrolment, CourseVersion
from programs.training import notices
from programs.training.certificates import (
    drop_certificate,
    pass_certificate,
    plan_certificate,
    start_certificate,
    tell_of,
)
from programs.training.markup import in_language, sections_of
from programs.training.rules import ENROLMENT, OPEN
from programs.training.selectors import course_fits, enrolments_for, get_course
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership
from tenancy.outbox import on
from tenancy.services import MEMBER_LEFT
from workflow.states import move, note


def enrol(
    actor: Actor, *, course: str, member_id: int | None = None, due_on: date | None = None
) -> CourseEnrolment:
    """Enrol a person of a partner (without ``member_id``: oneself) in the version that is published now.

    Raises ``NotFound``, ``Forbidden``, ``InputError``; ``Conflict`` where the person is in it already or failed it.
    """
    actor.require(Permission.VIEW_TRAINING)
    found = get_course(actor, course)
    if found.current is None or not found.active:
        raise Conflict("not_published", _("This course is not open."))
    member = _person(actor, member_id or actor.membership_id or 0)
    with office(actor):
        # The person's row is the lock: two clicks make one enrolment.
        Membership.objects.select_for_update(no_key=True).get(pk=member.pk)
        _check_open(actor, found, member)
        enrolment = _enrolled(actor, found, member, due_on)
        if member.pk != actor.membership_id:
            notices.tell_enrolled(enrolment)
    return enrolment


def _person(actor: Actor, member_id: int) -> Membership:
    """Whom ``actor`` may enrol: a partner's people themselves, its owner the own company's, staff all that they see."""
    found = Membership.objects.filter(pk=member_id, active=True, partner__isnull=False)
    if actor.is_partner:
        found = found.filter(partner_id=actor.partner_id)
    member: Membership | None = found.select_related("partner").first()
    if member is None:
        raise InputError("unknown_person", _("Choose a person of a partner."), "member_id")
    if member.pk != actor.membership_id and not may_enrol_others(actor):
        raise Forbidden()
    return member


def may_enrol_others(actor: Actor) -> bool:
    wanted = (Permission.MANAGE_COMPANY, Permission.MANAGE_TRAINING, Permission.WORK_BOOK)
    return any(actor.can(permission) for permission in wanted)


def _check_open(actor: Actor, course: Course, member: Membership) -> None:
    mine = CourseEnrolment.objects.filter(course=course, member=member)
    if mine.filter(state__in=OPEN).exists():
        raise Conflict(
            "enrolled", _("%(person)s is in this course already."), "member_id", {"person": str(member)}
        )
    current = mine.filter(version__number=course.current)
    if current.filter(state=EnrolmentState.COMPLETED).exists() and not _ends_soon(course, member):
        text = _("%(person)s has completed this course already.")
        raise Conflict("completed", text, "member_id", {"person": str(member)})
    if current.filter(state=EnrolmentState.FAILED).exists() and not may_enrol_others(actor):
        text = _("The quiz was not passed. The owner of your company can enrol you again.")
        raise Conflict("failed", text)
    if member.partner is not None and not course_fits(course, member.partner):
        raise Conflict("not_for_you", _("This course is not meant for this company."))


def _ends_soon(course: Course, member: Membership) -> bool:
    """Whether the certificate that the course leads to has to be renewed."""
    if course.certification_id is None:
        return False
    held = Certificate.objects.filter(member=member, certification_id=course.certification_id)
    return not held.filter(state=CertificateState.PASSED).exists()


def _enrolled(actor: Actor, course: Course, member: Membership, due_on: date | None) -> CourseEnrolment:
    version = CourseVersion.objects.get(course=course, number=course.current)
    certificate = (
        plan_certificate(actor, member, course.certification) if course.certification is not None else None
    )
    enrolment: CourseEnrolment = CourseEnrolment.objects.create(
        course=course,
        version=version,
        partner_id=member.partner_id,
        member=member,
        person_name=str(member),
        certificate=certificate,
        enrolled_by=actor.name,
        due_on=due_on,
    )
    note(actor, enrolment, "", enrolment.state)
    audit.record(actor, "enrolment.create", enrolment, changes={"course": course.code, "person": str(member)})
    return enrolment


@contextmanager
def learning(actor: Actor, enrolment_id: int) -> Iterator[CourseEnrolment]:
    """The actor's own enrolment, locked, in the office, for one step of learning. Raises ``NotFound``, ``Forbidden``."""
    actor.require(Permission.VIEW_TRAINING)
    found = enrolments_for(actor).filter(pk=enrolment_id).first()
    if found is None:
        raise NotFound()
    if found.member_id != actor.membership_id:
        raise Forbidden()
    with office(actor):
        yield locked(enrolment_id)


def locked(enrolment_id: int) -> CourseEnrolment:
    found = CourseEnrolment.objects.select_for_update(no_key=True, of=("self",))
    enrolment: CourseEnrolment = found.select_related("course", "version", "certificate", "member").get(
        pk=enrolment_id
    )
    return enrolment


def start(actor: Actor, enrolment: CourseEnrolment) -> None:
    """The first step into the course."""
    if enrolment.state != EnrolmentState.PLANNED:
        return
    enrolment.started_at = timezone.now()
    move(actor, enrolment, EnrolmentState.IN_TRAINING, ENROLMENT, save=["started_at"])
    if enrolment.certificate is not None:
        start_certificate(actor, enrolment.certificate)


def read_section(actor: Actor, *, enrolment_id: int, number: int) -> CourseEnrolment:
    """Note that a section was read. Once more changes nothing."""
    with learning(actor, enrolment_id) as enrolment:
        if number not in section_numbers(actor, enrolment):
            raise NotFound()
        start(actor, enrolment)
        if number not in enrolment.sections_read:
            enrolment.sections_read = sorted({*enrolment.sections_read, number})
            enrolment.save(update_fields=["sections_read"])
    return enrolment


def section_numbers(actor: Actor, enrolment: CourseEnrolment) -> list[int]:
    """Numbers of the sections, as the main language cuts the material."""
    main = actor.operator.main_language
    return [section.number for section in sections_of(in_language(enrolment.version.body, main, main))]


def finish_reading(actor: Actor, *, enrolment_id: int) -> CourseEnrolment:
    """Complete a course that has no quiz, once everything was read."""
    with learning(actor, enrolment_id) as enrolment:
        if enrolment.version.quiz:
            raise Conflict("has_quiz", _("This course ends with its quiz."))
        if set(section_numbers(actor, enrolment)) - set(enrolment.sections_read):
            raise Conflict("unread", _("Some sections were not read yet."))
        if enrolment.state in OPEN:
            start(actor, enrolment)
            complete(actor, enrolment)
    return enrolment


def complete(actor: Actor, enrolment: CourseEnrolment) -> None:
    """Done: the fact for KPIs (once per person and version) and the certificate. Runs in the office, the row locked."""
    before = CourseEnrolment.objects.filter(
        member_id=enrolment.member_id, version_id=enrolment.version_id, state=EnrolmentState.COMPLETED
    ).exists()
    enrolment.completed_at = timezone.now()
    move(actor, enrolment, EnrolmentState.COMPLETED, ENROLMENT, save=["completed_at", "best"])
    reference = f"training:{enrolment.member_id}:{enrolment.version_id}"
    if not before:
        tell_of(actor, LineKind.TRAINING, reference, enrolment.member, None)
    if enrolment.certificate is not None:
        today = enrolment.completed_at.astimezone(actor.operator.zone).date()
        pass_certificate(actor, enrolment.certificate, today)


def give_up(actor: Actor, enrolment: CourseEnrolment, target: str, text: str = "") -> None:
    """Cancelled or failed: the certificate on the way ends as well."""
    certificate, enrolment.certificate = enrolment.certificate, None
    move(actor, enrolment, target, ENROLMENT, text=text, save=["certificate", "best"])
    if certificate is not None:
        drop_certificate(actor, certificate)


def cancel_enrolment(actor: Actor, *, enrolment_id: int, text: str = "") -> CourseEnrolment:
    """Take somebody, or oneself, out of a course that is not done."""
    actor.require(Permission.VIEW_TRAINING)
    found = enrolments_for(actor).filter(pk=enrolment_id).first()
    if found is None:
        raise NotFound()
    own = found.member_id == actor.membership_id
    if not own and not (may_enrol_others(actor) and (actor.is_staff or found.partner_id == actor.partner_id)):
        raise Forbidden()
    with office(actor):
        enrolment = locked(enrolment_id)
        give_up(actor, enrolment, EnrolmentState.CANCELLED, text)
    return enrolment


@on(MEMBER_LEFT)
def stop_learning(actor: Actor, payload: dict[str, int]) -> None:
    """Whoever left is in no course any more."""
    open_ones = CourseEnrolment.objects.filter(
        member_id=payload["member_id"], member__active=False, state__in=OPEN
    )
    for pk in open_ones.values_list("pk", flat=True):
        give_up(actor, locked(pk), EnrolmentState.CANCELLED)
