"""The account manager that a tier promises: named, missing, or busy with too many; who is told what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import Forbidden
from partners.book.registry import overdue
from partners.models import BookEntry
from programs.models import Enrolment
from programs.promised import promise_of, unkept
from tests.api.kit import caller
from tests.kit.world import Tenant
from tests.programs.kit import join, programme
from tests.programs.test_benefits import give
from workflow.settings import change_setting

TODAY = timezone.now().date()
LONG_AGO = TODAY - timedelta(days=30)


@pytest.fixture
def promised(alpha: Tenant) -> Tenant:
    """Gold promises a manager; p1 (in the PAM's book) and p2 (in nobody's) are gold for a month."""
    with alpha.scope():
        programme(alpha)
        give(alpha, "gold", "dedicated_pam")
        join(alpha, "p1", "p2", at="gold")
        join(alpha, "p1sub", at="silver")
        Enrolment.objects.update(since=LONG_AGO)
        BookEntry.objects.exclude(partner=alpha.partners["p1"]).delete()
    return alpha


def missing(tenant: Tenant, who: str = "programme_manager") -> dict[str, list[int]]:
    with tenant.scope(who):
        rows = unkept(tenant.actors[who])
    return {partner.code: [number for _member, number in each.managers] for partner, each in rows}


def late(tenant: Tenant, who: str, *codes: str) -> list[tuple[str, bool]]:
    with tenant.scope(who):
        ids = [tenant.partners[code].pk for code in codes]
        return [
            (str(each.what.text % each.what.params), each.internal)
            for each in overdue(tenant.actors[who], ids, TODAY)
            if each.path.startswith("/tiers/of/")
        ]


def test_nobody_has_the_partner(promised: Tenant) -> None:
    assert missing(promised) == {"p2": []}
    said = [("The promised account manager has to be named", False)]
    assert late(promised, "programme_manager", "p1", "p2", "p1sub") == said
    with promised.scope():
        pam = promised.actors["pam"].membership_id
        BookEntry.objects.create(member_id=pam, partner=promised.partners["p2"])
    assert missing(promised) == {}
    assert late(promised, "programme_manager", "p1", "p2") == []
    with promised.scope("pam"), pytest.raises(Forbidden):
        unkept(promised.actors["pam"])


def test_it_is_late_after_the_days_of_the_operator(promised: Tenant) -> None:
    with promised.scope():
        change_setting(promised.system, "book.dedicated_days", 30)
    assert missing(promised) == {"p2": []}
    assert late(promised, "programme_manager", "p2") == []


def test_a_manager_with_too_many_is_nobodys_own(promised: Tenant) -> None:
    with promised.scope():
        pam = promised.actors["pam"].membership_id
        for code in ("p2", "p1sub"):
            BookEntry.objects.create(member_id=pam, partner=promised.partners[code])
        change_setting(promised.system, "book.dedicated_most", 1)
    # Silver partners of the book do not count.
    assert missing(promised) == {"p1": [2], "p2": [2]}
    said = ("Its dedicated manager has 2 partners with that promise; at most 1", True)
    assert late(promised, "pam", "p1", "p2", "p1sub") == [said, said]
    with promised.scope():
        Enrolment.objects.filter(partner=promised.partners["p2"]).delete()
    assert missing(promised) == {}


def test_the_partner_reads_who_it_is(promised: Tenant) -> None:
    page = promised.client("partner_owner@p1").get("/tiers/partners/partners/p1/").content.decode()
    assert "Dedicated account manager" in page
    assert "mailto:pam@alpha" in page
    other = promised.client("partner_owner@p2").get("/tiers/partners/partners/p2/").content.decode()
    assert "The account manager is being chosen" in other
    assert "mailto:pam@alpha" not in other
    with promised.scope("partner_owner@p1"):
        found = promise_of(promised.actors["partner_owner@p1"], promised.partners["p1"])
    assert found is not None
    assert found.kept


def test_the_programme_manager_finds_the_list(promised: Tenant) -> None:
    client = promised.client("programme_manager")
    text = client.get("/tiers/promised/").content.decode()
    assert "/tiers/of/p2/" in text
    assert "/tiers/of/p1/" not in text
    assert "Overdue" in text
    for address in ("/", "/partners/books/"):
        assert "partner is without the account manager" in client.get(address).content.decode()
    assert "It was due on" in client.get("/tiers/of/p2/").content.decode()


def test_over_the_api(promised: Tenant) -> None:
    manager = caller(promised, "programme_manager")
    (row,) = manager.get("programs/promised-managers/").body["results"]
    assert (row["partner"], row["tier"], row["managers"], row["most"]) == ("p2", "gold", [], 20)
    assert caller(promised, "pam").get("programs/promised-managers/").status == 403
    (own,) = caller(promised, "partner_owner@p1").get("programs/entitlements/p1/").body["results"]
    assert (own["kind"], own["since"], len(own["managers"])) == ("dedicated_pam", LONG_AGO.isoformat(), 1)
