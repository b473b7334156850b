"""Goals on the pages of both sides and in the API."""

import pytest

from performance.services import create_kpi
from performance.tasks import deliver_events
from programs.models import Goal
from tests.api.kit import caller
from tests.kit.world import Tenant

FORM = {
    "partner": "p1",
    "kpi": "sales",
    "basis": "absolute",
    "target": "۱۲٬۰۰۰",
    "send": "on",
    "text": "As in May.",
}


@pytest.fixture
def period(alpha: Tenant) -> str:
    """The running quarter."""
    with alpha.scope():
        create_kpi(
            alpha.system, code="sales", name="Sales", measure="sum_amount", period="quarter", filters={}
        )
    deliver_events(alpha.system)
    page = alpha.client("pam").get("/goals/new/").content.decode()
    return page.split('<optgroup label="Quarter">')[1].split('value="')[1].split('"')[0]


def test_a_goal_goes_from_one_side_to_the_other(alpha: Tenant, period: str) -> None:
    pam, owner = alpha.client("pam"), alpha.client("partner_owner@p1")
    refused = pam.post(
        "/goals/new/", FORM | {"period": period, "basis": "growth", "growth": "10", "target": ""}
    )
    assert refused.status_code == 422
    assert "nothing to grow from" in refused.content.decode()
    assert "As in May." in refused.content.decode()
    answer = pam.post("/goals/new/", FORM | {"period": period})
    assert answer.status_code == 302, answer.content.decode()
    page = answer.headers["Location"]
    deliver_events(alpha.system)
    assert "Take the offer back" in pam.get(page).content.decode()
    assert f"{page}counter/" in owner.get(page).content.decode()
    assert owner.post(f"{page}counter/", {"basis": "absolute", "target": "10000"}).status_code == 302
    assert pam.post(f"{page}agree/").status_code == 302
    deliver_events(alpha.system)
    seen = owner.get(page).content.decode()
    for piece in ("USD\u00a010,000.00", "USD\u00a012,000.00", "Agreed by", f"{page}revise/"):
        assert piece in seen, piece
    assert f"{page}agree/" not in seen
    listed = pam.get("/goals/").content.decode()
    assert "USD\u00a010,000.00" in listed
    assert "10000" in b"".join(pam.get("/goals/?export=csv")).decode()
    bare = pam.post(f"{page}revise/", {"basis": "absolute", "target": "9000"})
    assert bare.status_code == 422


def test_the_filter_asks_what_waits_for_an_answer(alpha: Tenant, period: str) -> None:
    client = alpha.client("pam")
    here = client.post("/goals/new/", FORM | {"period": period}).headers["Location"]
    pages = {
        value: client.get(f"/goals/?waiting={value}").content.decode() for value in ("", "true", "false")
    }
    assert (here in pages[""], here in pages["true"], here in pages["false"]) == (True, True, False)
    assert "Unknown" not in pages[""]


def test_goals_of_others_do_not_exist(alpha: Tenant, beta: Tenant, period: str) -> None:
    page = alpha.client("pam").post("/goals/new/", FORM | {"period": period}).headers["Location"]
    for name, status in (("partner_owner@p2", 404), ("partner_seller@p1", 403), ("executive", 200)):
        assert alpha.client(name).get(page).status_code == status, name
    assert alpha.client("executive").post(f"{page}agree/").status_code == 403
    assert beta.client("programme_manager").get(page).status_code == 404


def test_the_api_does_what_the_pages_do(alpha: Tenant, period: str) -> None:
    pam, owner = caller(alpha, "pam"), caller(alpha, "partner_owner@p1", "goals:write")
    body = {"partner": "p1", "kpi": "sales", "period": period, "target": "1000"}
    made = pam.post("goals/", body)
    assert (made.status, made.body["state"]) == (201, "draft")
    one = f"goals/{made.body['id']}/"
    assert owner.get(one).status == 404
    assert pam.post(f"{one}propose/").body["state"] == "proposed"
    assert owner.post(f"{one}counter/", {"target": "900.5"}).body["target"] == "900.5"
    assert owner.post(f"{one}agree/").status == 409
    agreed = pam.post(f"{one}agree/").body
    assert (agreed["agreed_target"], agreed["agreed_by"], agreed["attainment"]) == ("900.5", "pam", "0")
    asked = owner.post(f"{one}revise/", {"target": "800"})
    assert (asked.status, asked.body["errors"][0]["field"]) == (400, "reason")
    assert owner.post(f"{one}revise/", {"target": "800", "reason": "Less stock."}).body["state"] == "revised"
    assert pam.post(f"{one}refuse/", {"reason": "No."}).body["state"] == "agreed"
    lines = pam.get(f"{one}offers/").body["results"]
    assert [each["state"] for each in lines] == ["proposed", "countered", "agreed", "revised"]
    assert caller(alpha, "partner_owner@p2").get("goals/").body["count"] == 0
    with alpha.scope():
        assert Goal.objects.get().agreed_target == 900.5
