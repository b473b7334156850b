"""The home of a partner: its own figures as the database has them, moving by themselves, at a constant price."""

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from formula.types import COUNT, NUMBER, Type
from incentives.models import Accrual
from portal.homes.words import down, up
from tests.kit.world import Tenant
from tests.portal import selling


def test_the_home_shows_what_was_earned_and_what_comes_next(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "a", "8000")
    with alpha.scope():
        earned = Accrual.objects.get(version__scheme__code="volume", partner__code="p1", amount__gt=0)
        assert earned.amount == 80
    page = alpha.client("partner_owner@p1").get("/").content.decode()
    assert "USD\u00a080.00" in page
    assert f"/rewards/accruals/{earned.pk}/" in page
    assert "USD\u00a02,000.00\u2069 more in \u2068Sales\u2069 brings you to \u20682%\u2069 and adds" in page
    assert "Security one" in page
    assert "Customer One" in page
    assert "Your sellers earn" in page


def test_each_company_and_each_seller_sees_the_own_figures(alpha: Tenant, beta: Tenant) -> None:
    selling.open_channel(alpha)
    selling.open_channel(beta)
    selling.sell(alpha, "a", "8000")
    selling.sell(alpha, "b", "3000", rep="p1-x", product="cloud-1")
    selling.sell(beta, "c", "777000")
    stranger = alpha.client("partner_owner@p2").get("/").content.decode()
    assert "Security one" not in stranger
    assert "Nothing earned in the running period yet" in stranger
    seller = alpha.client("partner_seller@p1").get("/").content.decode()
    assert "Security one" in seller
    assert "Cloud one" not in seller
    assert "USD\u00a0120.00" in seller
    assert "Volume rebate" not in seller
    assert "777,000" not in alpha.client("partner_owner@p1").get("/").content.decode()


def test_the_live_part_is_fetched_once_per_change(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "a", "8000")
    client = alpha.client("partner_owner@p1")
    first = client.get("/home/live/")
    tag = first.headers["ETag"]
    assert "USD\u00a080.00" in first.content.decode()
    assert client.get("/home/live/", headers={"If-None-Match": tag}).status_code == 304
    selling.sell(alpha, "z", "9000", partner="p2")
    assert client.get("/home/live/", headers={"If-None-Match": tag}).status_code == 304
    selling.sell(alpha, "b", "100")
    again = client.get("/home/live/", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert "USD\u00a081.00" in again.content.decode()
    assert again.headers["ETag"] != tag
    assert alpha.client("pam").get("/home/live/").status_code == 404


def test_a_technician_sees_no_money(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "a", "8000")
    client = alpha.client("partner_technician@p1")
    assert "USD" not in client.get("/").content.decode()
    assert client.get("/home/live/").status_code == 403
    assert client.get("/home/mix/").status_code == 403
    assert client.get("/home/trend/").status_code == 403


def test_the_trend_has_the_periods_with_a_table_behind(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "a", "8000")
    selling.sell(alpha, "old", "5000", occurred_at=selling.last_quarter(alpha).isoformat())
    page = alpha.client("partner_owner@p1").get("/home/trend/").content.decode()
    assert '<td class="num">USD\u00a080.00</td>' in page
    assert '<td class="num">USD\u00a050.00</td>' in page
    assert '"legend"' not in page  # charts.js puts it above the bars, where no label is
    assert "Nothing earned yet" in alpha.client("partner_owner@p2").get("/home/trend/").content.decode()


def test_the_mix_adds_up_the_period_by_family(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "a", "8000")
    selling.sell(alpha, "b", "3000", product="cloud-1")
    selling.sell(alpha, "c", "500", product="cloud-1", occurred_at=selling.last_quarter(alpha).isoformat())
    page = alpha.client("partner_owner@p1").get("/home/mix/").content.decode()
    assert "USD\u00a08,000.00" in page
    assert "USD\u00a03,000.00" in page
    assert "USD\u00a03,500.00" not in page


def test_the_home_needs_as_many_queries_for_many_lines_as_for_few(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    client = alpha.client("partner_owner@p1")
    counts = []
    for size in (1, 30):
        selling.sell_many(alpha, [selling.line(alpha, f"{size}-{n}", "100") for n in range(size)])
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_live_part_comes_in_two_halves(alpha: Tenant) -> None:
    client = alpha.client("partner_owner@p1")
    whole, hero = client.get("/home/live/").content, client.get("/home/live/?part=hero").content
    rest = client.get("/home/live/?part=rest").content
    assert b"home-hero" in hero
    assert b"home-hero" not in rest
    assert b"home-newest" in rest
    assert len(hero) + len(rest) <= len(whole) + 10


def test_an_end_of_a_bar_has_no_more_digits_than_its_threshold() -> None:
    score = Decimal("3.983051")
    assert (down(score, NUMBER), up(4 - score, NUMBER)) == (Decimal("3.98"), Decimal("0.02"))
    assert (down(Decimal("7.5"), COUNT), up(Decimal("7.5"), COUNT)) == (Decimal(7), Decimal(8))
    assert down(Decimal("12.349"), Type("money", "USD")) == Decimal("12.34")
