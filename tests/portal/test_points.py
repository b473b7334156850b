"""Pages of prices, points, benefits and budgets: who sees what, and what buttons do."""

from datetime import date
from decimal import Decimal

from incentives.accrual import evaluate_credits
from incentives.models import Accrual, Redemption, Reward
from tenancy.outbox import deliver
from tests.incentives.test_accruals import credit
from tests.incentives.test_discounts import discount, product
from tests.incentives.test_kinds import at, published
from tests.kit.world import Tenant


def filled(alpha: Tenant) -> None:
    with alpha.scope():
        published(alpha, "pts", "points", "amount / USD 10")
        published(alpha, "seat", "benefit", "2", valid_days=10)
        published(alpha, "fund", "mdf", "amount * 2%")
        evaluate_credits(alpha.system, [credit(alpha, "a", "1000").pk])


def test_from_the_catalogue_to_delivery(alpha: Tenant) -> None:
    filled(alpha)
    manager, owner = alpha.client("programme_manager"), alpha.client("partner_owner@p1")
    made = manager.post(
        "/rewards/catalogue/new/", {"code": "mug", "name_en": "Mug", "points": "۶۰", "active": "on"}
    )
    assert (made.status_code, made.headers.get("Location")) == (302, "/rewards/catalogue/")
    page = owner.get("/rewards/points/").content.decode()
    assert "Mug" in page
    assert "60 points" in page
    assert 'action="/rewards/points/mug/ask/"' in page
    assert owner.post("/rewards/points/mug/ask/", {"quantity": "2"}).status_code == 302
    assert "There are not enough points for this." in owner.get("/rewards/points/").content.decode()
    owner.post("/rewards/points/mug/ask/", {"quantity": "1"})
    with alpha.scope():
        row = Redemption.objects.get()
    assert alpha.client("partner_owner@p2").get(f"/rewards/exchanges/{row.pk}/").status_code == 404
    assert "/approve/" not in owner.get(f"/rewards/exchanges/{row.pk}/").content.decode()
    assert "Mug" in manager.get("/rewards/exchanges/").content.decode()
    assert (
        f"/rewards/exchanges/{row.pk}/approve/"
        in manager.get(f"/rewards/exchanges/{row.pk}/").content.decode()
    )
    manager.post(f"/rewards/exchanges/{row.pk}/refuse/")
    assert "Give a reason." in manager.get(f"/rewards/exchanges/{row.pk}/").content.decode()
    manager.post(f"/rewards/exchanges/{row.pk}/approve/")
    manager.post(f"/rewards/exchanges/{row.pk}/deliver/")
    assert "Delivered" in owner.get(f"/rewards/exchanges/{row.pk}/").content.decode()
    manager.post("/rewards/catalogue/mug/", {"name_en": "Mug", "points": "70"})
    with alpha.scope():
        assert (Reward.objects.get().points, Reward.objects.get().active) == (70, False)
    assert "Nothing in the catalogue yet" in owner.get("/rewards/points/").content.decode()


def test_benefits_and_funds_belong_to_their_partner(alpha: Tenant) -> None:
    filled(alpha)
    page = alpha.client("partner_owner@p1").get("/rewards/benefits/").content.decode()
    assert "Seat" in page
    assert "Expired" in page
    assert "USD\xa020.00" in page
    other = alpha.client("partner_owner@p2").get("/rewards/benefits/").content.decode()
    assert "No benefits yet" in other
    assert "Partner p1" in alpha.client("pam").get("/rewards/benefits/").content.decode()


def test_a_distributor_reads_whose_benefit_it_is(alpha: Tenant) -> None:
    filled(alpha)
    alone = alpha.client("partner_owner@p1").get("/rewards/benefits/").content.decode()
    assert alone.count('<td data-label="Partner"') == 0
    with alpha.scope():
        evaluate_credits(alpha.system, [credit(alpha, "b", "500", partner=alpha.partners["p1sub"]).pk])
    page = alpha.client("partner_owner@p1").get("/rewards/benefits/").content.decode()
    assert page.count('<td data-label="Partner" dir="auto">Partner p1sub</td>') >= 1


def test_points_are_no_earnings_and_open_as_points(alpha: Tenant) -> None:
    filled(alpha)
    owner = alpha.client("partner_owner@p1")
    with alpha.scope():
        row = Accrual.objects.get(version__scheme__code="pts")
    listed = owner.get("/rewards/").content.decode()
    assert "100 points" in listed
    page = owner.get(f"/rewards/accruals/{row.pk}/").content.decode()
    assert "100 points" in page
    assert "Added up again just now: equal" in page
    assert "100 points" in alpha.client("pam").get("/schemes/pts/").content.decode()


def test_a_price_with_reasons_and_rewards(alpha: Tenant) -> None:
    with alpha.scope():
        discount(alpha, "ten", "amount * 10%", 1)
        discount(alpha, "iot", "amount * 50%", 2, eligibility={"product_layers": ["iot"]})
        discount(alpha, "other", "amount * 50%", 3, eligibility={"partners": ["p2"]})
        published(alpha, "fee", "referral", "amount * 10%")
        product()
    owner = alpha.client("partner_seller@p1")
    assert owner.get("/prices/").status_code == 200
    page = owner.get("/prices/", {"product": "vm", "quantity": "2"}).content.decode()
    for text in (
        "USD\xa02,500.00",
        "USD\xa02,000.00",
        "USD\xa01,800.00",
        "USD\xa0180.00",
        "for every partner",
    ):
        assert text in page
    assert "Only for technology layer of the product: IoT." in page
    assert "OTHER" not in page
    assert owner.get("/prices/", {"product": "nothing"}).status_code == 422
    staff = alpha.client("pam")
    assert staff.get("/prices/", {"product": "vm", "partner": "p2"}).status_code == 422
    assert "OTHER" in staff.get("/prices/", {"product": "vm", "partner": "p1"}).content.decode()


def test_a_budget_that_is_reached_is_said_and_raised_by_a_second_person(alpha: Tenant) -> None:
    manager, finance = alpha.client("programme_manager"), alpha.client("channel_finance")
    form = {
        "code": "s", "name_en": "Fee", "kind": "referral", "payee": "partner", "period": "month", "starts": "2013-01-01",
        "rounding": "half_even", "mode": "expert", "formula": "amount * 10%", "budget": "100", "at_ceiling": "approval",
    }  # fmt: skip
    assert manager.post("/schemes/new/", form).status_code == 302
    assert manager.post("/schemes/s/publish/").status_code == 302
    with alpha.scope():
        deliver(alpha.system)
        evaluate_credits(alpha.system, [credit(alpha, "a", "1500", **at(date(2013, 2, 3))).pk])
        row = Accrual.objects.get()
    page = alpha.client("partner_owner@p1").get(f"/rewards/accruals/{row.pk}/").content.decode()
    assert "waits for the operator" in page
    assert "USD\xa050.00" in page
    assert "Budget reached" in alpha.client("partner_owner@p1").get("/rewards/").content.decode()
    assert "/schemes/s/budget/" in finance.get("/schemes/s/").content.decode()
    own = manager.post("/schemes/s/budget/", {"amount": "50", "reason": "x"})
    assert own.status_code == 403
    assert finance.post("/schemes/s/budget/", {"amount": "50", "reason": "Good"}).status_code == 302
    with alpha.scope():
        deliver(alpha.system)
        assert Accrual.objects.get().amount == Decimal(150)
    assert finance.get("/schemes/s/budget/").status_code == 404
