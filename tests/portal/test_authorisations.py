"""The pages and calls around "may this partner sell this here?"."""

import re
from typing import Any

import pytest
from django.test import Client

from catalog.models import Family, Product, Segment
from programs.authorisations.services import add_authorisation
from programs.enums import Criterion
from programs.models import Authorisation, Worksheet
from tenancy.access import as_actor
from tenancy.enums import Audience
from tenancy.models import ApiToken
from tenancy.scope import scope
from tenancy.tokens import hash_secret
from tests.kit.world import Tenant

MANAGER = "programme_manager"
RULE: dict[str, Any] = {"effect": "allow", "layer": "core", "role": "reseller", "reason": "Chosen"}


@pytest.fixture
def shop(alpha: Tenant) -> Tenant:
    with alpha.scope():
        for code, layer in (("sim", "core"), ("vm", "cloud")):
            family = Family.objects.create(code=f"f-{code}", name=code, layer=layer)
            Product.objects.create(code=code, name=code.upper(), family=family)
        Segment.objects.create(code="key", name="Key accounts", key_account=True)
        alpha.partners["p1"].roles = ["reseller"]
        alpha.partners["p1"].save()
    return alpha


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_rule_is_added_read_and_ended(shop: Tenant) -> None:
    browser = shop.client(MANAGER)
    answer = browser.post("/authorisations/new/", RULE)
    assert answer.status_code == 302
    with shop.scope():
        rule = Authorisation.objects.get()
    assert answer["Location"] == f"/authorisations/{rule.pk}/"
    assert "In force" in text_of(browser.get("/authorisations/"))
    assert browser.get("/authorisations/?standing=over").content.count(b"row-title") == 0
    page = browser.post(f"/authorisations/{rule.pk}/", {"reason": ""})
    assert page.status_code == 422
    assert browser.post(f"/authorisations/{rule.pk}/", {"reason": "New terms"}).status_code == 302
    assert "New terms" in text_of(browser.get(f"/authorisations/{rule.pk}/"))


def test_a_wrong_rule_keeps_what_was_typed(shop: Tenant) -> None:
    page = shop.client(MANAGER).post("/authorisations/new/", RULE | {"product": "nothing", "layer": ""})
    assert page.status_code == 422
    assert "nothing" in text_of(page)
    assert 'value="Chosen"' in page.content.decode()


def test_only_managers_write_and_partners_do_not_read_the_list(shop: Tenant) -> None:
    assert shop.client("pam").get("/authorisations/new/").status_code == 403
    assert shop.client("pam").get("/authorisations/").status_code == 200
    assert shop.client("partner_owner@p1").get("/authorisations/").status_code == 404


def test_the_question_is_answered_with_its_reason(shop: Tenant) -> None:
    staff, owner = shop.client(MANAGER), shop.client("partner_owner@p1")
    asked = {"partner": "p1", "product": "sim"}
    assert "Core telecom is closed" in text_of(staff.get("/authorisations/ask/", asked))
    with shop.scope(MANAGER):
        add_authorisation(shop.actors[MANAGER], **RULE)
    assert "Authorised: Reseller" in text_of(staff.get("/authorisations/ask/", asked))
    page = text_of(owner.get("/authorisations/ask/"))
    assert "2 of 2 products" in page
    assert "Key accounts are closed" in text_of(owner.get("/authorisations/ask/?segment=key"))
    assert staff.get("/authorisations/ask/", {"partner": "nobody"}).status_code == 422


def test_a_partner_asks_for_itself_alone(shop: Tenant) -> None:
    with shop.scope(MANAGER):
        add_authorisation(shop.actors[MANAGER], effect="allow", partner="p2", layer="core")
    page = text_of(shop.client("partner_owner@p1").get("/authorisations/ask/?partner=p2&product=sim"))
    assert "Core telecom is closed" in page


def sheet(**more: Any) -> dict[str, Any]:
    figures = {f"{code}_{name}": "7" for code in Criterion.values for name in ("weight", "score")}
    return {"title": "SIM cards", "market_share": "41.5", "layer": "core", **figures, **more}


def test_a_worksheet_is_written_in_the_portal_and_its_author_cannot_decide(shop: Tenant) -> None:
    browser = shop.client(MANAGER)
    assert browser.post("/authorisations/worksheets/new/", sheet(layer="cloud")).status_code == 422
    assert browser.post("/authorisations/worksheets/new/", sheet(share_score="11")).status_code == 422
    answer = browser.post("/authorisations/worksheets/new/", sheet())
    assert answer.status_code == 302
    address = answer["Location"]
    page = text_of(browser.get(address))
    assert "70%" in page
    assert "somebody else decides" in page
    refused = browser.post(address, {"step": "open", "decision": "Yes"})
    assert refused.status_code == 422
    with shop.scope():
        Worksheet.objects.update(author=None)
    assert browser.post(address, {"step": "open", "decision": ""}).status_code == 422
    assert browser.post(address, {"step": "open", "decision": "We need reach."}).status_code == 302
    with shop.scope():
        assert Authorisation.objects.get().worksheet_id == Worksheet.objects.get().pk
    assert "We need reach." in text_of(browser.get(address))
    assert "Opened" in text_of(browser.get("/authorisations/worksheets/"))


def token(tenant: Tenant, who: str) -> Client:
    actor = tenant.actors[who]
    with scope(tenant.operator.pk, Audience.AUTH), as_actor(actor):
        ApiToken.objects.create(
            membership_id=actor.membership_id,
            name=who,
            prefix="shk",
            token_hash=hash_secret(who),
            scopes=["all"],
        )
    return tenant.client(authorization=f"Bearer {who}")


def test_the_api_lists_adds_ends_and_asks(shop: Tenant) -> None:
    staff, owner = token(shop, MANAGER), token(shop, "partner_owner@p1")

    def post(client: Client, path: str, body: Any) -> Any:
        return client.post(f"/api/v1/authorisations/{path}", body, content_type="application/json")

    added = post(staff, "", RULE)
    assert added.status_code == 201
    assert added.json()["state"] == "now"
    assert post(staff, "", RULE).status_code == 409
    wrong = post(staff, "", {"effect": "allow", "product": "none"}).json()
    assert wrong["errors"][0]["field"] == "product"
    assert post(owner, "", RULE).status_code == 403
    asked = post(owner, "ask/", {"product": "sim"}).json()
    assert asked == {"allowed": True, "reason": asked["reason"], "rule": added.json()["id"]}
    assert post(owner, "ask/", {"product": "sim", "partner": "p2"}).status_code == 400
    ended = post(staff, f"{added.json()['id']}/end/", {"reason": "over"})
    assert ended.json()["state"] == "over"
    assert not post(owner, "ask/", {"product": "sim"}).json()["allowed"]
    found = staff.get("/api/v1/authorisations/?state=over").json()
    assert [row["id"] for row in found["results"]] == [added.json()["id"]]
