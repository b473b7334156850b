"""Announcements: who is told, who confirms for whom, who is reminded, and newcomers."""

from datetime import date

import pytest

from common.errors import Conflict, Forbidden, NotFound
from incentives.announcements.selectors import confirmations, get_version, may_confirm, to_confirm
from incentives.announcements.services import acknowledge_version, remind
from incentives.approval import content_digest
from incentives.models import Acknowledgement, SchemeVersion
from incentives.services import SchemeData, VersionData, amend_scheme, create_scheme, publish_version
from partners.services import change_partner, create_partner
from performance.tasks import deliver_events
from tenancy.enums import Audience
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person
from tests.kit.world import PASSWORD, Tenant
from tests.portal.test_formulas import make_sales
from workflow.models import Notification


def announced(tenant: Tenant, tiers: list[str] | None = None) -> SchemeVersion:
    """A version that is published and announced."""
    with tenant.scope():
        make_sales(tenant)
        draft = create_scheme(
            tenant.actors["programme_manager"],
            scheme=SchemeData("volume", "Volume"),
            version=VersionData(
                "all: sales * 1%", date(2013, 1, 1), eligibility={"tiers": tiers} if tiers else {}
            ),
        )
        version = publish_version(tenant.actors["programme_manager"], version_id=draft.pk)
    deliver_events(tenant.system)
    return version


def told(tenant: Tenant, kind: str) -> set[int]:
    with scope(tenant.operator.pk, Audience.WORKER):
        rows = Notification.objects.filter(kind=kind)
        return set(rows.values_list("membership_id", flat=True))


def ids(tenant: Tenant, *names: str) -> set[int | None]:
    return {tenant.actors[name].membership_id for name in names}


def confirm(tenant: Tenant, name: str) -> Acknowledgement:
    with tenant.scope(name):
        version = get_version(tenant.actors[name], "volume", 1)
        return acknowledge_version(tenant.actors[name], version=version)


def test_eligible_partners_are_told_and_others_not(alpha: Tenant) -> None:
    with alpha.scope():
        change_partner(alpha.system, code="p1", tier="gold")
    announced(alpha, ["gold"])
    readers = ("partner_owner@p1", "partner_seller@p1", "partner_finance@p1")
    assert told(alpha, "schemes.announced") == ids(alpha, *readers)
    with alpha.scope("partner_owner@p2"), pytest.raises(NotFound):
        get_version(alpha.actors["partner_owner@p2"], "volume", 1)


def test_a_partner_confirms_once_by_name(alpha: Tenant) -> None:
    version = announced(alpha)
    owner = alpha.actors["partner_owner@p1"]
    with alpha.scope("partner_owner@p1"):
        assert [each.pk for each in to_confirm(owner)] == [version.pk]
    row = confirm(alpha, "partner_owner@p1")
    assert (row.name, row.partner_id) == (owner.name, owner.partner_id)
    with alpha.scope("partner_owner@p1"):
        assert row.digest == content_digest(get_version(owner, "volume", 1))
        assert to_confirm(owner) == []
    with pytest.raises(Conflict):
        confirm(alpha, "partner_finance@p1")
    with pytest.raises(Forbidden):
        confirm(alpha, "partner_seller@p2")
    with pytest.raises(Forbidden):
        confirm(alpha, "programme_manager")
    with alpha.scope():
        rows = confirmations(alpha.actors["programme_manager"], version)
        found = [(each.partner.code, bool(each.confirmation)) for each in rows]
        assert found == [("p1sub", False), ("p2", False), ("p1", True)]
    with alpha.scope("pam"):
        assert {each.partner.code for each in confirmations(alpha.actors["pam"], version)} <= {"p1", "p1sub"}
    with alpha.scope("partner_owner@p2"):
        assert not Acknowledgement.objects.exists()


def test_who_is_not_eligible_cannot_confirm(alpha: Tenant) -> None:
    with alpha.scope():
        change_partner(alpha.system, code="p1", tier="gold")
    version = announced(alpha, ["gold"])
    with alpha.scope("partner_owner@p2"):
        assert not may_confirm(alpha.actors["partner_owner@p2"], version)
        with pytest.raises(Conflict):
            acknowledge_version(alpha.actors["partner_owner@p2"], version=version)


def test_reminding_reaches_only_those_who_have_not(alpha: Tenant) -> None:
    version = announced(alpha)
    confirm(alpha, "partner_owner@p1")
    manager = alpha.actors["programme_manager"]
    for _twice_a_day in range(2):
        with alpha.scope("programme_manager"):
            assert remind(manager, version=version) == 2
        deliver_events(alpha.system)
    readers = ("partner_owner@p2", "partner_seller@p2", "partner_finance@p2")
    assert told(alpha, "schemes.reminded") == ids(alpha, *readers)
    with alpha.scope():
        assert Notification.objects.filter(kind="schemes.reminded").count() == 3


def test_newcomers_are_told_later(alpha: Tenant) -> None:
    with alpha.scope():
        change_partner(alpha.system, code="p1", tier="gold")
    announced(alpha, ["gold"])
    with alpha.scope():
        change_partner(alpha.system, code="p2", tier="gold")
    deliver_events(alpha.system)
    assert ids(alpha, "partner_owner@p2") <= told(alpha, "schemes.announced")


def test_a_new_company_is_told(alpha: Tenant) -> None:
    announced(alpha)
    with alpha.scope():
        created = create_partner(alpha.system, code="new", name="New", state="active")
    with scope(alpha.operator.pk, Audience.AUTH):
        person = ensure_person(email="new@alpha.example", name="New", password=PASSWORD)
        member = add_membership(person, role="partner_owner", partner_id=created.pk)
    deliver_events(alpha.system)
    assert member.pk in told(alpha, "schemes.announced")


def test_an_amendment_is_announced_as_one(alpha: Tenant) -> None:
    announced(alpha)
    confirm(alpha, "partner_owner@p1")
    with alpha.scope():
        manager = alpha.actors["programme_manager"]
        newer = amend_scheme(
            manager, scheme_code="volume", version=VersionData("all: sales * 2%", date(2190, 1, 1))
        )
        publish_version(manager, version_id=newer.pk)
    deliver_events(alpha.system)
    assert ids(alpha, "partner_owner@p1", "partner_owner@p2") <= told(alpha, "schemes.amended")
    with alpha.scope("partner_owner@p1"):
        assert [each.number for each in to_confirm(alpha.actors["partner_owner@p1"])] == [2]
