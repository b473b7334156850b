"""Programmes over the API: what tiers ask and give, who is in, what evaluating found, what a partner is entitled to."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from programs.benefits import save_benefit
from programs.programmes import add_tier
from tests.api.kit import caller
from tests.kit.world import Tenant
from tests.programs import kit


def test_from_a_new_programme_to_what_a_partner_is_entitled_to(alpha: Tenant) -> None:
    manager, owner, rival = (
        caller(alpha, who) for who in ("programme_manager", "partner_owner@p1", "partner_owner@p2")
    )
    assert owner.post("programs/", {"code": "club", "name": "Club"}).status == 403
    assert manager.post("programs/", {"code": "club", "name": "Club"}).status == 201
    with alpha.scope():
        for code in ("silver", "gold"):
            add_tier(alpha.system, programme="club", code=code, name=code.title())
        kpi = kit.monthly()
        wanted = kit.ask(alpha, "gold", asks="kpi", kpi="sales", threshold=100)
        save_benefit(alpha.system, tier_id=kit.tier("gold").pk, kind="protection_days", value=Decimal(120))
        last = timezone.now().date().replace(day=1) - timedelta(days=1)
        kit.sold(kpi, alpha.partners["p1"], f"{last:%Y-%m}", 150)
    tiers = owner.get("programs/club/tiers/").body
    assert [(row["code"], row["rank"]) for row in tiers["results"]] == [("silver", 1), ("gold", 2)]
    gold = tiers["results"][1]
    assert [(row["id"], row["kpi"], row["threshold"]) for row in gold["requirements"]] == [
        (wanted, "sales", "100.000000")
    ]
    assert [(row["kind"], row["value"]) for row in gold["benefits"]] == [("protection_days", "120.0000")]
    assert manager.post("programs/club/enrol/", {"partners": ["p1", "nobody"]}).status == 400
    assert manager.post("programs/club/enrol/", {"partners": ["p1"]}).body == {"enrolled": 1}
    assert manager.post("programs/club/evaluate/", {}).body["partners"] == 1
    (standing,) = owner.get("programs/standings/").body["results"]
    assert (standing["partner"], standing["programme"], standing["tier"]) == ("p1", "club", "gold")
    (evidence,) = owner.get(f"programs/standings/{standing['id']}/").body["evidence"]
    assert (evidence["requirement"], evidence["met"], evidence["measured"]) == (
        wanted,
        True,
        "150.000000000000",
    )
    entitled = owner.get("programs/entitlements/p1/").body["results"]
    assert [(row["kind"], row["value"], row["tier"]) for row in entitled] == [
        ("protection_days", "120.0000", "gold")
    ]
    assert rival.get("programs/standings/").body["results"] == []
    assert rival.get(f"programs/standings/{standing['id']}/").status == 404
    assert rival.get("programs/entitlements/p1/").status == 404
