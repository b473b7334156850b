"""The pages of quotes: calculate, send, accept, read as PDF; strangers see nothing."""

from tests.deals.kit import draft
from tests.deals.test_quotes import shop  # noqa: F401  (the fixture)
from tests.kit.world import Tenant


def test_from_deal_to_acceptance(shop: Tenant) -> None:  # noqa: F811
    deal = draft(shop)
    owner = shop.client("partner_owner@p1")
    assert owner.get(f"/quotes/new/{deal.ref}/").status_code == 200
    assert owner.post(f"/quotes/new/{deal.ref}/", {"valid_until": "2000-01-01"}).status_code == 422
    made = owner.post(f"/quotes/new/{deal.ref}/", {"valid_until": "", "text": "For you"})
    assert made.status_code == 302
    page = owner.get(made["Location"]).content.decode()
    assert "Fiber_Deal" in page
    assert "900.00" in page
    assert "For you" in page
    assert "Volume" in page  # what it would earn
    number = made["Location"].rstrip("/").rpartition("/")[2]
    assert owner.post(f"/quotes/{number}/accept/").status_code == 302
    assert "cannot become" in owner.get(f"/quotes/{number}/").content.decode()
    owner.post(f"/quotes/{number}/send/")
    owner.post(f"/quotes/{number}/accept/")
    assert "Accepted" in owner.get(f"/quotes/{number}/").content.decode()
    pdf = owner.get(f"/quotes/{number}/pdf/?language=fa")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert number in owner.get("/quotes/?state=accepted&search=golden").content.decode()
    assert number in b"".join(owner.get("/quotes/?export=csv")).decode("utf-8-sig")
    other = shop.client("partner_owner@p2")
    assert other.get(f"/quotes/{number}/").status_code == 404
    assert other.get(f"/quotes/{number}/pdf/").status_code == 404
    assert number not in other.get("/quotes/").content.decode()
    assert other.get(f"/quotes/new/{deal.ref}/").status_code == 404
