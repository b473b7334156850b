"""Programmes in the portal and the API: built, joined, watched; and who sees what."""

from decimal import Decimal

from django.utils import timezone

from performance.models import Kpi
from programs.models import Enrolment, Programme, Requirement, Tier, TierException
from programs.programmes import add_tier
from tests.api.kit import caller
from tests.kit.world import Tenant
from tests.programs.kit import ask, join, monthly, night, programme, sold


def page(client: object, address: str) -> str:
    text: str = client.get(address).content.decode()  # type: ignore[attr-defined]
    return text


def test_a_manager_builds_a_programme_with_forms(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    with alpha.scope():
        monthly()
    answer = client.post(
        "/tiers/programmes/new/",
        {
            "code": "channel",
            "name_en": "Channel",
            "promotion": "at_once",
            "review_period": "year",
            "active": "on",
        },
    )
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/tiers/channel/")
    for code in ("bronze", "gold"):
        client.post("/tiers/channel/new-tier/", {"code": code, "name_en": code.title()})
    with alpha.scope():
        gold = Tier.objects.get(code="gold").pk
    group = client.post(f"/tiers/levels/{gold}/ask/", {"asks": "any"})
    assert group.status_code == 302
    with alpha.scope():
        parent = Requirement.objects.get().pk
    wrong = client.post(
        f"/tiers/levels/{gold}/ask/?parent={parent}",
        {"asks": "kpi", "kpi": "sales", "window": "rolling", "values": "msp; 5"},
    )
    assert wrong.status_code == 422
    assert "role, layer, number" in wrong.content.decode()
    right = {
        "asks": "kpi",
        "kpi": "sales",
        "window": "rolling",
        "threshold": "۲۵۰۰",
        "values": "msp, cloud, 1000",
    }
    assert client.post(f"/tiers/levels/{gold}/ask/?parent={parent}", right).status_code == 302
    with alpha.scope():
        leaf = Requirement.objects.get(asks="kpi")
        assert (leaf.parent_id, leaf.threshold, leaf.values.get().value) == (parent, 2500, 1000)
    filled = page(client, f"/tiers/requirements/{leaf.pk}/change/")
    assert "msp, cloud, 1000" in filled
    assert 'value="2500"' in filled
    client.post(f"/tiers/levels/{gold}/give/", {"kind": "protection_days", "value": "120"})
    shown = page(client, "/tiers/channel/")
    assert "One of these" in shown
    assert "Protection of deals: 120 days" in shown
    assert "Managed service provider · Cloud" in shown
    client.post(f"/tiers/requirements/{parent}/remove/")
    with alpha.scope():
        assert not Requirement.objects.exists()


def test_templates_and_enrolment_by_filter(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    for wrong in ("0", "much"):
        assert client.post("/tiers/programmes/from/four/", {"unit": wrong}).status_code == 422
    assert client.post("/tiers/programmes/from/four/", {"unit": "۲۵۰۰"}).status_code == 302
    with alpha.scope():
        code = Programme.objects.get().code
        asked = Requirement.objects.filter(asks="kpi").order_by("tier__rank")
        assert list(asked.values_list("threshold", flat=True)) == [2_500, 10_000, 30_000]
        type(alpha.partners["p2"]).objects.filter(code="p2").update(roles=["msp"])
    assert client.post(f"/tiers/{code}/enrol/", {"partners": "p1, nobody"}).status_code == 422
    assert client.post(f"/tiers/{code}/enrol/", {"role": "msp"}).status_code == 302
    with alpha.scope():
        assert list(Enrolment.objects.values_list("partner__code", flat=True)) == ["p2"]
        assert Kpi.objects.filter(code="monthly_sales").exists()


def test_a_partner_sees_how_far_the_next_tier_is(alpha: Tenant) -> None:
    with alpha.scope():
        programme(alpha)
        sales = monthly()
        ask(alpha, "gold", asks="kpi", kpi="sales", threshold=50_000)
        ask(alpha, "gold", asks="certificates", threshold=2)
        join(alpha, "p1")
        sold(sales, alpha.partners["p1"], "2026-05", Decimal(16_000))
        night(alpha)
    owner = alpha.client("partner_owner@p1")
    assert owner.get("/tiers/mine/").headers["Location"] == "/tiers/partners/partners/p1/"
    shown = page(owner, "/tiers/partners/partners/p1/")
    assert "34,000" in shown
    assert "to Gold." in shown
    in_persian = alpha.client("partner_owner@p1", accept_language="fa").get("/tiers/partners/partners/p1/")
    assert "to Gold" not in in_persian.content.decode()
    assert "Take out of the programme" not in shown
    for stranger in ("partner_owner@p2",):
        assert alpha.client(stranger).get("/tiers/partners/partners/p1/").status_code == 404
    assert "Silver" in page(owner, "/tiers/of/p1/")


def test_who_is_at_risk_stands_on_the_list_of_the_pam(alpha: Tenant) -> None:
    with alpha.scope():
        programme(alpha)
        monthly()
        ask(alpha, "gold", asks="kpi", kpi="sales", threshold=50_000)
        join(alpha, "p1", "p2", at="gold")
        night(alpha)
    shown = page(alpha.client("pam"), "/tiers/")
    assert "Partner p1" in shown
    assert "Partner p2" not in shown
    assert "Partner p2" in page(alpha.client("programme_manager"), "/tiers/")


def test_an_exception_goes_from_the_pam_to_the_manager(alpha: Tenant) -> None:
    with alpha.scope():
        programme(alpha)
        join(alpha, "p1")
        row = Enrolment.objects.get()
    pam, manager = alpha.client("pam"), alpha.client("programme_manager")
    until = timezone.now().date().replace(day=28)
    until = until.replace(year=until.year + (until.month == 12), month=until.month % 12 + 1)
    address = f"/tiers/enrolments/{row.pk}/except/"
    assert pam.post(address, {"tier": "gold", "until": "2013-01-01", "reason": "New"}).status_code == 422
    assert pam.post(address, {"tier": "gold", "until": until.isoformat(), "reason": "New"}).status_code == 302
    with alpha.scope():
        asked = TierException.objects.get()
    assert pam.post(f"/tiers/exceptions/{asked.pk}/approve/").status_code == 403
    assert "New" in page(manager, "/tiers/exceptions/")
    assert manager.post(f"/tiers/exceptions/{asked.pk}/approve/").status_code == 302
    with alpha.scope():
        row.refresh_from_db()
        assert (row.tier.code, row.state) == ("gold", "exception")
    seen = page(pam, "/tiers/exceptions/")
    assert "Decided by" in seen
    assert "<bdi>programme_manager</bdi>" in seen
    (told,) = caller(alpha, "pam").get("programs/exceptions/").body["results"]
    assert (told["asked_by"], told["decided_by"]) == ("pam", "programme_manager")
    assert alpha.client("partner_owner@p1").get("/tiers/exceptions/").status_code in (403, 404)


def test_the_api_reads_and_writes_programmes(alpha: Tenant) -> None:
    manager = caller(alpha, "programme_manager", "programs:write")
    made = manager.post("programs/", {"code": "channel", "name": "Channel"})
    assert (made.status, made.body["main"]) == (201, True)
    with alpha.scope():
        add_tier(alpha.system, programme="channel", code="gold", name="Gold")
    refused = manager.post("programs/channel/enrol/", {"partners": ["p1", "nobody"]})
    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "partners")
    assert manager.post("programs/channel/enrol/", {"partners": ["p1", "p2"]}).body == {"enrolled": 2}
    assert manager.get("programs/channel/tiers/").body["results"][0]["code"] == "gold"
    owner = caller(alpha, "partner_owner@p1", "programs:read")
    found = owner.get("programs/standings/").body["results"]
    assert [(row["partner"], row["tier"]) for row in found] == [("p1", "gold")]
    assert owner.get(f"programs/standings/{found[0]['id']}/").body["evidence"] == []
    assert owner.post("programs/channel/evaluate/", {}).status == 403
    assert owner.get("programs/entitlements/p2/").status == 404
