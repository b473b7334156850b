"""Plans and reviews on the pages of both sides and in the API."""

from datetime import UTC, datetime

import pytest

from common.periods import Period, period_of
from performance.services import create_kpi
from performance.tasks import deliver_events
from programs.models import Objective, Plan
from tests.api.kit import caller
from tests.kit.world import Tenant


@pytest.fixture
def year(alpha: Tenant) -> Period:
    with alpha.scope():
        create_kpi(
            alpha.system, code="sales", name="Sales", measure="sum_amount", period="quarter", filters={}
        )
    deliver_events(alpha.system)
    return period_of(datetime.now(UTC).date(), "year", alpha.operator.days)


def test_a_plan_is_drawn_up_and_signed_on_its_page(alpha: Tenant, year: Period) -> None:
    pam, owner = alpha.client("pam"), alpha.client("partner_owner@p1")
    made = pam.post("/plans/new/", {"partner": "p1", "year": year.code, "title": "Our year", "filled": "on"})
    assert made.status_code == 302, made.content.decode()
    page = made.headers["Location"]
    assert owner.get(page).status_code == 404
    assert (
        pam.post(
            f"{page}change/", {"title": "Our year", "threats": "A rival", "accounts": "Bank\n\nMill"}
        ).status_code
        == 302
    )
    with alpha.scope():
        rows = list(Objective.objects.order_by("position"))
    for row in rows:
        form = {
            "title": row.title,
            "weight": str(row.weight),
            "kpi": "sales" if row.kpi_id else "",
            f"target_{year.code}-Q4": "۱۰",
        }
        answer = pam.post(f"{page}objectives/{row.pk}/", form)
        assert answer.status_code == 302, answer.content.decode()
    bare = pam.post(f"{page}objectives/new/", {"title": "More", "weight": "5"})
    assert bare.status_code == 422
    assert pam.post(f"{page}share/").status_code == 302
    assert pam.post(f"{page}ask/").status_code == 302
    seen = owner.get(page).content.decode()
    for piece in ("A rival", '<li dir="auto">Mill</li>', "Read and sign", "Send a forecast each quarter"):
        assert piece in seen, piece
    digest = seen.split('name="digest" value="')[1].split('"')[0]
    for client in (owner, pam):
        assert client.post(f"{page}sign/", {"digest": digest}).status_code == 302
    deliver_events(alpha.system)
    signed = owner.get(f"{page}versions/1/").content.decode()
    assert "Unchanged since it was signed" in signed
    assert digest in signed
    assert alpha.client("partner_owner@p2").get(f"{page}versions/1/").status_code == 404
    assert "Amend" in pam.get(page).content.decode()
    assert "Our year" in pam.get("/plans/").content.decode()


def test_a_review_is_prepared_held_and_read_as_pdf(alpha: Tenant, year: Period) -> None:
    pam, owner = alpha.client("pam"), alpha.client("partner_owner@p1")
    quarter = period_of(datetime.now(UTC).date(), "quarter", alpha.operator.days).code
    today = datetime.now(UTC).date().isoformat()
    made = pam.post("/reviews/new/", {"partner": "p1", "period": quarter, "planned_on": today})
    assert made.status_code == 302, made.content.decode()
    page = made.headers["Location"]
    assert owner.get(f"{page}pack/").status_code == 302
    assert pam.post(f"{page}prepare/").status_code == 302
    file = owner.get(f"{page}pack/?language=fa")
    assert (file.headers["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    assert alpha.client("partner_owner@p2").get(f"{page}pack/").status_code == 404
    assert pam.post(f"{page}held/", {"held_on": today, "minutes": "All well."}).status_code == 302
    assert (
        pam.post(f"{page}actions/new/", {"title": "Call", "side": "partner", "due_on": today}).status_code
        == 302
    )
    assert pam.post(f"{page}agree/").status_code == 302
    seen = owner.get(page).content.decode()
    assert "All well." in seen
    assert "/tasks/" in seen
    assert owner.post(f"{page}close/").status_code == 404
    assert pam.post(f"{page}close/").status_code == 302


def test_the_api_draws_up_and_signs(alpha: Tenant, year: Period) -> None:
    pam, owner = caller(alpha, "pam"), caller(alpha, "partner_owner@p1", "plans:write", "reviews:read")
    objective = {
        "title": "Sales",
        "kpi": "sales",
        "weight": 100,
        "targets": [{"period": f"{year.code}-Q4", "target": "50"}],
    }
    sides = [
        {"side": side, "title": "Do it", "due_on": year.last_day.isoformat()}
        for side in ("operator", "partner")
    ]
    body = {
        "partner": "p1",
        "year": year.code,
        "title": "Year",
        "objectives": [objective],
        "commitments": sides,
    }
    made = pam.post("plans/", body)
    assert made.status == 201, made.body
    one = f"plans/{made.body['id']}/"
    assert owner.get(one).status == 404
    assert pam.post(f"{one}share/").body["state"] == "shared"
    assert pam.post(f"{one}ask/").body["state"] == "in_agreement"
    assert owner.post(f"{one}sign/", {"digest": "x"}).status == 409
    digest = owner.get(one).body["digest"]
    assert owner.post(f"{one}sign/", {"digest": digest}).body["partner_signed_by"] == "partner_owner@p1"
    assert pam.post(f"{one}sign/", {"digest": digest}).body["state"] == "signed"
    assert owner.post(f"{one}amend/", {"reason": "x"}).status == 403
    assert caller(alpha, "partner_owner@p2").get("plans/").body["count"] == 0
    quarter = period_of(datetime.now(UTC).date(), "quarter", alpha.operator.days)
    planned = pam.post(
        "reviews/", {"partner": "p1", "period": quarter.code, "planned_on": quarter.last_day.isoformat()}
    )
    assert planned.status == 201
    review = f"reviews/{planned.body['id']}/"
    assert owner.get(f"{review}pack/").status == 409
    assert pam.post(f"{review}prepare/").body["state"] == "prepared"
    assert owner.get(f"{review}pack/?language=ar").content.startswith(b"%PDF-")
    with alpha.scope():
        assert Plan.objects.get().version == 1
