"""Courses, certificates and people in training of a demo operator; everything through the services."""

from datetime import date, timedelta
from random import Random
from typing import Any

from partners.models import Partner
from portal.demo.courses import CERTIFICATIONS, COURSES
from portal.demo.places import Place
from programs.training import authoring
from programs.training.attempts import begin_attempt, hand_in
from programs.training.certificates import enter_certificate
from programs.training.enrolments import enrol, read_section
from programs.training.files import add_file
from programs.training.selectors import draft_of, get_course
from tenancy.actors import Actor, actor_of
from tenancy.enums import Audience, Role
from tenancy.models import Membership
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person

#: Companies that have technicians beside the first one.
TRAINED = range(2, 13)


def make_training(actor: Actor, place: Place, rng: Random, today: date) -> None:
    """Certifications, three courses, technicians with certificates (some about to end), and people in the middle of it."""
    for code, layer, months, names in CERTIFICATIONS:
        authoring.save_certification(
            actor, code=code, layer=layer, valid_months=str(months), name=names[place.language], names=names
        )
    for course in COURSES:
        _course(actor, place, course)
    people = _technicians(actor, place)
    _certificates(actor, people, rng, today)
    _learners(actor)


def _course(actor: Actor, place: Place, course: dict[str, Any]) -> None:
    code, names = course["code"], course["names"]
    fields = {
        name: course[name] for name in ("layer", "minutes", "mandatory", "certification") if name in course
    }
    authoring.create_course(actor, code=code, name=names[place.language], names=names, **fields)
    authoring.save_content(
        actor, code=code, summary=course["summary"], body=course["body"], links=course.get("links", [])
    )
    for kind, text, options, why in course["quiz"]:
        authoring.save_question(
            actor,
            code=code,
            kind=kind,
            text=text,
            options=[{"text": words, "right": right} for words, right in options],
            why=why,
        )
    _notes(actor, code)
    authoring.publish_course(actor, code=code)


def _technicians(actor: Actor, place: Place) -> list[int]:
    codes = [f"p{number:03d}" for number in TRAINED]
    companies = dict(Partner.objects.filter(code__in=codes).values_list("code", "pk"))
    made = []
    with scope(actor.operator.pk, Audience.AUTH):
        for index, code in enumerate(sorted(companies)):
            for number in (1, 2):
                person = ensure_person(
                    email=f"technician{number}.{code}@{place.slug}.example",
                    name=place.people[(index * 2 + number + 9) % len(place.people)],
                    language=place.language,
                )
                role = Role.PARTNER_TECHNICIAN
                made.append(add_membership(person, role=role, partner_id=companies[code]).pk)
    return made


def _notes(actor: Actor, code: str) -> None:
    """What learners may keep: the material in the main language as a plain text."""
    course = get_course(actor, code)
    draft = draft_of(actor, course)
    text = draft.body.get(actor.operator.main_language, "") if draft else ""
    if text:
        add_file(actor, code=code, name=f"{code}.txt", chunks=[text.encode()], title=course.label())


def _certificates(actor: Actor, people: list[int], rng: Random, today: date) -> None:
    own = list(
        Membership.objects.filter(
            partner__code="p001", role__in=(Role.PARTNER_OWNER, Role.PARTNER_SELLER)
        ).values_list("pk", flat=True)
    )
    ends = (12, 25, 55, 80, 150, 300, 420, 600)
    for index, member_id in enumerate([*own, *people]):
        for code, *_rest in rng.sample(CERTIFICATIONS, 2 if index % 3 else 1):
            left = ends[(index * 3 + len(code)) % len(ends)]
            enter_certificate(
                actor,
                member_id=member_id,
                certification=code,
                passed_on=today - timedelta(days=730 - left),
                valid_until=today + timedelta(days=left),
                reference=f"{code.upper()[:4]}-{rng.randrange(10_000, 99_999)}",
            )


def _learners(actor: Actor) -> None:
    """The demo's technician is in the middle of one course and has passed another; the seller was enrolled in a third."""
    members = {
        m.role: m for m in Membership.objects.filter(partner__code="p001", role__startswith="partner_")
    }
    technician = actor_of(members[Role.PARTNER_TECHNICIAN], actor.operator)
    first = enrol(technician, course=COURSES[0]["code"])
    read_section(technician, enrolment_id=first.pk, number=1)
    done = enrol(technician, course=COURSES[1]["code"])
    begin_attempt(technician, enrolment_id=done.pk)
    right = {
        number: [place for place, (_words, good) in enumerate(options, 1) if good]
        for number, (_kind, _text, options, _why) in enumerate(COURSES[1]["quiz"], 1)
    }
    hand_in(technician, enrolment_id=done.pk, answers=right)
    enrol(actor, course=COURSES[2]["code"], member_id=members[Role.PARTNER_SELLER].pk)
