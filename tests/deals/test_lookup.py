"""Customers are found by whatever spelling the corpus calls the same, and by legal id."""

from catalog.enums import KeyKind
from catalog.matching import similarity
from catalog.models import Customer
from catalog.services import save_customer
from deals.matching.lookup import NAME_THRESHOLD, find_customers, index_customers
from tenancy import outbox
from tests.deals.test_names import pairs
from tests.kit.world import Tenant


def deliver(tenant: Tenant) -> None:
    with tenant.scope():
        while outbox.deliver(tenant.system):
            pass


def test_every_pair_that_is_alike_enough_is_found(inside: Tenant) -> None:
    made = [
        Customer(code=f"c{place}", name=other, names={}) for place, (_same, _one, other) in enumerate(pairs())
    ]
    index_customers(Customer.objects.bulk_create(made))
    missed = []
    for place, (_same, one, other) in enumerate(pairs()):
        codes = {found.code for found in find_customers(one, limit=50)}
        if similarity(one, other) >= NAME_THRESHOLD and f"c{place}" not in codes:
            missed.append((one, other))
        if similarity(one, other) < NAME_THRESHOLD:
            assert f"c{place}" not in codes
    assert missed == []


def test_legal_id_finds_whatever_the_name(inside: Tenant) -> None:
    customers = [
        Customer(code="one", name="Delta Telecom", legal_id="10100000000", country="XX", names={}),
        Customer(code="two", name="Other", legal_id="", country="XX", names={}),
    ]
    index_customers(Customer.objects.bulk_create(customers))
    found = find_customers("Gamma Foods", legal_id="101-000-00000", country="XX")
    assert [(each.code, each.kind, each.score) for each in found] == [("one", KeyKind.LEGAL_ID, 1.0)]
    assert find_customers("") == []
    assert find_customers("", legal_id="10100000000", country="YY") == []


def test_names_in_other_languages_count(inside: Tenant) -> None:
    customer = Customer(code="ik", name="ایران خودرو", names={"en": "Iran Khodro Co."})
    index_customers(Customer.objects.bulk_create([customer]))
    assert [found.code for found in find_customers("IRAN-KHODRO")] == ["ik"]


def test_keys_follow_the_catalog(alpha: Tenant) -> None:
    manager = alpha.actors["programme_manager"]
    with alpha.scope("programme_manager"):
        save_customer(manager, code="c1", name="Delta Telecom LLC")
    deliver(alpha)
    with alpha.scope("pam"):
        assert [found.code for found in find_customers("delta-telecom")] == ["c1"]
    with alpha.scope("programme_manager"):
        save_customer(manager, code="c1", name="Omega Foods")
    deliver(alpha)
    with alpha.scope("pam"):
        assert find_customers("delta-telecom") == []
        assert [found.code for found in find_customers("Foods Omega Ltd")] == ["c1"]


def test_another_operators_customers_are_not_found(alpha: Tenant, beta: Tenant) -> None:
    with beta.scope():
        index_customers(Customer.objects.bulk_create([Customer(code="b", name="Delta Telecom", names={})]))
    with alpha.scope():
        assert find_customers("Delta Telecom") == []
