"""Reads of training. The walls narrow them already; a partner's people see their own training, its owner the company's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import Forbidden, NotFound
from partners.enums import PartnerState
from partners.models import Partner
from programs.benefits import may_have
from programs.enums import HELD_STATES, BenefitKind, EnrolmentState
from programs.honoured import honours
from programs.models import (
    Certificate,
    Certification,
    Course,
    CourseEnrolment,
    CourseVersion,
    QuizAttempt,
    QuizKey,
)
from programs.training.quiz import shown
from programs.training.rules import OPEN
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership

VIEW, MANAGE = Permission.VIEW_TRAINING, Permission.MANAGE_TRAINING
honours(BenefitKind.ACCESS, _("Courses are open to your people."))


def courses_for(actor: Actor) -> QuerySet[Course]:
    """Courses that ``actor`` may see: published ones, and for those who write them all."""
    actor.require(VIEW)
    found: QuerySet[Course] = Course.objects.select_related("certification")
    return found if actor.can(MANAGE) else found.filter(current__isnull=False, active=True)


def get_course(actor: Actor, code: str) -> Course:
    course = courses_for(actor).filter(code=code).first()
    if course is None:
        raise NotFound()
    return course


def course_by_pk(actor: Actor, pk: int) -> Course:
    course = courses_for(actor).filter(pk=pk).first()
    if course is None:
        raise NotFound()
    return course


def has_access(partner: Partner) -> bool:
    """Whether courses are open to a partner: its tier gives access, no tier does, or it is still joining."""
    return partner.state == PartnerState.ONBOARDING or may_have(partner, BenefitKind.ACCESS)


def course_fits(course: Course, partner: Partner) -> bool:
    """Whether the course is meant for companies like this one, and open to it."""
    if not has_access(partner):
        return False
    return (not course.roles or bool(set(course.roles) & set(partner.roles))) and (
        not course.layers or bool(set(course.layers) & set(partner.layers))
    )


def catalogue_of(actor: Actor, partner_id: int | None = None) -> QuerySet[Course]:
    """What a company's people can take: published, for companies like it; mandatory ones first. Staff may name none."""
    found = courses_for(actor).filter(current__isnull=False, active=True)
    found = found.order_by("-mandatory", "name", "code")
    partner = Partner.objects.filter(pk=actor.partner_id or partner_id or 0).first()
    if partner is None:
        return found
    if not has_access(partner):
        return found.none()
    return found.filter(
        Q(roles=[]) | Q(roles__overlap=partner.roles), Q(layers=[]) | Q(layers__overlap=partner.layers)
    )


def courses_with_counts(actor: Actor) -> QuerySet[Any]:
    """Annotated with ``learners`` and ``completed``, and whether there is a ``draft``."""
    draft = CourseVersion.objects.filter(course=OuterRef("pk"), published_at=None)
    return courses_for(actor).annotate(
        learners=Count("enrolments"),
        completed=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.COMPLETED)),
        draft=Exists(draft),
    )


def certifications_for(actor: Actor) -> QuerySet[Certification]:
    actor.require(VIEW)
    found: QuerySet[Certification] = Certification.objects.all()
    return found


def get_certification(actor: Actor, code: str) -> Certification:
    found = certifications_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound()
    return found


def versions_of(course: Course) -> QuerySet[CourseVersion]:
    found: QuerySet[CourseVersion] = CourseVersion.objects.filter(course=course)
    return found


def version_shown(course: Course) -> CourseVersion | None:
    """The published one."""
    return versions_of(course).filter(number=course.current or 0).first()


def summaries_of(courses: Sequence[Course]) -> dict[int, dict[str, str]]:
    """Course -> the summary of its published version."""
    current = Q(number=F("course__current"))
    rows = CourseVersion.objects.filter(current, course__in=[course.pk for course in courses])
    return dict(rows.values_list("course_id", "summary"))


def draft_of(actor: Actor, course: Course) -> CourseVersion | None:
    actor.require(MANAGE)
    return versions_of(course).filter(published_at=None).first()


def answers_of(actor: Actor, version: CourseVersion) -> dict[str, dict[str, Any]]:
    """The right answers and their explanations, for those who write courses."""
    actor.require(MANAGE)
    key: QuizKey = QuizKey.objects.get(version=version)
    found: dict[str, dict[str, Any]] = key.answers
    return found


def enrolments_for(actor: Actor) -> QuerySet[CourseEnrolment]:
    """The own ones; the company's for its owner; all that the walls show for staff."""
    actor.require(VIEW)
    found: QuerySet[CourseEnrolment] = CourseEnrolment.objects.select_related(
        "course__certification", "version", "partner", "certificate"
    )
    return _own(actor, found)


def certificates_for(actor: Actor) -> QuerySet[Certificate]:
    actor.require(VIEW)
    found: QuerySet[Certificate] = Certificate.objects.select_related("certification", "partner", "member")
    return _own(actor, found)


def _own(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    if not actor.is_partner:
        return rows
    if actor.can(Permission.MANAGE_COMPANY):
        return rows.filter(partner_id=actor.partner_id or 0)
    return rows.filter(member_id=actor.membership_id or 0)


def get_enrolment(actor: Actor, pk: int) -> CourseEnrolment:
    found = enrolments_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def get_certificate(actor: Actor, pk: int) -> Certificate:
    found = certificates_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def attempts_of(enrolment: CourseEnrolment) -> QuerySet[QuizAttempt]:
    found: QuerySet[QuizAttempt] = QuizAttempt.objects.filter(enrolment=enrolment).order_by("number")
    return found


def people_of(actor: Actor) -> QuerySet[Membership]:
    """Whom the actor may enrol or certify: active people of partners."""
    actor.require(VIEW)
    found: QuerySet[Membership] = Membership.objects.filter(active=True, partner__isnull=False)
    if actor.is_partner:
        found = found.filter(partner_id=actor.partner_id or 0)
    return found.select_related("partner").order_by("partner__name", "name", "pk")


@dataclass(slots=True)
class Person:
    """One of a company's people with what they hold and learn."""

    member: Membership
    certificates: list[Certificate] = field(default_factory=list)
    enrolments: list[CourseEnrolment] = field(default_factory=list)


def team_of(actor: Actor, partner_id: int) -> list[Person]:
    """The company's active people, each with valid certificates and open courses. For its owner and for staff."""
    if not (actor.is_staff or actor.can(Permission.MANAGE_COMPANY)):
        raise Forbidden()
    members = people_of(actor).filter(partner_id=partner_id)
    team = {member.pk: Person(member) for member in members}
    held = certificates_for(actor).filter(member__in=team, state__in=HELD_STATES)
    for certificate in held.order_by("valid_until", "pk"):
        team[certificate.member_id].certificates.append(certificate)
    for enrolment in enrolments_for(actor).filter(member__in=team, state__in=OPEN):
        team[enrolment.member_id].enrolments.append(enrolment)
    return list(team.values())


def missing_mandatory(actor: Actor, partner_id: int, team: Sequence[Person]) -> dict[int, list[Course]]:
    """Member -> mandatory courses of the company that they have not completed."""
    wanted = list(catalogue_of(actor, partner_id).filter(mandatory=True))
    people = [person.member.pk for person in team]
    rows = enrolments_for(actor).filter(member__in=people, state=EnrolmentState.COMPLETED)
    done = set(rows.values_list("member_id", "course_id"))
    return {person: [course for course in wanted if (person, course.pk) not in done] for person in people}


@dataclass(frozen=True, slots=True)
class Judged:
    """A question of a finished attempt with what was chosen; what is right only when nothing is left to try."""

    question: dict[str, Any]
    given: list[int]
    full: bool
    none: bool
    right: list[int] | None
    why: dict[str, str]


def judged(actor: Actor, enrolment: CourseEnrolment, attempt: QuizAttempt) -> list[Judged]:
    """A finished attempt, question by question, in the order in which it was shown. ``enrolment`` is one the actor sees."""
    with office(actor):
        key = QuizKey.objects.get(version_id=enrolment.version_id).answers
    rows = {row["id"]: row for row in attempt.result}
    over = enrolment.state not in OPEN
    found = []
    for question in shown(enrolment.version.quiz, attempt.seed):
        row, answer = rows[question["id"]], key[str(question["id"])]
        share = row["share"]
        right = list(answer["right"]) if over else None
        found.append(
            Judged(question, row["given"], share == "1", share == "0", right, answer["why"] if over else {})
        )
    return found
