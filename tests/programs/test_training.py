"""Courses from their first draft to a certificate, through the services and in the scopes of those who take each step."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common.errors import Conflict, Forbidden, InputError, NotFound
from partners.models import Partner
from performance.models import Credit
from programs.benefits import save_benefit
from programs.enums import CertificateState, EnrolmentState
from programs.models import Course, CourseEnrolment, CourseVersion, Enrolment, Programme, QuizKey, Tier
from programs.training.attempts import begin_attempt, hand_in, keep_answer
from programs.training.authoring import (
    begin_draft,
    create_course,
    publish_course,
    save_content,
    save_question,
)
from programs.training.enrolments import cancel_enrolment, enrol, finish_reading, read_section
from programs.training.markup import render, sections_of
from programs.training.quiz import shown
from programs.training.selectors import catalogue_of, certificates_for, enrolments_for, judged, team_of
from tenancy.outbox import deliver
from tests.kit.world import Tenant
from tests.programs.schooling import BODY, RIGHT, certificates, course, enrolled, pass_days, take
from workflow.models import Notification

SELLER, OWNER, RIVAL = "partner_seller@p1", "partner_owner@p1", "partner_owner@p2"


@pytest.fixture
def school(alpha: Tenant) -> Tenant:
    course(alpha)
    return alpha


def again(tenant: Tenant, enrolment: CourseEnrolment) -> CourseEnrolment:
    with tenant.scope():
        found: CourseEnrolment = CourseEnrolment.objects.get(pk=enrolment.pk)
        return found


def test_a_passed_quiz_completes_the_course_and_earns_the_certificate(school: Tenant) -> None:
    enrolment = enrolled(school)
    assert [c.state for c in certificates(school)] == [CertificateState.PLANNED]
    attempt = take(school, enrolment)
    assert (str(attempt.score), attempt.passed) == ("100.00", True)
    assert again(school, enrolment).state == EnrolmentState.COMPLETED
    (certificate,) = certificates(school)
    assert certificate.state == CertificateState.PASSED
    assert certificate.passed_on is not None
    assert certificate.valid_until is not None
    assert certificate.counts_until is not None
    assert (certificate.counts_until - certificate.valid_until).days == 30
    assert certificate.valid_until.year == certificate.passed_on.year + 2


def test_training_and_certificate_count_once_as_facts(
    school: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(school, enrolled(school))
    with pytest.raises(Conflict) as refused:
        enrolled(school)
    assert refused.value.code == "completed"
    # Two months before its end it can be renewed; the training itself was completed already.
    pass_days(school, monkeypatch, 365 + 304)
    take(school, enrolled(school))
    pass_days(school, monkeypatch, 0)
    with school.scope():
        kinds = sorted(Credit.objects.values_list("kind", flat=True))
    assert kinds == ["certificate", "certificate", "training"]
    assert [c.state for c in certificates(school)] == [CertificateState.RENEWED, CertificateState.PASSED]


def test_wrong_answers_fail_it_after_the_last_try(school: Tenant) -> None:
    enrolment = enrolled(school)
    wrong = {1: [1], 2: [1, 2], 3: [1]}
    for number in (1, 2):
        attempt = take(school, enrolment, wrong)
        assert (attempt.number, attempt.passed, str(attempt.score)) == (number, False, "25.00")
        assert again(school, enrolment).state == EnrolmentState.IN_TRAINING
    take(school, enrolment, wrong)
    assert again(school, enrolment).state == EnrolmentState.FAILED
    assert certificates(school) == []
    with school.scope(SELLER), pytest.raises(Conflict) as refused:
        enrol(school.actors[SELLER], course="sdwan")
    assert refused.value.code == "failed"
    with school.scope(OWNER):
        member = school.actors[SELLER].membership_id
        assert enrol(school.actors[OWNER], course="sdwan", member_id=member).pk != enrolment.pk


def test_answers_are_kept_one_by_one_and_in_the_same_order(school: Tenant) -> None:
    enrolment = enrolled(school)
    with school.scope(SELLER):
        actor = school.actors[SELLER]
        attempt = begin_attempt(actor, enrolment_id=enrolment.pk)
        keep_answer(actor, enrolment_id=enrolment.pk, question_id=2, chosen=[3, 1])
        with pytest.raises(InputError):
            keep_answer(actor, enrolment_id=enrolment.pk, question_id=1, chosen=[1, 2])
        with pytest.raises(InputError):
            keep_answer(actor, enrolment_id=enrolment.pk, question_id=1, chosen=[9])
        back = begin_attempt(actor, enrolment_id=enrolment.pk)
        with pytest.raises(InputError) as refused:
            hand_in(actor, enrolment_id=enrolment.pk)
    assert refused.value.params == {"count": 2}
    assert (back.pk, back.answers) == (attempt.pk, {"2": [1, 3]})
    quiz = enrolment.version.quiz
    assert shown(quiz, attempt.seed) == shown(quiz, back.seed)
    assert {str(shown(quiz, seed)) for seed in range(20)} != {str(shown(quiz, 0))}


def test_right_answers_are_out_of_reach_until_it_is_over(school: Tenant) -> None:
    enrolment = enrolled(school)
    first = take(school, enrolment, {1: [1], 2: [2], 3: [1]})
    with school.scope(SELLER):
        rows = judged(school.actors[SELLER], enrolments_for(school.actors[SELLER])[0], first)
        assert {row.right is None for row in rows} == {True}
        assert {row.question["id"]: (row.full, row.none) for row in rows} == {
            1: (False, True), 2: (False, True), 3: (True, False),
        }  # fmt: skip
    last = take(school, enrolment)
    with school.scope(SELLER):
        rows = judged(school.actors[SELLER], enrolments_for(school.actors[SELLER])[0], last)
    assert {row.question["id"]: row.right for row in rows} == RIGHT
    assert all(row.why == {"en": "Because."} for row in rows)


def _may_read_keys() -> bool:
    """The database refuses partners the table of right answers altogether."""
    try:
        with transaction.atomic():
            QuizKey.objects.count()
    except Exception:
        return False
    return True


def test_partners_cannot_read_the_key(school: Tenant) -> None:
    with school.scope(SELLER):
        assert not _may_read_keys()


def test_a_published_version_never_changes(school: Tenant) -> None:
    enrolment = enrolled(school)
    with school.scope():
        version = CourseVersion.objects.get()
        key = QuizKey.objects.get()
        for sql_change in (
            lambda: CourseVersion.objects.filter(pk=version.pk).update(pass_mark=1),
            lambda: QuizKey.objects.filter(pk=key.pk).update(answers={}),
            lambda: CourseVersion.objects.filter(pk=version.pk).delete(),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                sql_change()
        save_content(school.system, code="sdwan", pass_mark=100)
        draft = begin_draft(school.system, code="sdwan")
        assert (draft.number, draft.pass_mark, len(draft.quiz)) == (2, 100, 3)
        publish_course(school.system, code="sdwan")
    assert take(school, enrolment, {1: [1], 2: [1, 3], 3: [1]}).passed  # 75 % by the old version


def test_drafts_are_invisible_to_partners(school: Tenant) -> None:
    with school.scope():
        create_course(school.system, code="new", name="Not ready")
    with school.scope(OWNER):
        assert [each.code for each in catalogue_of(school.actors[OWNER])] == ["sdwan"]
        assert list(Course.objects.values_list("code", flat=True)) == ["sdwan"]
        with pytest.raises(NotFound):
            enrol(school.actors[OWNER], course="new")


def test_a_course_for_integrators_is_closed_to_resellers(alpha: Tenant) -> None:
    course(alpha, roles=["system_integrator"])
    with alpha.scope():
        alpha.partners["p1"].roles = ["reseller"]
        alpha.partners["p1"].save()
    with alpha.scope(OWNER), pytest.raises(Conflict) as refused:
        enrol(alpha.actors[OWNER], course="sdwan")
    assert refused.value.code == "not_for_you"


def test_courses_belong_to_tiers_that_give_access(school: Tenant) -> None:
    """Whoever still joins learns anyway; where no tier gives access, courses are open to all."""
    with school.scope():
        programme = Programme.objects.create(code="main", name="Main", main=True)
        plain, gold = (
            Tier.objects.create(programme=programme, code=code, name=code, rank=rank)
            for rank, code in enumerate(("plain", "gold"), 1)
        )
        p1 = school.partners["p1"]
        row = Enrolment.objects.create(programme=programme, partner=p1, tier=plain, since="2026-01-01")

    def open_ones() -> list[str]:
        with school.scope(OWNER):
            return [each.code for each in catalogue_of(school.actors[OWNER])]

    assert open_ones() == ["sdwan"]
    with school.scope():
        save_benefit(school.system, tier_id=gold.pk, kind="access")
    assert open_ones() == []
    with school.scope(OWNER), pytest.raises(Conflict) as refused:
        enrol(school.actors[OWNER], course="sdwan")
    assert refused.value.code == "not_for_you"
    with school.scope():
        Partner.objects.filter(pk=p1.pk).update(state="onboarding")
    assert open_ones() == ["sdwan"]
    with school.scope():
        Partner.objects.filter(pk=p1.pk).update(state="active")
        Enrolment.objects.filter(pk=row.pk).update(tier=gold)
    assert open_ones() == ["sdwan"]


def test_owners_enrol_colleagues_and_nobody_else(school: Tenant) -> None:
    member = school.actors[SELLER].membership_id
    with school.scope(OWNER):
        enrol(school.actors[OWNER], course="sdwan", member_id=member)
        with pytest.raises(Conflict):
            enrol(school.actors[OWNER], course="sdwan", member_id=member)
    with school.scope(RIVAL), pytest.raises(InputError):
        enrol(school.actors[RIVAL], course="sdwan", member_id=member)
    with school.scope(SELLER), pytest.raises(Forbidden):
        enrol(school.actors[SELLER], course="sdwan", member_id=school.actors[OWNER].membership_id)
    with school.scope():
        deliver(school.system)
        told = Notification.objects.filter(kind="training.enrolled", membership_id=member)
        assert told.count() == 1


def test_people_see_their_own_training_and_the_owner_everybodys(school: Tenant) -> None:
    enrolment = enrolled(school)
    take(school, enrolment)
    seen = {}
    for who in (SELLER, OWNER, "partner_technician@p1", RIVAL, "pam"):
        with school.scope(who):
            actor = school.actors[who]
            seen[who] = (enrolments_for(actor).count(), certificates_for(actor).count())
    assert seen == {
        SELLER: (1, 1),
        OWNER: (1, 1),
        "partner_technician@p1": (0, 0),
        RIVAL: (0, 0),
        "pam": (1, 1),
    }
    with school.scope(OWNER):
        team = team_of(school.actors[OWNER], school.partners["p1"].pk)
        assert {p.member.role: len(p.certificates) for p in team}["partner_seller"] == 1
    with school.scope(SELLER), pytest.raises(Forbidden):
        team_of(school.actors[SELLER], school.partners["p1"].pk)


def test_nobody_takes_the_quiz_for_another(school: Tenant) -> None:
    enrolment = enrolled(school)
    with school.scope(OWNER), pytest.raises(Forbidden):
        begin_attempt(school.actors[OWNER], enrolment_id=enrolment.pk)
    with school.scope(RIVAL), pytest.raises(NotFound):
        begin_attempt(school.actors[RIVAL], enrolment_id=enrolment.pk)


def test_a_course_without_quiz_ends_when_all_was_read(alpha: Tenant) -> None:
    with alpha.scope():
        create_course(alpha.system, code="intro", name="Introduction")
        save_content(alpha.system, code="intro", body={"en": BODY})
        publish_course(alpha.system, code="intro")
    enrolment = enrolled(alpha, code="intro")
    with alpha.scope(SELLER):
        actor = alpha.actors[SELLER]
        for number in (1, 2):
            read_section(actor, enrolment_id=enrolment.pk, number=number)
        with pytest.raises(Conflict):
            finish_reading(actor, enrolment_id=enrolment.pk)
        read_section(actor, enrolment_id=enrolment.pk, number=3)
        assert finish_reading(actor, enrolment_id=enrolment.pk).state == EnrolmentState.COMPLETED
        with pytest.raises(NotFound):
            read_section(actor, enrolment_id=enrolment.pk, number=4)


def test_leaving_a_course_ends_the_certificate_on_the_way(school: Tenant) -> None:
    enrolment = enrolled(school)
    with school.scope(OWNER):
        cancel_enrolment(school.actors[OWNER], enrolment_id=enrolment.pk)
    assert again(school, enrolment).state == EnrolmentState.CANCELLED
    assert certificates(school) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"options": [("a", True)]}, "options"),
        ({"options": [("a", True), ("b", True)]}, "right"),
        ({"options": [("a", False), ("b", False)]}, "right"),
        ({"text": {}}, "text"),
        ({"kind": "essay"}, "kind"),
        ({"weight": 0}, "weight"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(inside: Tenant, changes: Any, field: str) -> None:
    create_course(inside.system, code="c", name="C")
    options = changes.pop("options", [("a", True), ("b", False)])
    given = {"kind": "single", "text": {"en": "?"}, "weight": 1} | changes
    with pytest.raises(InputError) as refused:
        save_question(
            inside.system,
            code="c",
            options=[{"text": {"en": text}, "right": right} for text, right in options],
            **given,
        )
    assert refused.value.field == field


def test_material_is_cleaned() -> None:
    html = render(
        '<script>alert(1)</script> [x](javascript:alert(1)) [y](https://a.example) <b onclick="x">z</b>'
    )
    assert "<script" not in html
    assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
    assert 'href="https://a.example"' in html
    assert "<b" not in html
    assert [(section.number, section.title) for section in sections_of(BODY)] == [
        (1, ""), (2, "First steps"), (3, "At the customer"),
    ]  # fmt: skip
