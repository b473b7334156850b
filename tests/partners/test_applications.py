"""From a public draft to a partner in onboarding: states, clocks, flags, scores, and who may decide."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError, Invalid, NotFound
from partners.applications import applying, review, screening
from partners.applications.blocklist import add_block
from partners.applications.fields import year_shown
from partners.applications.selectors import applications_for, flags_of, get_application
from partners.enums import PartnerState
from partners.models import Application, ApplicationFlag, ApplicationReview, BookEntry, Partner
from tenancy.models import Invitation
from tests.kit.world import Tenant
from tests.partners.applying import (
    FIELDS,
    LEGAL_ID,
    applied,
    deliver_all,
    drafted,
    newest,
    scored,
    step,
    tick,
)
from workflow.models import Notification
from workflow.states import InvalidTransition

PDF = b"%PDF-1.4 licence"


def flags(tenant: Tenant, number: str) -> dict[str, str]:
    with tenant.scope():
        rows = ApplicationFlag.objects.filter(application__number=number)
        return dict(rows.values_list("kind", "level"))


def told(tenant: Tenant, kind: str) -> set[str]:
    with tenant.scope():
        return set(Notification.objects.filter(kind=kind).values_list("membership__role", flat=True))


def test_from_draft_to_a_partner_in_onboarding(alpha: Tenant) -> None:
    secret = drafted(alpha)
    assert [message.to for message in mail.outbox] == [["sara@novin.ae"]]
    assert secret in str(mail.outbox[0].body)
    applying.attach(alpha.operator, secret, name="licence.pdf", chunks=[PDF], purpose="licence")
    applying.submit(alpha.operator, secret)
    deliver_all(alpha)
    application = newest(alpha)
    assert application.state == "screening"
    assert told(alpha, "applications.received") == {"pam", "programme_manager"}
    assert application.number in mail.outbox[-1].subject + str(mail.outbox[-1].body)

    scored(alpha, application.number)
    step(alpha, "pam", review.approve_application, number=application.number, code="novin")
    deliver_all(alpha)
    with alpha.scope():
        partner = Partner.objects.get(code="novin")
        assert partner.state == PartnerState.ONBOARDING
        assert partner.roles == ["msp", "reseller"]
        assert newest(alpha).partner_id == partner.pk
        invitation = Invitation.objects.get(partner=partner)
        assert (invitation.email, invitation.role) == ("sara@novin.ae", "partner_owner")
        assert BookEntry.objects.get(partner=partner).member_id == alpha.actors["pam"].membership_id
    assert "/invitation/" in str(mail.outbox[-1].body)


def test_a_draft_says_at_once_what_is_wrong(alpha: Tenant) -> None:
    with pytest.raises(Invalid) as caught:
        applying.create_draft(
            alpha.operator,
            language="en",
            fields=FIELDS | {"company_name": "", "roles": [], "customers": "many", "country": "Iran"},
        )
    assert {error.field for error in caught.value.errors} == {
        "company_name",
        "roles",
        "customers",
        "country",
    }
    with pytest.raises(Invalid) as caught:
        wrong = FIELDS | {"country": "IR", "legal_id": LEGAL_ID[:-1] + "0"}
        applying.create_draft(alpha.operator, language="fa", fields=wrong)
    assert [error.field for error in caught.value.errors] == ["legal_id"]


def test_a_question_stops_the_clock_and_opens_only_what_was_asked(alpha: Tenant) -> None:
    number, secret = applied(alpha)
    with alpha.scope():
        due = ApplicationReview.objects.get().due_at
    assert due is not None
    ask = {"text": "Which phone?", "fields": ["phone"]}
    step(alpha, "pam", review.request_information, number=number, **ask)
    with alpha.scope():
        assert ApplicationReview.objects.get().paused_at is not None
    with pytest.raises(Invalid):
        applying.change(alpha.operator, secret, {"company_name": "Another"})
    assert tick(alpha, due + timedelta(minutes=1)) >= 1  # nobody is told: it is not the operator's turn
    assert told(alpha, "applications.overdue") == set()
    applying.submit(alpha.operator, secret, {"phone": "+971 4 765 4321"})
    deliver_all(alpha)
    assert newest(alpha).phone == "+971 4 765 4321"
    assert newest(alpha).state == "screening"
    assert told(alpha, "applications.answered") == {"pam", "programme_manager"}


def test_no_answer_in_fifteen_days_ends_it(alpha: Tenant) -> None:
    number, secret = applied(alpha)
    step(alpha, "pam", review.request_information, number=number, text="More?")
    due = newest(alpha).answer_due_at
    assert due is not None
    assert due.date() == (timezone.now() + timedelta(days=15)).date()
    tick(alpha, due - timedelta(minutes=1))
    assert newest(alpha).state == "information_required"
    tick(alpha, due)
    assert newest(alpha).state == "expired"
    with pytest.raises(InvalidTransition):
        applying.submit(alpha.operator, secret)


def test_without_a_first_answer_it_is_escalated_after_three_working_days(alpha: Tenant) -> None:
    applied(alpha)
    with alpha.scope():
        due = ApplicationReview.objects.get().due_at
    assert due is not None
    assert timedelta(days=3) <= due - timezone.now() <= timedelta(days=6)
    tick(alpha, due)
    deliver_all(alpha)
    assert told(alpha, "applications.overdue") == {"pam", "programme_manager"}


@pytest.mark.parametrize(
    ("fields", "kind", "level"),
    [
        ({"legal_id": "TAKEN-1"}, "legal_id", "high"),
        ({"phone": "04 999 8877"}, "phone", "high"),
        ({"contact_email": "partner_owner.p1@alpha.example"}, "owner", "high"),
        ({"website": "https://shop.taken.ae"}, "domain", "medium"),
        ({"company_name": "The Taken Company L.L.C."}, "name", "medium"),
        ({"contact_email": "x@mailinator.com"}, "disposable_mail", "high"),
        ({"contact_email": "x@gmail.com"}, "free_mail", "low"),
        ({"phone": "+98 21 8800 1122"}, "country", "medium"),
        ({"company_name": "Shadow Trading"}, "blocked", "high"),
    ],
)
def test_the_screening_flags_what_needs_a_second_look(
    alpha: Tenant, fields: dict[str, Any], kind: str, level: str
) -> None:
    with alpha.scope():
        Partner.objects.filter(code="p2").update(
            name="Taken",
            legal_id="TAKEN-1",
            phone="+971 4 999 8877",
            website="https://taken.ae",
            state="ended",
        )
        add_block(alpha.system, kind="name", value="Shadow Trading LLC", reason="Sanctions")
    number, _secret = applied(alpha)
    assert flags(alpha, number) == {}
    number, _secret = applied(alpha, **fields)
    found = flags(alpha, number)
    assert found.pop("open_application", "medium") == "medium"
    assert found[kind] == level


def test_a_rejection_is_remembered_until_and_after_its_day(alpha: Tenant) -> None:
    number, _secret = applied(alpha)
    step(alpha, "pam", review.reject_application, number=number, text="No technicians yet.")
    first = newest(alpha)
    today = timezone.now().date()
    assert first.reapply_after == today + timedelta(days=90)
    deliver_all(alpha)
    assert "No technicians yet." in str(mail.outbox[-1].body)
    number, _secret = applied(alpha)
    assert flags(alpha, number) == {"too_early": "high"}
    with alpha.scope():
        Application.objects.filter(pk=first.pk).update(reapply_after=today)
        assert [each.kind for each in screening.find_flags(newest(alpha))] == ["earlier_rejection"]


def test_a_high_flag_needs_two_people_and_never_the_system(alpha: Tenant) -> None:
    number, _secret = applied(alpha, contact_email="x@mailinator.com")
    scored(alpha, number)
    with alpha.scope(), pytest.raises(Conflict, match="people"):
        review.approve_application(alpha.system, number=number)
    step(alpha, "pam", review.approve_application, number=number)
    assert newest(alpha).state == "scored"
    with pytest.raises(Conflict, match="second person"):
        step(alpha, "pam", review.approve_application, number=number)
    step(alpha, "programme_manager", review.approve_application, number=number)
    assert newest(alpha).state == "approved"


def test_only_programme_managers_block(alpha: Tenant) -> None:
    number, _secret = applied(alpha)
    with pytest.raises(Forbidden):
        step(alpha, "pam", review.reject_application, number=number, text="Fraud", block=True)
    assert newest(alpha).state == "screening"
    step(alpha, "programme_manager", review.reject_application, number=number, text="Fraud", block=True)
    number, _secret = applied(alpha, legal_id="OTHER-1", phone="+971 4 111 2233")
    assert flags(alpha, number)["blocked"] == "high"


def test_scores_are_weighted_means_that_show_their_input(alpha: Tenant) -> None:
    number, _secret = applied(alpha)
    step(alpha, "pam", review.score_application, number=number, scores={"fit": 50})
    assert newest(alpha).state == "screening"  # three criteria are open
    with pytest.raises(Invalid) as caught:
        step(alpha, "pam", review.score_application, number=number, scores={"fit": 101, "luck": 3})
    assert {error.field for error in caught.value.errors} == {"fit", "luck"}
    given = {
        "fit": 50,
        "certificates": {"value": "100", "source": "CCNP, FCNSA"},
        "references": 0,
        "reach": 100,
    }
    step(alpha, "pam", review.score_application, number=number, scores=given)
    with alpha.scope():
        row = ApplicationReview.objects.get()
    # technicians 4 -> 60 (weight 3), certificates 100 (3), references 0 (2), years -> 100 (1): 580 / 9
    assert row.technical == Decimal("64.4")
    # customers 60 -> 75 (3), sellers 2 -> 60 (2), reach 100 (2), fit 50 (2): 645 / 9
    assert row.commercial == Decimal("71.7")


def test_the_applicant_withdraws_and_nothing_follows(alpha: Tenant) -> None:
    number, secret = applied(alpha)
    applying.withdraw(alpha.operator, secret)
    deliver_all(alpha)
    assert newest(alpha).state == "withdrawn"
    with pytest.raises(InvalidTransition):
        step(alpha, "pam", review.reject_application, number=number, text="No")
    assert told(alpha, "applications.closed") == {"pam", "programme_manager"}


def test_a_link_opens_one_application_of_one_operator(alpha: Tenant, beta: Tenant) -> None:
    secret = drafted(alpha)
    with pytest.raises(NotFound), applying.holding(beta.operator, secret):
        pass
    with pytest.raises(NotFound), applying.holding(alpha.operator, "guess"):
        pass
    with applying.holding(alpha.operator, secret) as (actor, application):
        assert application.contact_email == "sara@novin.ae"
        assert not actor.permissions


def test_drafts_are_nobodys_business_and_expire(alpha: Tenant) -> None:
    drafted(alpha)
    with alpha.scope("programme_manager"):
        assert not applications_for(alpha.actors["programme_manager"])
    tick(alpha, timezone.now() + timedelta(days=15))
    assert newest(alpha).state == "expired"


def test_files_are_limited_and_of_known_types(alpha: Tenant) -> None:
    secret = drafted(alpha)
    with pytest.raises(InputError):
        applying.attach(alpha.operator, secret, name="x.exe", chunks=[b"MZ"])
    for _ in range(10):
        applying.attach(alpha.operator, secret, name="a.pdf", chunks=[PDF])
    with pytest.raises(InputError, match="10"):
        applying.attach(alpha.operator, secret, name="a.pdf", chunks=[PDF])


def test_a_pam_reads_flags_but_not_partners_outside_the_own_book(alpha: Tenant) -> None:
    with alpha.scope():
        Partner.objects.filter(code="p2").update(legal_id="TAKEN-1")
    number, _secret = applied(alpha, legal_id="TAKEN-1")
    for who, hidden in (("pam", True), ("programme_manager", False)):
        with alpha.scope(who):
            actor = alpha.actors[who]
            (flag,) = flags_of(actor, get_application(actor, number))
            assert flag.hidden is hidden
            assert (flag.partner is None) is hidden


def test_a_year_before_the_calendar_begins_stays_as_it_was_stored(alpha: Tenant) -> None:
    alpha.operator.calendar = "hijri"
    assert [year_shown(alpha.operator, year) for year in (None, 1901, 2015)] == [None, 1901, 1437]
    alpha.operator.calendar = "jalali"
    assert year_shown(alpha.operator, 1901) == 1280
