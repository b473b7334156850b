"""Pages of partners, reps and books: who sees whom, what forms do, and how often a list asks the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog import services as catalog
from partners import selectors, services
from partners.models import Partner, Rep
from tests.kit.world import Tenant
from tests.programs.kit import gold_in_two_languages

PAGES = ["detail", "people", "partner_reps", "subs"]


@pytest.fixture
def staffed(alpha: Tenant) -> Tenant:
    with alpha.scope():
        catalog.save_territory(alpha.system, code="north", name="North")
        catalog.save_territory(alpha.system, code="n1", name="N1", parent="north")
        services.save_partner(
            alpha.system,
            code="p1",
            name="شرکت کیان",
            tier="gold",
            roles="reseller",
            layers="cloud",
            territory="n1",
        )
        services.create_rep(alpha.system, code="r1", name="Sara", partner="p1")
        services.create_rep(alpha.system, code="r2", name="Ali", partner="p2")
    return alpha


def seen(tenant: Tenant, name: str, address: str, **query: str) -> str:
    page = tenant.client(name).get(address, query)
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.parametrize(
    ("name", "own", "foreign"),
    [
        ("partner_owner@p1", ["p1", "p1sub"], ["p2"]),
        ("partner_seller@p2", ["p2"], ["p1", "p1sub"]),
        ("pam", ["p1"], ["p2", "p1sub"]),
        ("executive", ["p1", "p1sub", "p2"], []),
    ],
)
def test_everybody_sees_their_own_partners_only(
    staffed: Tenant, name: str, own: list[str], foreign: list[str]
) -> None:
    client = staffed.client(name)
    for page in PAGES:
        for code in own:
            assert client.get(reverse(f"partners:{page}", args=[code])).status_code == 200
        for code in [*foreign, "nobody"]:
            assert client.get(reverse(f"partners:{page}", args=[code])).status_code == 404
    assert client.get(reverse("partners:new")).status_code == (404 if "@" in name else 403)
    assert client.get(reverse("partners:books")).status_code == 403
    assert client.post(reverse("partners:state", args=["p1"]), {"state": "ended"}).status_code == 403


def test_another_operators_partners_do_not_exist(staffed: Tenant, beta: Tenant) -> None:
    with staffed.scope():
        services.create_partner(staffed.system, code="only", name="Only here")
    client = beta.client("programme_manager")
    for page in [*PAGES, "change"]:
        assert client.get(reverse(f"partners:{page}", args=["only"])).status_code == 404
    assert b"Only here" not in client.get(reverse("partners:list")).content


def test_an_owner_sees_the_company_its_sellers_and_sub_partners(staffed: Tenant) -> None:
    page = seen(staffed, "partner_owner@p1", reverse("partners:company"))
    assert "شرکت کیان" in page
    assert reverse("partners:state", args=["p1"]) not in page
    assert "Sara" in seen(staffed, "partner_owner@p1", reverse("partners:reps"))
    assert "Ali" not in seen(staffed, "partner_owner@p1", reverse("partners:reps"))
    assert "Partner p1sub" in seen(staffed, "partner_owner@p1", reverse("partners:list"))
    assert staffed.client("pam").get(reverse("partners:company")).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "كيان"}, True),
        ({"search": "P1"}, True),
        ({"search": "x"}, False),
        ({"tier": "gold"}, True),
        ({"role": "reseller"}, True),
        ({"role": "isv"}, False),
        ({"layer": "cloud"}, True),
        ({"layer": "iot"}, False),
        ({"state": "active"}, True),
        ({"state": "ended"}, False),
        ({"territory": "north"}, True),
        ({"territory": "nowhere"}, False),
    ],
)
def test_filters_of_partners(staffed: Tenant, query: dict[str, str], found: bool) -> None:
    assert ("شرکت کیان" in seen(staffed, "programme_manager", reverse("partners:list"), **query)) is found


def test_tiers_have_their_names_in_the_readers_language(staffed: Tenant) -> None:
    with staffed.scope():
        gold_in_two_languages()
    client = staffed.client("programme_manager")
    client.cookies["django_language"] = "fa"
    rows = client.get(reverse("partners:list")).content.decode().split("<tbody")[1]
    assert "طلایی" in rows
    page = client.get(reverse("partners:detail", args=["p1"])).content.decode()
    assert "<bdi>طلایی</bdi>" in page
    assert "Golden" not in rows + page


def test_partners_of_one_account_manager(staffed: Tenant) -> None:
    pam = str(staffed.actors["pam"].membership_id)
    page = seen(staffed, "programme_manager", reverse("partners:list"), pam=pam)
    assert "شرکت کیان" in page
    assert "Partner p2" not in page


def test_a_partner_is_added_changed_and_suspended_by_form(staffed: Tenant) -> None:
    client = staffed.client("programme_manager")
    data = {
        "code": "n9",
        "name": "New",
        "name_fa": "نو",
        "parent": "p1",
        "roles": ["isv"],
        "website": "example.com",
    }
    wrong = client.post(reverse("partners:new"), data)
    assert wrong.status_code == 422
    assert "https://example.com" in wrong.content.decode()
    answer = client.post(reverse("partners:new"), data | {"website": "https://n9.example"})
    assert answer["Location"] == reverse("partners:detail", args=["n9"])
    moved = client.post(
        reverse("partners:change", args=["n9"]), {"name": "New", "parent": "p2", "active": "on"}
    )
    assert moved.status_code == 302
    change = reverse("partners:state", args=["n9"])
    assert client.post(change, {"state": "suspended"}).status_code == 422  # no reason
    assert client.post(change, {"state": "suspended", "text": "Bills unpaid"}).status_code == 302
    with staffed.scope():
        partner = Partner.objects.get(code="n9")
        assert (partner.state, partner.parent_id, partner.root_id) == (
            "suspended",
            staffed.partners["p2"].pk,
            staffed.partners["p2"].pk,
        )
    cycle = client.post(
        reverse("partners:change", args=["p2"]), {"name": "P2", "parent": "n9", "active": "on"}
    )
    assert cycle.status_code == 422
    assert "below itself" in cycle.content.decode()


def test_a_rep_is_added_and_changed_by_form(staffed: Tenant) -> None:
    client = staffed.client("programme_manager")
    assert (
        client.post(reverse("partners:new_rep"), {"code": "r9", "name": "R", "partner": "x"}).status_code
        == 422
    )
    assert (
        client.post(reverse("partners:new_rep"), {"code": "r9", "name": "R", "partner": "p2"}).status_code
        == 302
    )
    client.post(reverse("partners:change_rep", args=["r9"]), {"name": "R", "partner": "p1", "active": "on"})
    with staffed.scope():
        assert Rep.objects.get(code="r9").partner.code == "p1"


def test_books_are_filled_and_emptied(staffed: Tenant) -> None:
    client = staffed.client("programme_manager")
    pam = staffed.actors["pam"]
    address = reverse("partners:book", args=[pam.membership_id])
    assert "nobody" in seen(staffed, "programme_manager", reverse("partners:books"))
    assert client.post(address, {"partner": "p2"}).status_code == 302
    assert client.post(address, {"partner": "nobody"}).status_code == 422
    assert client.post(address, {"remove": "p1"}).status_code == 302
    with staffed.scope("pam"):
        assert [partner.code for partner in selectors.book_of(pam)] == ["p2"]
    other = staffed.actors["executive"].membership_id
    assert client.get(reverse("partners:book", args=[other])).status_code == 404


@pytest.mark.parametrize("name", ["list", "reps", "books"])
def test_a_list_asks_as_often_for_many_as_for_one(staffed: Tenant, name: str) -> None:
    client = staffed.client("programme_manager")
    client.get(reverse(f"partners:{name}"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(f"partners:{name}"))
    with staffed.scope():
        for n in range(6):
            services.create_partner(staffed.system, code=f"m{n}", name=f"M{n}", parent="p1", territory="n1")
            services.create_rep(staffed.system, code=f"mr{n}", name=f"R{n}", partner=f"m{n}")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(f"partners:{name}"))
    assert len(few) == len(many)
