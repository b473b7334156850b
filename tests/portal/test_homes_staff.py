"""The homes of the operator's people: the channel's cost, the book, and an honest start for everybody else."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incentives.models import Accrual
from performance.services import set_target
from tests.kit.world import Tenant
from tests.portal import selling
from tests.programs.kit import gold_in_two_languages


@pytest.fixture
def channel(alpha: Tenant) -> Tenant:
    """Sales of two partners in the running quarter, and of one in the last."""
    alpha.partners["p1"].tier = "gold"
    with alpha.scope():
        alpha.partners["p1"].save()
    selling.open_channel(alpha)
    last = selling.last_quarter(alpha).isoformat()
    selling.sell(alpha, "old", "4000", partner="p2", occurred_at=last)
    selling.sell(alpha, "a", "8000")
    selling.sell(alpha, "b", "1000", partner="p2")
    return alpha


def test_the_operator_sees_cost_by_scheme_and_who_moved(channel: Tenant) -> None:
    with channel.scope():
        volume = Accrual.objects.filter(
            version__scheme__code="volume", period=selling.running_quarter(channel), amount__gt=0
        )
        assert sorted(row.amount for row in volume) == [10, 80]
    for name in ("programme_manager", "channel_finance", "executive"):
        page = channel.client(name).get("/").content.decode()
        assert "USD\u00a090.00" in page, name
        assert "Gold" in page
        rising, falling = page.split("Behind the pace of the last period")
        assert "Partner p1" in rising.split("Ahead of the pace of the last period")[1]
        assert "Waiting to be counted" in falling


def test_cost_by_tier_uses_the_tiers_names(channel: Tenant) -> None:
    with channel.scope():
        gold_in_two_languages()
    client = channel.client("executive")
    client.cookies["django_language"] = "fa"
    page = client.get("/").content.decode()
    assert "طلایی" in page
    assert "Gold" not in page


def test_a_pam_sees_the_own_book_with_targets(channel: Tenant) -> None:
    quarter = selling.running_quarter(channel)
    with channel.scope():
        set_target(channel.system, kpi="sales", period=quarter, partner="p1", value="16000")
    page = channel.client("pam").get("/").content.decode()
    assert "Partner p1" in page
    assert "Partner p2" not in page
    assert re.search(r'<bdi class="num" dir="ltr">50%</bdi>\s*of the target', page)
    assert channel.client("pam").get("/feed/").status_code == 403


def test_those_without_figures_get_ways_that_lead_somewhere(channel: Tenant) -> None:
    for name in ("support_agent", "direct_seller", "partner_technician@p1"):
        client = channel.client(name)
        page = client.get("/").content.decode()
        assert "USD" not in page, name
        doors = re.findall(r'<li><a href="(/[^"]+)"', page.split('class="doors"')[1])
        assert doors, name
        for address in doors:
            assert client.get(address).status_code == 200, (name, address)


def test_staff_homes_cost_the_same_for_many_lines_and_partners(channel: Tenant) -> None:
    for name in ("programme_manager", "pam"):
        client = channel.client(name)
        counts = []
        for size in (1, 15):
            client.get("/")
            with CaptureQueriesContext(connection) as queries:
                client.get("/")
            counts.append(len(queries))
            lines = [selling.line(channel, f"{name}{size}{n}", "10", "p2") for n in range(size)]
            selling.sell_many(
                channel, [*lines, selling.line(channel, f"{name}{size}", "5", "p1sub", rep="p1-r")]
            )
        assert counts[0] == counts[1], name
