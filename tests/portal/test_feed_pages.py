"""Transactions and the feed: own lines only, pages by place, what waits and what was refused."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from performance.models import Intake
from tests.kit.world import Tenant
from tests.portal import selling


def test_transactions_page_by_place_without_gaps(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell_many(alpha, [selling.line(alpha, f"n{n:03d}", "10") for n in range(120)])
    for name in ("partner_owner@p1", "programme_manager"):
        client, seen, query = alpha.client(name), [], ""
        for _page in range(3):
            page = client.get(f"/transactions/?{query}").content.decode()
            seen += re.findall(r">(n\d\d\d)<", page)  # not the random text of a nonce
            older = re.search(r'rel="next" href="\?[^"]*before=([\d.-]+)"', page)
            query = f"before={older[1]}" if older else ""
        assert sorted(seen) == [f"n{n:03d}" for n in range(120)], name
        assert query == "", name


def test_every_way_in_has_a_name(alpha: Tenant) -> None:
    """The names in the code are for nobody's eyes."""
    ways = {"api": "API", "file": "فایل", "deals": "معامله‌های برنده", "facts": "رویدادهای پورتال"}
    with alpha.scope():
        for way in ways:
            Intake.objects.create(channel=way)
    client = alpha.client("programme_manager")
    client.cookies["django_language"] = "fa"
    page = client.get("/feed/").content.decode()
    shown = re.findall(r"<td[^>]*>\s*([^<]+?)\s*</td>", page)
    assert set(ways.values()) <= set(shown), shown
    assert not set(ways) & set(shown)


def test_everybody_sees_the_own_lines(alpha: Tenant, beta: Tenant) -> None:
    selling.open_channel(alpha)
    selling.open_channel(beta)
    selling.sell(alpha, "ref-own", "10")
    selling.sell(alpha, "ref-colleague", "10", rep="p1-x")
    selling.sell(alpha, "ref-other", "10", partner="p2")
    selling.sell(beta, "ref-foreign", "10")
    expected = {
        "partner_owner@p1": {"ref-own", "ref-colleague"},
        "partner_seller@p1": {"ref-own"},
        "partner_owner@p2": {"ref-other"},
        "pam": {"ref-own", "ref-colleague"},
        "programme_manager": {"ref-own", "ref-colleague", "ref-other"},
    }
    for name, references in expected.items():
        client = alpha.client(name)
        page = client.get("/transactions/").content.decode()
        assert set(re.findall(r"ref-[a-z]+", page)) == references, name
        csv = b"".join(client.get("/transactions/?export=csv")).decode()
        assert set(re.findall(r"ref-[a-z]+", csv)) == references, name
    for name in ("partner_technician@p1", "support_agent", "direct_seller"):
        assert alpha.client(name).get("/transactions/").status_code == 403, name


def test_filters_narrow_and_a_wrong_one_hurts_nobody(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "ref-a", "10")
    selling.sell(alpha, "ref-b", "10", product="cloud-1", kind="renewal")
    selling.sell(alpha, "ref-c", "10", occurred_at=selling.last_quarter(alpha).isoformat())
    selling.sell(alpha, "ref-d", "10", partner="p2")
    client = alpha.client("programme_manager")
    quarter = selling.running_quarter(alpha)
    for query, references in (
        ("kind=renewal", {"ref-b"}),
        ("product=cloud-1", {"ref-b"}),
        (f"period={quarter}", {"ref-a", "ref-b", "ref-d"}),
        (f"period={quarter}&partner=p2", {"ref-d"}),
        ("source=nowhere", set()),
        ("partner=nobody&before=x.y&period=13", {"ref-a", "ref-b", "ref-c", "ref-d"}),
    ):
        page = client.get(f"/transactions/?{query}").content.decode()
        assert set(re.findall(r"ref-[a-z]", page)) == references, query
    assert client.get("/transactions/?export=exe").status_code == 404


def test_the_feed_says_what_is_missing_and_what_was_refused(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "ref-waiting", "10", product="unknown-1")
    selling.sell(alpha, "wrong", "ten")
    client = alpha.client("programme_manager")
    feed = client.get("/feed/").content.decode()
    assert "everything is counted" in feed
    unresolved = client.get("/feed/unresolved/").content.decode()
    assert "ref-waiting" in unresolved
    assert "/products/new/?code=unknown-1" in unresolved
    assert 'value="unknown-1"' in client.get("/products/new/?code=unknown-1").content.decode()
    assert client.get("/feed/unresolved/?search=nothing").content.decode().count("ref-waiting") == 0
    refused = client.get("/feed/refused/").content.decode()
    assert "&quot;ten&quot;" in refused or "ten" in refused
    reader = alpha.client("executive").get("/feed/unresolved/").content.decode()
    assert "/products/new/" not in reader
    tag = client.get("/feed/live/").headers["ETag"]
    assert client.get("/feed/live/", headers={"If-None-Match": tag}).status_code == 304
    for name in ("pam", "partner_owner@p1", "support_agent"):
        for address in ("/feed/", "/feed/live/", "/feed/unresolved/", "/feed/refused/"):
            assert alpha.client(name).get(address).status_code == 403, (name, address)


def test_lists_cost_the_same_for_many_lines(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    client = alpha.client("programme_manager")
    client.get("/transactions/")
    counts: dict[str, set[int]] = {"/transactions/": set(), "/feed/": set(), "/feed/refused/": set()}
    for size in (1, 20):
        lines = [selling.line(alpha, f"{size}-{n}", "10") for n in range(size)]
        selling.sell_many(alpha, lines + [selling.line(alpha, f"x{size}-{n}", "x") for n in range(size)])
        for address, found in counts.items():
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            found.add(len(queries))
    assert {address: len(found) for address, found in counts.items()} == dict.fromkeys(counts, 1)
