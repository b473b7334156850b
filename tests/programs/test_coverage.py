"""The coverage map against a plain reading: who is active, authorised, certified and at home there, and who sold."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.enums import PartnerRole
from catalog.models import Customer, Family, Product, Segment, Territory
from common.errors import Forbidden
from partners.models import Partner
from performance.models import Credit
from programs.authorisations import may_sell
from programs.authorisations.services import add_authorisation
from programs.coverage.cells import cells_by_role, cells_by_segment, cells_by_territory
from programs.coverage.gather import gather
from programs.coverage.people import Spot, partners_at
from programs.models import Certificate, Certification, SoldWhere
from programs.training.held import counting
from tests.kit.world import Tenant, make_partner

MANAGER = "programme_manager"
LAYERS = {"sim": "core", "vm": "cloud", "waf": "security"}


def _place(code: str, parent: Territory | None = None) -> Territory:
    place: Territory = Territory.objects.create(
        code=code, name=code.title(), parent=parent, level=1 if parent else 0
    )
    place.path = [*(parent.path if parent else []), place.pk]
    place.save()
    return place


@pytest.fixture
def land(alpha: Tenant) -> Tenant:
    """Eight partners over two regions with two cities; certificates in security are asked for; some rules."""
    with alpha.scope():
        for code, layer in LAYERS.items():
            family = Family.objects.create(code=f"f-{code}", name=code, layer=layer)
            Product.objects.create(code=code, name=code.upper(), family=family)
        for code, key in (("sme", False), ("key", True)):
            Segment.objects.create(code=code, name=code.upper(), key_account=key)
        north, south = _place("north"), _place("south")
        homes = [_place("city", north), north, south, None]
        for number in range(8):
            roles = [["reseller"], ["msp", "reseller"], ["msp"], []][number % 4]
            state = "suspended" if number == 7 else "active"
            make_partner(f"m{number}", roles=roles, territory=homes[number // 2], state=state)
        guard = Certification.objects.create(code="guard", name="Guard", layer="security")
        member = alpha.actors["partner_owner@p1"].membership_id
        for code, state, until in (("m0", "passed", None), ("m2", "expiring", 5), ("m4", "passed", -1)):
            Certificate.objects.create(
                certification=guard, partner=Partner.objects.get(code=code), member_id=member, person_name="A",
                state=state, passed_on=date(2020, 1, 1), counts_until=until and _today() + timedelta(days=until),
            )  # fmt: skip
    with alpha.scope(MANAGER):
        manager = alpha.actors[MANAGER]
        add_authorisation(manager, effect="allow", role="reseller", layer="core")
        add_authorisation(manager, effect="allow", role="msp", segment="key", layer="cloud")
        add_authorisation(manager, effect="refuse", layer="cloud", territory="south")
        add_authorisation(manager, effect="refuse", partner="m1", product="vm")
    return alpha


def _today() -> date:
    return timezone.now().date()


def sale(partner: str, product: str, number: int, **more: Any) -> Credit:
    day = more.pop("day", _today() - timedelta(days=10))
    values: dict[str, Any] = {
        "source": "t", "external_id": f"t-{number}", "digest": b"1", "kind": "sale", "occurred_at": timezone.now(),
        "day": day, "partner": Partner.objects.get(code=partner), "product": Product.objects.get(code=product),
        "quantity": Decimal(1), "amount": Decimal(10), "line_amount": Decimal(10), "currency": "USD",
    }  # fmt: skip
    return Credit(**values | more)


def _able(partner: Partner, product: Product, segment: Segment | None, place: Territory | None) -> bool:
    """As one would find out company by company. No rule of this land names a model, and no refusal a segment."""
    if partner.state != "active":
        return False
    held = counting([partner.pk], _today()).filter(certification__layer=product.family.layer)
    if product.family.layer == "security" and not held.exists():
        return False
    segments = [segment] if segment else [None, *Segment.objects.all()]
    places = [place] if place else [None, *Territory.objects.all()]
    return any(
        may_sell(partner, product, each, where, "", _today()).allowed for each in segments for where in places
    )


def test_each_cell_is_what_one_finds_company_by_company(land: Tenant) -> None:
    with land.scope():
        products = list(Product.objects.select_related("family"))
        partners = list(Partner.objects.select_related("territory"))
        places = list(Territory.objects.filter(parent=None))
        by_role = cells_by_role(land.system, products, _today())
        by_place = cells_by_territory(land.system, products, places, _today())
        by_segment = cells_by_segment(land.system, list(Segment.objects.all()), places, _today())
        for product in products:
            for role in PartnerRole.values:
                there = [each for each in partners if role in each.roles]
                expected = sum(_able(each, product, None, None) for each in there)
                assert getattr(by_role.get((product.pk, role)), "able", 0) == expected, (product, role)
            for place in places:
                home = [each for each in partners if each.territory and place.pk in each.territory.path]
                expected = sum(_able(each, product, None, place) for each in home)
                assert by_place[product.pk, place.pk].able == expected, (product, place)
        for segment in Segment.objects.all():
            for place in places:
                home = [each for each in partners if each.territory and place.pk in each.territory.path]
                expected = sum(any(_able(each, p, segment, place) for p in products) for each in home)
                assert by_segment[segment.pk, place.pk].able == expected, (segment, place)


def test_sales_of_a_year_are_gathered_and_taken_back_ones_are_not(land: Tenant) -> None:
    with land.scope():
        city = Territory.objects.get(code="city")
        sme = Segment.objects.get(code="sme")
        customer = Customer.objects.create(code="C", name="C", segment=sme, territory=city)
        Credit.objects.bulk_create(
            [
                sale("m0", "vm", 1, customer=customer),
                sale("m0", "vm", 2, customer=customer),
                sale("m1", "vm", 3, territory=city),
                sale("m2", "vm", 4, customer=customer),
                sale("m2", "vm", 5, customer=customer, kind="return", sign=-1),
                sale("m3", "vm", 6, customer=customer, day=_today() - timedelta(days=400)),
                sale("m4", "vm", 7, customer=customer, kind="training"),
                sale("m7", "vm", 8, customer=customer),
            ]
        )
        gather(land.system)
        assert gather(land.system) == 3
        row = SoldWhere.objects.get(partner__code="m0")
        assert (row.lines, row.segment, row.territory, row.path) == (2, sme, city, city.path)
        vm = Product.objects.select_related("family").get(code="vm")
        north = Territory.objects.get(code="north")
        assert cells_by_territory(land.system, [vm], [north], _today())[vm.pk, north.pk].sell == 2
        assert cells_by_segment(land.system, [sme], [north], _today())[sme.pk, north.pk].sell == 1
        roles = cells_by_role(land.system, [vm], _today())
        assert [roles[vm.pk, role].sell for role in ("reseller", "msp")] == [2, 1]
    with land.scope(MANAGER):
        found = partners_at(land.actors[MANAGER], Spot(product=vm, territory=north), _today())
        assert {(each.code, each.able, each.sells) for each in found} == {
            ("m0", True, True), ("m1", False, True), ("m2", True, False), ("m3", True, False),
        }  # fmt: skip


def test_a_pam_sees_the_own_book_and_partners_nothing(land: Tenant) -> None:
    with land.scope("pam"):
        found = partners_at(land.actors["pam"], Spot(), _today())
        assert [each.code for each in found] == ["p1"]
    with land.scope("partner_owner@p1"), pytest.raises(Forbidden):
        partners_at(land.actors["partner_owner@p1"], Spot(), _today())


def test_the_map_leads_to_its_partners(land: Tenant) -> None:
    browser = land.client(MANAGER)
    for kind in ("product-role", "product-territory", "segment-territory"):
        page = browser.get(f"/coverage/?map={kind}")
        assert page.status_code == 200
        assert "/coverage/partners/?" in page.content.decode()
    assert "City" in browser.get("/coverage/?map=product-territory&territory=north").content.decode()
    listed = browser.get("/coverage/partners/?product=vm&territory=north").content.decode()
    assert "Partner m0" in listed
    assert "Partner m4" not in listed
    grid = browser.get("/coverage/?map=product-territory")
    links = grid.context["chart"].figure.data[0].meta["links"]
    assert [len(row) for row in links] == [len(row["cells"]) for row in grid.context["table"]]
    shown = [[cell["url"] for cell in row["cells"]] for row in grid.context["table"]]
    assert links == shown
    gaps = [cell for row in grid.context["table"] for cell in row["cells"] if cell["gap"]]
    assert gaps
    assert all(cell["scout"].replace("&", "&amp;") in grid.content.decode() for cell in gaps)
    assert "/scouting/new/" not in land.client("executive").get("/coverage/").content.decode()
    gap = "/scouting/new/?product=vm&amp;territory=north&amp;layer=cloud"
    assert gap in listed
    begun = browser.get(gap.replace("&amp;", "&"))
    assert begun.status_code == 200
    assert (
        land.client("executive").get("/coverage/partners/?product=vm").content.count(b"/scouting/new/") == 0
    )
    assert "Nobody is there" in browser.get("/coverage/partners/?product=waf&role=isv").content.decode()
    assert land.client("partner_owner@p1").get("/coverage/").status_code == 404
    assert land.client("support_agent").get("/coverage/").status_code == 403
