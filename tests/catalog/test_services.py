"""Writing the catalogue: what is read, refused, kept true, audited and told."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from catalog import selectors, services
from catalog.models import Customer, Family, Product, Territory
from catalog.services.legal_ids import clean_legal_id
from common.errors import Conflict, Forbidden, InputError, Invalid, NotFound
from tenancy.models import AuditEntry, OutboxEvent
from tests.kit.world import Tenant


def events(topic: str) -> list[dict[str, Any]]:
    return list(OutboxEvent.objects.filter(topic=topic).order_by("id").values_list("payload", flat=True))


def family(tenant: Tenant, code: str = "cloud", layer: str = "cloud") -> Family:
    return services.save_family(tenant.system, code=code, name=code.title(), layer=layer)[0]


def test_a_product_is_made_changed_and_left_alone(inside: Tenant) -> None:
    family(inside)
    product, created = services.save_product(
        inside.system,
        code="P-1",
        name=" Cloud  backup ",
        family="cloud",
        list_price="1,234,567.50",
        roles="msp; reseller",
    )
    assert created
    assert (product.name, product.family.code, product.roles) == (
        "Cloud backup",
        "cloud",
        ["msp", "reseller"],
    )
    assert product.list_price == Decimal("1234567.50")
    assert events("catalog.code_added")[-1] == {"kind": "product", "codes": ["P-1"]}
    before = AuditEntry.objects.count()
    again, created = services.save_product(
        inside.system, code="P-1", name="Cloud backup", list_price="1234567.5"
    )
    assert not created
    assert again.pk == product.pk
    assert AuditEntry.objects.count() == before
    services.change_product(inside.system, code="P-1", strategic="yes")
    entry = AuditEntry.objects.order_by("id").last()
    assert entry is not None
    assert (entry.action, entry.object_ref, entry.changes) == (
        "product.change",
        "P-1",
        {"strategic": [False, True]},
    )
    assert events("catalog.changed")[-1]["fields"] == ["strategic"]
    assert Product.objects.get(code="P-1").strategic


def test_a_product_without_a_family_stands_in_the_general_one(inside: Tenant) -> None:
    product, _ = services.save_product(inside.system, code="P-2", name="Loose")
    assert product.family.code == services.GENERAL
    services.save_product(inside.system, code="P-3", name="Loose too", family="")
    assert Family.objects.filter(code=services.GENERAL).count() == 1


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"name": ""}, "name", "required"),
        ({"family": "nowhere"}, "family", "unknown_code"),
        ({"roles": "wizard"}, "roles", "unknown_choice"),
        ({"list_price": "1,234"}, "list_price", "ambiguous_number"),
        ({"list_price": "-1"}, "list_price", "negative"),
        ({"list_price": 0.1}, "list_price", "not_a_number"),
        ({"strategic": "perhaps"}, "strategic", "not_a_boolean"),
        ({"code": "a\u200bb"}, "code", "hidden_characters"),
        ({"code": " "}, "code", "required"),
        ({"code": "x" * 65}, "code", "too_long"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"names": {"de": "x"}}, "names", "unknown_language"),
    ],
)
def test_wrong_values_are_refused_at_their_field(
    inside: Tenant, fields: dict[str, Any], field: str, code: str
) -> None:
    family(inside)
    row = {"code": "P-1", "name": "Fine", "family": "cloud"} | fields
    with pytest.raises(InputError) as caught:
        services.save_product(inside.system, **row)
    assert (caught.value.field, caught.value.code) == (field, code)
    assert not Product.objects.exists()


def test_several_errors_come_together_and_in_the_readers_language(inside: Tenant) -> None:
    with pytest.raises(Invalid) as caught, translation.override("en"):
        services.save_family(inside.system, code="f", name="", layer="water")
    assert [error.field for error in caught.value.errors] == ["name", "layer"]
    assert "“water” is not one of" in caught.value.errors[1].message


def test_create_and_change_mind_what_is_there(inside: Tenant) -> None:
    services.create_segment(inside.system, code="sme", name="SME")
    with pytest.raises(Conflict):
        services.create_segment(inside.system, code="sme", name="Other")
    with pytest.raises(NotFound):
        services.change_segment(inside.system, code="key", key_account=True)


def test_names_of_other_languages_add_up(inside: Tenant) -> None:
    services.save_segment(inside.system, code="sme", name="SME", names={"fa": "کسب‌وکار کوچک"})
    segment, _ = services.save_segment(inside.system, code="sme", names={"ar": "شركات صغيرة", "fa": ""})
    assert segment.names == {"ar": "شركات صغيرة"}
    assert segment.label("ar") == "شركات صغيرة"


def test_only_programme_managers_write(alpha: Tenant) -> None:
    for name, actor in alpha.actors.items():
        with alpha.scope(name):
            if name == "programme_manager":
                assert services.save_segment(actor, code="sme", name="SME")[1]
            else:
                with pytest.raises(Forbidden):
                    services.save_segment(actor, code="x", name="X")


def place(tenant: Tenant, code: str, parent: str = "") -> Territory:
    return services.save_territory(tenant.system, code=code, name=code, parent=parent)[0]


def path_of(code: str) -> list[str]:
    territory = Territory.objects.get(code=code)
    codes = dict(Territory.objects.values_list("pk", "code"))
    assert territory.level == len(territory.path) - 1
    return [codes[pk] for pk in territory.path]


def test_territories_keep_their_paths_when_a_subtree_moves(inside: Tenant) -> None:
    place(inside, "iran")
    place(inside, "tehran", "iran")
    place(inside, "rey", "tehran")
    assert path_of("rey") == ["iran", "tehran", "rey"]
    place(inside, "north")
    place(inside, "tehran", "north")
    assert path_of("rey") == ["north", "tehran", "rey"]
    assert events("catalog.changed")[-1]["kind"] == "territory"
    for parent in ("rey", "tehran"):
        with pytest.raises(InputError, match="part of itself"):
            place(inside, "tehran", parent)
    assert path_of("rey") == ["north", "tehran", "rey"]


def test_parents_may_come_later_and_circles_are_refused(inside: Tenant) -> None:
    rows = [
        {"code": "city", "name": "City", "parent": "county"},
        {"code": "county", "name": "County", "parent": "province"},
        {"code": "province", "name": "Province", "parent": ""},
        {"code": "a", "name": "A", "parent": "b"},
        {"code": "b", "name": "B", "parent": "a"},
        {"code": "lost", "name": "Lost", "parent": "nowhere"},
    ]
    drafts = services.write(inside.system, services.TERRITORY, rows)
    assert [draft.created for draft in drafts] == [True, True, True, False, False, False]
    assert [draft.errors[0].code for draft in drafts[3:]] == ["parent_cycle", "parent_cycle", "unknown_code"]
    assert path_of("city") == ["province", "county", "city"]
    turned = [
        {"code": "province", "parent": "city"},
        {"code": "city", "parent": ""},
        {"code": "county", "parent": "province"},
    ]
    assert not any(draft.errors for draft in services.write(inside.system, services.TERRITORY, turned))
    assert path_of("county") == ["city", "province", "county"]


def test_two_moves_that_only_together_make_a_circle(inside: Tenant) -> None:
    for code, parent in [("a", ""), ("b", ""), ("a1", "a"), ("b1", "b")]:
        place(inside, code, parent)
    drafts = services.write(
        inside.system, services.TERRITORY, [{"code": "a", "parent": "b1"}, {"code": "b", "parent": "a1"}]
    )
    assert [bool(draft.errors) for draft in drafts] == [False, True]


def test_the_later_of_two_rows_with_one_code_wins(inside: Tenant) -> None:
    rows = [{"code": "sme", "name": "Old"}, {"code": "sme", "name": "New"}]
    drafts = services.write(inside.system, services.SEGMENT, rows)
    assert [draft.created for draft in drafts] == [True, False]
    assert selectors.get_segment(inside.system, "sme").name == "New"


def test_legal_ids_have_the_form_of_their_country() -> None:
    assert clean_legal_id("۱۰۳۸۰۲۸۴۷۹۰", "IR") == "10380284790"
    assert clean_legal_id(" ae 123-4 ", "AE") == "AE123-4"
    for wrong in ("10380284791", "1038028479", "abc"):
        with pytest.raises(InputError):
            clean_legal_id(wrong, "IR")
    with pytest.raises(InputError):
        clean_legal_id("1111111111", "TR")


def test_a_legal_id_belongs_to_one_customer(inside: Tenant) -> None:
    services.save_customer(inside.system, code="c1", name="One", legal_id="10380284790", country="ir")
    with pytest.raises(InputError, match="c1") as caught:
        services.save_customer(inside.system, code="c2", name="Two", legal_id="10380284790", country="IR")
    assert (caught.value.field, caught.value.code) == ("legal_id", "legal_id_taken")
    services.save_customer(inside.system, code="c2", name="Two", legal_id="10380284790", country="AE")
    with pytest.raises(InputError, match="c1"):
        services.change_customer(inside.system, code="c2", country="IR")
    rows = [{"code": code, "name": code, "legal_id": "X-9"} for code in ("c3", "c4")]
    drafts = services.write(inside.system, services.CUSTOMER, rows)
    assert [bool(draft.errors) for draft in drafts] == [False, True]


def test_customers_are_found_by_both_keyboards(inside: Tenant) -> None:
    services.save_customer(inside.system, code="c1", name="شرکت پتروشیمی کیان")
    customer = Customer.objects.get(code="c1")
    for text in ("كيان", "کیان پتروشيمی", "C1", "شركت"):
        assert list(selectors.matching(selectors.customers_for(inside.system), text)) == [customer]
    assert not selectors.matching(selectors.customers_for(inside.system), "کیانا").exists()


def test_dates_of_the_operators_calendar(beta: Tenant) -> None:
    with beta.scope():
        customer, _ = services.save_customer(beta.system, code="c1", name="یک", since="۱۴۰۲/۰۱/۰۱")
        assert str(customer.since) == "2023-03-21"
        with pytest.raises(InputError):
            services.save_customer(beta.system, code="c1", since="1402/13/01")


def test_partners_read_what_is_active_and_no_customers(alpha: Tenant, beta: Tenant) -> None:
    with alpha.scope():
        services.save_product(alpha.system, code="on", name="On")
        services.save_product(alpha.system, code="off", name="Off", active=False)
    actor = alpha.actors["partner_seller@p1"]
    with alpha.scope("partner_seller@p1"):
        assert [product.code for product in selectors.products_for(actor)] == ["on"]
        with pytest.raises(Forbidden):
            selectors.customers_for(actor)
        with pytest.raises(NotFound):
            selectors.get_product(actor, "off")
    with beta.scope("programme_manager"), pytest.raises(NotFound):
        selectors.get_product(beta.actors["programme_manager"], "on")


def test_writing_many_takes_as_many_statements_as_writing_few(
    inside: Tenant, django_assert_max_num_queries: Any
) -> None:
    family(inside)
    rows = [{"code": f"p{n}", "name": f"Product {n}", "family": "cloud"} for n in range(300)]
    with django_assert_max_num_queries(12):
        drafts = services.write(inside.system, services.PRODUCT, rows)
    assert all(draft.created for draft in drafts)
    with django_assert_max_num_queries(12):
        drafts = services.write(inside.system, services.PRODUCT, [row | {"strategic": True} for row in rows])
    assert all(draft.changes == {"strategic": [False, True]} for draft in drafts)
