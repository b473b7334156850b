"""Pages from a draft to the partner's confirmation: simulate, approve, announce, confirm, what-if."""

import re
from decimal import Decimal
from typing import Any

from incentives.accrual import evaluate_periods
from incentives.models import Accrual, Acknowledgement, SchemeVersion, Simulation
from incentives.simulation.rules import trial_of
from incentives.simulation.running import run_simulation
from incentives.simulation.services import start_simulation
from performance.tasks import deliver_events
from tests.incentives.test_accruals import kpi, measured, published
from tests.incentives.test_approval import want_four_eyes
from tests.incentives.test_whatif import spiff
from tests.kit.world import Tenant
from tests.portal.test_formulas import make_sales
from tests.portal.test_schemes import FORM

OPEN_TO_ALL = FORM | {"only_roles": []}


def drafted(tenant: Tenant) -> Any:
    """A manager's client after saving a draft."""
    with tenant.scope():
        make_sales(tenant)
    client = tenant.client("programme_manager")
    assert client.post("/schemes/new/", OPEN_TO_ALL).status_code == 302
    return client


def newest_job(tenant: Tenant) -> int:
    with tenant.scope():
        job = Simulation.objects.order_by("-pk").first()
        assert job is not None
        return int(job.pk)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode().replace("\xa0", " ")))


def test_a_draft_is_simulated_and_compared(alpha: Tenant) -> None:
    client = drafted(alpha)
    page = client.get("/schemes/volume/simulate/").content.decode()
    assert page.count('name="periods"') == 13
    assert client.post("/schemes/volume/simulate/", {}).status_code == 422
    with alpha.scope():
        version = SchemeVersion.objects.select_related("scheme").get()
        manager = alpha.actors["programme_manager"]
        for periods in (["2013-Q1"], ["2013-Q1", "2012-Q4"]):
            start_simulation(
                manager, trial=trial_of(version), periods=periods, scheme=version.scheme, version=version
            )
    first, second = newest_job(alpha) - 1, newest_job(alpha)
    waiting = client.get(f"/simulations/{first}/").content.decode()
    assert f'hx-get="/simulations/{first}/state/"' in waiting
    for job in (first, second):
        run_simulation(alpha.system, job)
    assert (
        client.get(f"/simulations/{first}/state/", headers={"HX-Request": "true"}).headers["HX-Refresh"]
        == "true"
    )
    done = text_of(client.get(f"/simulations/{first}/"))
    assert "USD 200.00" in done
    assert "Partner p1" in done
    assert "Half" not in done
    listed = client.get("/simulations/").content.decode()
    assert listed.count('name="of"') == 2
    both = text_of(client.get(f"/simulations/compare/?of={second}&of={first}&of=99999&of=x"))
    assert both.count("USD 200.00") >= 4
    assert "Half of them get at least" in both
    assert "Nothing to compare" in text_of(client.get("/simulations/compare/"))
    sheet = b"".join(client.get(f"/simulations/{first}/?export=csv").streaming_content).decode()
    assert "Partner p1" in sheet
    losers = text_of(client.get(f"/simulations/{first}/?who=losers"))
    assert "Nothing matches these filters" in losers


def test_what_is_typed_is_simulated_without_saving(alpha: Tenant) -> None:
    client = drafted(alpha)
    typed = OPEN_TO_ALL | {
        "mode": "expert",
        "formula": "all: sales * 50%",
        "simulate_last": "3",
        "name_en": "",
    }
    answer = client.post("/simulations/typed/", typed)
    job = newest_job(alpha)
    assert f"/simulations/{job}/state/?inline=1" in answer.content.decode()
    with alpha.scope():
        found = Simulation.objects.get(pk=job)
        assert (found.rules["formula"], len(found.periods), found.baseline) == ("all: sales * 50%", 3, None)
        assert SchemeVersion.objects.get().formula.endswith("2%])")
    run_simulation(alpha.system, job)
    assert "Cost" in text_of(client.get(f"/simulations/{job}/state/?inline=1"))
    wrong = client.post("/simulations/typed/", typed | {"formula": "salse * 1%"})
    assert "There is no KPI called salse." in wrong.content.decode()
    wrong = client.post("/simulations/typed/", typed | {"budget": "much"})
    assert 'role="alert"' in wrong.content.decode()
    assert newest_job(alpha) == job
    client.post("/schemes/volume/publish/")
    client.post("/simulations/typed/?code=volume", typed)
    with alpha.scope():
        assert Simulation.objects.get(pk=newest_job(alpha)).baseline is not None


def test_a_simulation_can_be_stopped(alpha: Tenant) -> None:
    client = drafted(alpha)
    client.post("/simulations/typed/", OPEN_TO_ALL)
    job = newest_job(alpha)
    assert client.post(f"/simulations/{job}/cancel/").status_code == 302
    assert "It was stopped before its end" in text_of(client.get(f"/simulations/{job}/"))
    for name, status in (
        ("pam", 403),
        ("channel_finance", 200),
        ("executive", 403),
        ("partner_owner@p1", 404),
    ):
        assert alpha.client(name).get(f"/simulations/{job}/").status_code == status, name
    assert alpha.client("channel_finance").post(f"/simulations/{job}/cancel/").status_code == 403


def test_four_eyes_on_the_pages(alpha: Tenant) -> None:
    manager = drafted(alpha)
    with alpha.scope():
        want_four_eyes(alpha)
    finance = alpha.client("channel_finance")
    assert "A second person has to approve" in manager.get("/schemes/volume/publish/").content.decode()
    assert manager.post("/schemes/volume/publish/").status_code == 422
    page = "/schemes/volume/approval/"
    assert 'value="approve"' not in finance.get(page).content.decode()
    assert manager.post(page, {"do": "submit", "text": "Look at the second step."}).status_code == 302
    own = manager.get(page).content.decode()
    assert 'value="approve"' not in own
    assert "somebody else decides" in own
    assert manager.post(page, {"do": "approve"}).status_code == 403
    other = finance.get(page).content.decode()
    assert "Look at the second step." in other
    assert finance.post(page, {"do": "return", "text": ""}).status_code == 422
    assert finance.post(page, {"do": "return", "text": "Too much."}).status_code == 302
    assert "Too much." in manager.get(page).content.decode()
    manager.post(page, {"do": "submit"})
    assert finance.post(page, {"do": "approve"}).status_code == 302
    manager.post("/schemes/volume/change/", OPEN_TO_ALL | {"budget": "5"})
    assert "Withdrawn" in manager.get(page).content.decode()
    assert manager.post("/schemes/volume/publish/").status_code == 422
    manager.post(page, {"do": "submit"})
    finance.post(page, {"do": "approve"})
    assert manager.post("/schemes/volume/publish/").status_code == 302
    assert manager.get(page).status_code == 404
    for name in ("pam", "executive"):
        assert alpha.client(name).get(page).status_code == 403
    assert manager.post(page, {"do": "nonsense"}).status_code == 404


def test_a_partner_reads_what_changes_and_confirms(alpha: Tenant) -> None:
    manager = drafted(alpha)
    manager.post("/schemes/volume/publish/")
    amended = OPEN_TO_ALL | {"c0-step": ["1", "4"], "starts": "2190-01-01"}
    manager.post("/schemes/volume/change/", amended)
    draft = "/schemes/volume/versions/2/"
    owner, seller = alpha.client("partner_owner@p1"), alpha.client("partner_seller@p1")
    assert owner.get(draft).status_code == 404
    assert "This is a draft" in manager.get(draft).content.decode()
    manager.post("/schemes/volume/publish/")
    deliver_events(alpha.system)
    page = owner.get(draft).content.decode()
    assert "Rules that wait for your confirmation" in owner.get("/").content.decode()
    assert page.count("versus-changed") == 2
    assert "Budget" not in page
    assert "We know the rules" in page
    assert "We know the rules" not in seller.get(draft).content.decode()
    assert seller.post(f"{draft}confirm/").status_code == 403
    assert owner.post(f"{draft}confirm/").status_code == 302
    assert "confirmed these rules for your company" in owner.get(draft).content.decode()
    assert "Rules that wait for your confirmation" not in owner.get("/").content.decode()
    owner.post(f"{draft}confirm/")
    with alpha.scope():
        assert Acknowledgement.objects.count() == 1
    listed = text_of(manager.get(f"{draft}confirmations/"))
    assert "of 3 partners" in listed
    assert manager.post(f"{draft}remind/").status_code == 302
    assert "2 partners are reminded." in text_of(manager.get(f"{draft}confirmations/"))
    assert "Partner p2" not in text_of(alpha.client("pam").get(f"{draft}confirmations/"))
    assert alpha.client("pam").post(f"{draft}remind/").status_code == 403
    assert owner.get(f"{draft}confirmations/").status_code == 404


def earning(tenant: Tenant) -> int:
    with tenant.scope():
        sales, orders = kpi(), kpi("orders", measure="count")
        published(tenant, "all: sales * band(sales, [0 -> 1%, 10k -> 2%])\norders: orders * USD 3")
        evaluate_periods(tenant.system, [measured(tenant, sales, "9000"), measured(tenant, orders, "4")])
        return int(Accrual.objects.get(partner__code="p1", period="2013-Q1").pk)


def test_a_partner_plays_with_the_numbers(alpha: Tenant) -> None:
    address = f"/rewards/accruals/{earning(alpha)}/what-if/"
    owner = alpha.client("partner_owner@p1")
    page = text_of(owner.get(address))
    assert "USD 102.00" in page
    assert "What more brings" in page
    assert "USD 110.00" in page
    part = text_of(
        owner.get(address, {"more-sales": "۱۰۰۰", "more-orders": "2"}, headers={"HX-Request": "true"})
    )
    assert "USD 218.00" in part
    assert "USD 116.00 more than the USD 102.00 of now" in part
    plain = owner.get(address, {"more-sales": "1000"})
    assert "USD 212.00" in text_of(plain)
    assert 'value="1000"' in plain.content.decode()
    assert owner.get(address, {"more-sales": "lots"}).status_code == 422
    refused = text_of(owner.get(address, {"more-orders": "0.5"}, headers={"HX-Request": "true"}))
    assert "Only whole numbers count here." in refused
    assert alpha.client("pam").get(address).status_code == 200
    for name in ("partner_owner@p2", "partner_seller@p1"):
        assert alpha.client(name).get(address).status_code == 404, name
    assert alpha.client("partner_technician@p1").get(address).status_code == 403


def test_one_more_sale_of_a_product(alpha: Tenant) -> None:
    with alpha.scope():
        accrual = spiff(alpha)
    address = f"/rewards/accruals/{accrual.pk}/what-if/"
    seller = alpha.client("partner_seller@p1")
    page = seller.get(address).content.decode()
    assert "Firewall" in page
    assert "Machine" not in page
    part = seller.get(address, {"product": "fw", "amount": "1,000.00", "quantity": "2"})
    assert "USD 31.01" in text_of(part)
    assert seller.get(address, {"product": "none", "amount": "5"}).status_code == 422
    assert "USD 1.01" in text_of(seller.get(address, {"product": "fw", "amount": ""}))


def test_rules_that_begin_later_can_be_tried(alpha: Tenant) -> None:
    with alpha.scope():
        kpi()
        published(alpha, "all: sales * 10%")
    owner = alpha.client("partner_owner@p1")
    page = owner.get("/schemes/volume/versions/1/what-if/", {"more-sales": "55"})
    assert "USD 5.50" in text_of(page)
    assert alpha.client("pam").get("/schemes/volume/versions/1/what-if/").status_code == 404
    with alpha.scope():
        assert not Accrual.objects.filter(amount__gt=Decimal(0)).exists()
