"""Pages of the catalogue: who reaches them, what they show, and what a form does."""

from typing import Any

import pytest
from django.urls import reverse

from catalog import services
from catalog.models import Customer, Product, Territory
from tests.kit.world import Tenant

LISTS = ["products", "families", "segments", "territories", "customers"]
FORMS = ["new_product", "new_family", "new_segment", "new_territory", "new_customer"]


@pytest.fixture
def stocked(alpha: Tenant) -> Tenant:
    with alpha.scope():
        system = alpha.system
        services.save_family(system, code="cloud", name="Cloud", layer="cloud", names={"fa": "ابر"})
        services.save_product(
            system,
            code="P/1",
            name="Backup",
            family="cloud",
            list_price="12.50",
            roles="msp",
            names={"fa": "پشتیبان"},
        )
        services.save_segment(system, code="sme", name="SME")
        services.save_territory(system, code="north", name="North")
        services.save_territory(system, code="n1", name="گیلان", parent="north")
        services.save_customer(system, code="c1", name="شرکت کیان", segment="sme", territory="n1")
    return alpha


def test_lists_show_what_is_there_and_where_to_start(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    for name in LISTS:
        page = client.get(reverse(f"catalog:{name}"))
        assert page.status_code == 200
        assert "empty-state" in page.content.decode()


@pytest.mark.parametrize("name", ["programme_manager", "pam", "executive", "partner_seller@p1"])
def test_everybody_reaches_what_is_theirs(stocked: Tenant, name: str) -> None:
    client = stocked.client(name)
    partner, manager = "@" in name, name == "programme_manager"
    assert client.get(reverse("catalog:products")).status_code == 200
    assert client.get(reverse("catalog:product", args=["P/1"])).status_code == 200
    for other in LISTS[1:]:
        assert client.get(reverse(f"catalog:{other}")).status_code == (404 if partner else 200), other
    for form in FORMS:
        assert client.get(reverse(f"catalog:{form}")).status_code == (
            200 if manager else 404 if partner else 403
        )
    assert client.get(reverse("catalog:customer", args=["c1"])).status_code == (404 if partner else 200)


def test_another_operators_things_do_not_exist(stocked: Tenant, beta: Tenant) -> None:
    client = beta.client("programme_manager")
    for address in (
        "catalog:product",
        "catalog:change_product",
        "catalog:customer",
        "catalog:change_territory",
    ):
        code = {"catalog:customer": "c1", "catalog:change_territory": "n1"}.get(address, "P/1")
        assert client.get(reverse(address, args=[code])).status_code == 404
    assert b"Backup" not in client.get(reverse("catalog:products")).content


def test_a_product_is_added_and_changed_by_form(stocked: Tenant) -> None:
    client = stocked.client("programme_manager")
    data = {
        "code": "۱۲۳",
        "name": "Firewall",
        "name_fa": "دیوار آتش",
        "family": "cloud",
        "list_price": "۱٬۲۰۰٫۵",
    }
    answer = client.post(reverse("catalog:new_product"), data)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("catalog:product", args=["123"])
    again = client.post(reverse("catalog:new_product"), data)
    assert again.status_code == 422
    assert "in use already" in again.content.decode()
    assert "دیوار آتش" in again.content.decode()
    wrong = client.post(reverse("catalog:change_product", args=["123"]), data | {"list_price": "1,234"})
    assert wrong.status_code == 422
    assert "can be read in two ways" in wrong.content.decode()
    changed = client.post(
        reverse("catalog:change_product", args=["123"]), data | {"strategic": "on", "list_price": ""}
    )
    assert changed.status_code == 302
    with stocked.scope():
        product = Product.objects.get(code="123")
        assert (product.strategic, product.active, product.list_price) == (True, False, None)
        assert product.names == {"fa": "دیوار آتش"}


def test_filters_and_both_keyboards(stocked: Tenant) -> None:
    client = stocked.client("programme_manager")
    customers = reverse("catalog:customers")
    for query, found in [("كيان", True), ("کیانا", False), ("C1", True)]:
        page = client.get(customers, {"search": query})
        assert ("شرکت کیان" in page.content.decode()) is found
    for code, found in [("north", True), ("n1", True), ("nowhere", False)]:
        assert ("شرکت کیان" in client.get(customers, {"territory": code}).content.decode()) is found
    assert "Backup" in client.get(reverse("catalog:products"), {"layer": "cloud"}).content.decode()
    assert "Backup" not in client.get(reverse("catalog:products"), {"layer": "iot"}).content.decode()


def test_names_are_in_the_readers_language_and_export_has_codes(stocked: Tenant) -> None:
    client = stocked.client("programme_manager", accept_language="fa")
    assert "پشتیبان" in client.get(reverse("catalog:products")).content.decode()
    file = stocked.client("programme_manager").get(reverse("catalog:products"), {"export": "csv"})
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "P/1" in text
    assert "12.5" in text


def test_the_tree_opens_branch_by_branch_and_is_searched(stocked: Tenant) -> None:
    client = stocked.client("pam")
    page = client.get(reverse("catalog:territories")).content.decode()
    assert "North" in page
    assert "گیلان" not in page
    assert "گیلان" in client.get(reverse("catalog:territory_branch"), {"of": "north"}).content.decode()
    found = client.get(reverse("catalog:territories"), {"search": "گيلان"}).content.decode()
    assert "گیلان" in found
    assert "North" in found
    assert client.get(reverse("catalog:territory_branch"), {"of": "nowhere"}).status_code == 404


def test_a_territory_cannot_become_part_of_itself_by_form(stocked: Tenant) -> None:
    client = stocked.client("programme_manager")
    answer = client.post(
        reverse("catalog:change_territory", args=["north"]), {"name": "North", "parent": "n1", "active": "on"}
    )
    assert answer.status_code == 422
    assert "part of itself" in answer.content.decode()
    with stocked.scope():
        assert Territory.objects.get(code="north").parent_id is None


def test_a_customers_first_day_is_written_in_the_operators_calendar(beta: Tenant) -> None:
    client = beta.client("programme_manager", accept_language="en")
    answer = client.post(
        reverse("catalog:new_customer"),
        {"code": "k1", "name": "کیان", "country": "IR", "legal_id": "۱۰۳۸۰۲۸۴۷۹۰", "since": "۱۴۰۲/۰۱/۰۱"},
    )
    assert answer.status_code == 302
    with beta.scope():
        customer = Customer.objects.get(code="k1")
        assert (str(customer.since), customer.legal_id) == ("2023-03-21", "10380284790")
    form = client.get(reverse("catalog:change_customer", args=["k1"])).content.decode()
    assert "1402-01-01" in form


def test_the_picker_offers_what_matches(stocked: Tenant) -> None:
    client = stocked.client("programme_manager")
    address = reverse("catalog:pick", args=["territories"])
    assert b'value="n1"' in client.get(address, {"field": "parent", "parent": "گيلان"}).content
    assert b'value="n1"' not in client.get(address, {"field": "parent", "parent": "nor"}).content
    assert (
        stocked.client("partner_owner@p1").get(reverse("catalog:pick", args=["customers"])).status_code == 403
    )
    assert client.get(reverse("catalog:pick", args=["secrets"])).status_code == 404


@pytest.mark.parametrize("name", ["products", "customers", "families", "segments"])
def test_a_list_asks_as_often_for_many_as_for_one(
    stocked: Tenant, name: str, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = stocked.client("programme_manager")
    client.get(reverse(f"catalog:{name}"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(f"catalog:{name}"))
    with stocked.scope():
        for n in range(5):
            services.save_family(stocked.system, code=f"f{n}", name=f"F{n}", layer="iot")
            services.save_product(stocked.system, code=f"p{n}", name=f"P{n}", family=f"f{n}")
            services.save_segment(stocked.system, code=f"s{n}", name=f"S{n}")
            services.save_customer(
                stocked.system, code=f"c-{n}", name=f"C{n}", segment=f"s{n}", territory="north"
            )
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(f"catalog:{name}"))
    assert len(one) == len(many)


def test_two_customers_are_merged_by_form(stocked: Tenant) -> None:
    with stocked.scope():
        one = Customer.objects.create(code="m1", name="Delta")
        Customer.objects.create(code="m2", name="Delta Telecom", legal_id="X-1", country="AE")
    client = stocked.client("programme_manager")
    address = reverse("catalog:merge_customer", args=["m2"])
    assert client.post(address, {"other": "nobody"}).status_code == 422
    done = client.post(address, {"other": "m1"}, follow=True)
    page = done.content.decode()
    assert done.request["PATH_INFO"] == reverse("catalog:customer", args=["m1"])
    assert "Also known as" in page
    assert "X-1" in page
    with stocked.scope():
        one.refresh_from_db()
        assert one.legal_id == "X-1"
    assert stocked.client("pam").get(address).status_code == 403
