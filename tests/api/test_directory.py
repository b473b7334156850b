"""The directory, specialisations and contracts over the API, each by those who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Family
from partners.contracts import services as contracts
from partners.models import ContractAcceptance
from programs.training.authoring import save_certification
from programs.training.certificates import enter_certificate
from programs.training.specialising import evaluate_specialisations
from tests.api.kit import caller
from tests.kit.world import Tenant

OWNER, RIVAL, MANAGER = "partner_owner@p1", "partner_owner@p2", "programme_manager"
WORDS = {"texts": {"en": "We build networks."}, "families": ["security"], "website": "https://a.example"}


@pytest.fixture
def town(alpha: Tenant) -> Tenant:
    with alpha.scope():
        Family.objects.create(code="security", name="Security", layer="security")
        p1 = alpha.partners["p1"]
        p1.names, p1.city, p1.layers, p1.legal_id = {"en": "Golden Gate"}, "Shiraz", ["security"], "SECRET"
        p1.save()
    return alpha


def test_from_the_words_of_a_partner_to_the_directory(town: Tenant) -> None:
    owner, rival, manager = (caller(town, who) for who in (OWNER, RIVAL, MANAGER))
    assert owner.post("listings/", {"texts": {}}).status == 400
    assert manager.post("listings/", WORDS).status == 403
    made = owner.post("listings/", WORDS)
    assert (made.status, made.body["state"], made.body["shown"]) == (201, "submitted", None)
    address = f"listings/{made.body['id']}"
    assert rival.get(f"{address}/").status == 404
    assert rival.get("directory/").body["results"] == []
    assert owner.post(f"{address}/approve/").status == 403
    assert manager.post(f"{address}/reject/", {"reason": ""}).status == 400
    assert caller(town, "pam").post(f"{address}/approve/").body["state"] == "approved"
    (entry,) = rival.get("directory/").body["results"]
    assert entry == rival.get("directory/golden-gate/").body
    assert (entry["slug"], entry["texts"], entry["tier"]) == ("golden-gate", WORDS["texts"], None)
    assert entry["families"] == [{"code": "security", "name": "Security", "names": {}}]
    assert "SECRET" not in str(entry)
    for query, count in {
        "layer=security": 1, "layer=cloud": 0, "city=Shiraz": 1, "family=security": 1, "family=x": 0,
        "search=golden": 1, "tier=gold": 0, "specialisation=x": 0, "role=reseller": 0,
    }.items():  # fmt: skip
        assert len(rival.get(f"directory/?{query}").body["results"]) == count, query
    assert rival.get("directory/nobody/").status == 404
    assert owner.post(f"{address}/withdraw/").body["state"] == "withdrawn"
    assert rival.get("directory/").body["results"] == []
    assert manager.get("listings/?state=withdrawn").body["count"] == 1
    assert caller(town, "partner_seller@p1").get("listings/").status == 403


def test_specialisations_are_written_and_who_holds_them_is_read(town: Tenant) -> None:
    manager, owner = caller(town, MANAGER), caller(town, OWNER)
    body: dict[str, Any] = {"code": "secure", "name": "Secure", "needs": {"a": 1}, "texts": {"en": "x"}}
    refused = manager.post("specialisations/", body)
    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "needs")
    with town.scope():
        save_certification(town.system, code="a", name="A")
    assert owner.post("specialisations/", body).status == 403
    made = manager.post("specialisations/", body)
    assert (made.status, made.body["needs"], made.body["least"]) == (201, {"a": 1}, None)
    assert manager.patch("specialisations/secure/", {"needs": {"a": 2}}).body["needs"] == {"a": 2}
    assert manager.patch("specialisations/secure/", {"needs": {"a": 1}}).status == 200
    with town.scope():
        enter_certificate(
            town.system,
            member_id=town.actors["partner_seller@p1"].membership_id or 0,
            certification="a",
            passed_on=timezone.now().date() - timedelta(days=1),
        )
        evaluate_specialisations(town.system)
    (held,) = owner.get("held-specialisations/").body["results"]
    assert (held["specialisation"], held["partner"], held["state"]) == ("secure", "p1", "held")
    assert held["evidence"][0]["measured"] == "1"
    assert caller(town, RIVAL).get("held-specialisations/").body["results"] == []
    assert manager.get("held-specialisations/?partner=p2").body["results"] == []


def test_a_named_person_accepts_the_text_that_was_read(town: Tenant) -> None:
    with town.scope():
        contract = contracts.save_contract(town.system, name="Frame contract")
        draft = contracts.draft_version(town.system, contract_id=contract.pk)
        contracts.write_version(town.system, version_id=draft.pk, texts={"en": "Be good."})
    owner = caller(town, OWNER)
    assert owner.get("contracts/").body["results"] == []
    assert owner.get(f"contracts/versions/{draft.pk}/").status == 404
    with town.scope():
        contracts.publish_version(town.system, version_id=draft.pk)
    (listed,) = owner.get("contracts/").body["results"]
    assert listed["versions"] == [draft.pk]
    version = owner.get(f"contracts/versions/{draft.pk}/").body
    assert version["texts"] == {"en": "Be good."}
    said = {"sha256": version["hashes"]["en"], "language": "en", "capacity": "Director"}
    address = f"contracts/versions/{draft.pk}"
    assert owner.post(f"{address}/accept/", said | {"sha256": "0" * 64}).status == 409
    assert caller(town, "partner_finance@p1").post(f"{address}/accept/", said).status == 403
    assert caller(town, MANAGER).post(f"{address}/accept/", said).status == 403
    made = owner.post(f"{address}/accept/", said)
    assert made.status == 201
    assert (made.body["person"], made.body["capacity"], made.body["partner"]) == (OWNER, "Director", "p1")
    assert made.body["address"] == "127.0.0.1"
    assert owner.post(f"{address}/accept/", said).status == 409
    paper = {"partner": "p2", "person": "Ada", "capacity": "Owner"}
    assert owner.post(f"{address}/record/", paper).status == 403
    noted = caller(town, MANAGER).post(f"{address}/record/", paper)
    assert (noted.status, noted.body["person"], noted.body["recorded_by"]) == (201, "Ada", MANAGER)
    with town.scope():
        assert ContractAcceptance.objects.count() == 2
