"""Certificates in time: warnings, grace, expiry, renewal, people who leave, and what counts for a partner."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from common.calendars import get_calendar
from common.errors import Conflict, Forbidden, InputError
from programs.enums import CertificateState
from programs.models import Certificate
from programs.training import stakes
from programs.training.authoring import save_certification
from programs.training.certificates import enter_certificate, revoke_certificate
from programs.training.held import certificates_held, certified
from programs.training.rules import months_later
from tenancy.services import set_member_active
from tests.kit.world import Tenant
from tests.programs.schooling import certificates, pass_days, today
from workflow.models import Notification

SELLER = "partner_seller@p1"


@pytest.fixture
def office(alpha: Tenant) -> Tenant:
    with alpha.scope():
        for code in ("a", "b", "c"):
            save_certification(alpha.system, code=code, name=code.upper())
    return alpha


def entered(
    tenant: Tenant, days: int | None, code: str = "a", who: str = SELLER, ago: int = 300
) -> Certificate:
    """Passed some time ago, ending in ``days``."""
    until = None if days is None else today() + timedelta(days=days)
    with tenant.scope():
        return enter_certificate(
            tenant.system,
            member_id=tenant.actors[who].membership_id or 0,
            certification=code,
            passed_on=today() - timedelta(days=ago),
            valid_until=until,
            reference="X-1",
        )


def told(tenant: Tenant, who: str = "partner_owner@p1") -> list[str]:
    with tenant.scope(who):
        return list(Notification.objects.order_by("pk").values_list("kind", flat=True))


def held(tenant: Tenant) -> dict[int, Decimal]:
    with tenant.scope():
        return certificates_held([partner.pk for partner in tenant.partners.values()], today())


def test_warnings_come_at_their_days_then_grace_then_the_end(
    office: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = entered(office, 100)
    p1 = office.partners["p1"].pk
    seen = []
    for days in (9, 1, 30, 30, 23, 7, 1, 29, 1):
        pass_days(office, monkeypatch, days)
        kinds = told(office)
        seen.append(
            (kinds.count("training.expires"), kinds.count("training.grace"), kinds.count("training.expired"))
        )
        if days == 29:
            assert held(office) == {p1: Decimal(1)}
    assert seen == [
        (0, 0, 0),
        (1, 0, 0),
        (2, 0, 0),
        (3, 0, 0),
        (4, 0, 0),
        (4, 0, 0),
        (4, 1, 0),
        (4, 1, 0),
        (4, 1, 1),
    ]
    with office.scope():
        certificate.refresh_from_db()
    assert certificate.state == CertificateState.EXPIRED
    assert held(office) == {}


def test_a_late_worker_warns_once(office: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    entered(office, 100)
    pass_days(office, monkeypatch, 95)
    assert told(office).count("training.expires") == 1


def test_warnings_name_the_tier_and_the_money(office: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stakes, "_asked", [])

    class Tier:
        name, names = "Gold", {"fa": "طلایی"}

    stakes.register(lambda actor, certificate: stakes.Stake(Tier(), Decimal(1200), "USD"))  # type: ignore[arg-type]
    entered(office, 20)
    pass_days(office, monkeypatch, 0)
    with office.scope("partner_owner@p1"):
        notice = Notification.objects.get(kind="training.expires_money")
    assert notice.params["tier"]["name"] == "Gold"
    assert notice.params["reward"] == {"amount": "1200", "currency": "USD"}
    with office.scope(SELLER):
        kinds = list(
            Notification.objects.filter(kind__startswith="training.expires").values_list("kind", flat=True)
        )
    assert kinds == ["training.expires_tier"]


def test_a_newer_one_renews_the_older(office: Tenant) -> None:
    entered(office, 20)
    entered(office, 400, ago=1)
    assert [c.state for c in certificates(office)] == [CertificateState.RENEWED, CertificateState.PASSED]
    assert held(office) == {office.partners["p1"].pk: Decimal(1)}


def test_the_same_twice_and_days_that_cannot_be_are_refused(office: Tenant) -> None:
    entered(office, 20)
    with pytest.raises(Conflict):
        entered(office, 30)
    with pytest.raises(InputError) as future:
        entered(office, 30, ago=-1)
    assert future.value.field == "passed_on"
    with pytest.raises(InputError) as before:
        entered(office, -400, "b")
    assert before.value.field == "valid_until"


def test_only_the_operator_enters_and_revokes(office: Tenant) -> None:
    certificate = entered(office, 20)
    for who in ("partner_owner@p1", "pam", "executive"):
        with office.scope(who), pytest.raises(Forbidden):
            revoke_certificate(office.actors[who], certificate_id=certificate.pk, reason="x")
    with office.scope("programme_manager"):
        manager = office.actors["programme_manager"]
        with pytest.raises(InputError):
            revoke_certificate(manager, certificate_id=certificate.pk, reason=" ")
        revoke_certificate(manager, certificate_id=certificate.pk, reason="Cheated")
    assert held(office) == {}


def test_who_leaves_counts_for_sixty_days_and_the_company_is_told_at_once(
    office: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered(office, 900)
    p1 = office.partners["p1"].pk
    with office.scope("partner_owner@p1"):
        set_member_active(
            office.actors["partner_owner@p1"],
            member_id=office.actors[SELLER].membership_id or 0,
            active=False,
        )
    pass_days(office, monkeypatch, 0)
    assert told(office).count("training.left") == 1
    pass_days(office, monkeypatch, 60)
    assert held(office) == {p1: Decimal(1)}
    pass_days(office, monkeypatch, 1)
    assert held(office) == {}


def test_a_person_counts_in_two_requirements(office: Tenant) -> None:
    for code in ("a", "b", "c"):
        entered(office, 400, code)
    entered(office, 400, "a", "partner_owner@p1")
    p1 = office.partners["p1"].pk
    assert held(office) == {p1: Decimal(3)}
    with office.scope():
        assert certificates_held([p1], today(), "a") == {p1: Decimal(2)}
        assert {code: len(people) for code, people in certified([p1], today())[p1].items()} == {
            "a": 2,
            "b": 1,
            "c": 1,
        }


def test_expired_before_it_was_entered_does_not_count(office: Tenant) -> None:
    certificate = entered(office, -100)
    assert certificate.state == CertificateState.EXPIRED
    assert held(office) == {}


@pytest.mark.parametrize(
    ("day", "months", "calendar", "expected"),
    [
        (date(2026, 1, 31), 1, "gregorian", date(2026, 2, 28)),
        (date(2026, 11, 29), 24, "gregorian", date(2028, 11, 29)),
        # 31 Khordad 1405 + 12 months = 31 Khordad 1406; 31 Shahrivar + 1 month = 30 Mehr
        (date(2026, 6, 21), 12, "jalali", date(2027, 6, 21)),
        (date(2026, 9, 22), 1, "jalali", date(2026, 10, 22)),
    ],
)
def test_months_follow_the_operators_calendar(day: date, months: int, calendar: str, expected: date) -> None:
    assert months_later(day, months, get_calendar(calendar)) == expected
