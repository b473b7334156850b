"""Earnings: lists per audience, and amounts that open down to their transactions."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from incentives.models import Accrual
from performance.counting.behind import credits_behind
from performance.models import Kpi
from tests.kit.world import Tenant
from tests.portal import selling


def accrual(tenant: Tenant, scheme: str, partner: str = "p1") -> Accrual:
    with tenant.scope():
        found: Accrual = Accrual.objects.get(
            version__scheme__code=scheme, partner__code=partner, amount__gt=0
        )
        return found


def test_an_amount_opens_down_to_its_transactions(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell_many(alpha, [selling.line(alpha, f"n{n}", "200.50") for n in range(60)])
    found = accrual(alpha, "volume")
    client = alpha.client("partner_owner@p1")
    page = client.get(f"/rewards/accruals/{found.pk}/").content.decode()
    assert found.amount == selling.line_total("200.50", 60) * 2 / 100
    assert "USD\u00a0240.60" in page
    assert "Calculated again just now: equal" in page
    assert "lies in band 2" in page
    assert "of this, \u2068USD\u00a0100.00\u2069 is what earlier sales earn at the new rate" in page
    assert 'class="why-hit" aria-current="true"' in page
    assert "from \u2068USD\u00a010,000.00\u2069 to below \u2068USD\u00a050,000.00\u2069" in page
    assert '<bdi class="num" dir="ltr">60</bdi> lines' in page
    assert "Sales of all of them: <strong><bdi>USD\u00a012,030.00</bdi></strong>" in page
    assert "equals the input" in page
    assert page.count("Security one") == 25
    assert client.get(f"/rewards/accruals/{found.pk}/?page=3").content.decode().count("Security one") == 10


def test_a_spiff_lists_each_transaction_with_its_own_amount(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "a", "1000")
    selling.sell(alpha, "b", "3000")
    found = accrual(alpha, "fast")
    page = alpha.client("partner_seller@p1").get(f"/rewards/accruals/{found.pk}/").content.decode()
    for amount in ("USD\u00a015.00", "USD\u00a045.00", "USD\u00a060.00"):
        assert amount in page
    assert "Added up again just now: equal" in page
    assert "equals the amount" in page


def test_foreign_amounts_do_not_exist(alpha: Tenant, beta: Tenant) -> None:
    selling.open_channel(alpha)
    selling.open_channel(beta)
    selling.sell(alpha, "a", "1000")
    selling.sell(alpha, "b", "1000", rep="p1-x")
    selling.sell(beta, "a", "1000")
    volume, foreign = accrual(alpha, "volume"), accrual(beta, "volume")
    with alpha.scope():
        own = Accrual.objects.get(version__scheme__code="fast", rep__code="p1-r")
        other = Accrual.objects.get(version__scheme__code="fast", rep__code="p1-x")
    for name, pk, status in (
        ("partner_owner@p2", volume.pk, 404),
        ("partner_owner@p1", foreign.pk, 404),
        ("partner_seller@p1", volume.pk, 404),
        ("partner_seller@p1", other.pk, 404),
        ("partner_seller@p1", own.pk, 200),
        ("partner_owner@p1", other.pk, 200),
        ("partner_technician@p1", volume.pk, 403),
        ("support_agent", volume.pk, 403),
        ("pam", volume.pk, 200),
        ("executive", volume.pk, 200),
    ):
        assert alpha.client(name).get(f"/rewards/accruals/{pk}/").status_code == status, (name, pk)


def test_the_list_filters_exports_and_costs_the_same_for_many(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "a", "1000")
    client = alpha.client("programme_manager")
    client.get("/rewards/")
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/rewards/?sort=-amount").content.decode()
        counts.append(len(queries))
        selling.sell(alpha, "b", "4000", partner="p2")
    assert counts[0] == counts[1]
    assert "USD\u00a010.00" in page
    with alpha.scope():
        p2 = alpha.partners["p2"].pk
    narrowed = client.get(f"/rewards/?partner={p2}").content.decode()
    assert "USD\u00a040.00" in narrowed
    assert "USD\u00a010.00" not in narrowed
    csv = b"".join(client.get("/rewards/?export=csv")).decode()
    assert "Volume rebate" in csv
    own = b"".join(alpha.client("partner_owner@p2").get("/rewards/?export=csv")).decode()
    assert "Partner p1" not in own


def test_lines_behind_a_figure_are_those_that_were_counted(alpha: Tenant) -> None:
    selling.open_channel(alpha)
    selling.sell(alpha, "a", "1000")
    selling.sell(alpha, "b", "500", kind="renewal")
    selling.sell(alpha, "old", "70", occurred_at=selling.last_quarter(alpha).isoformat())
    selling.sell(alpha, "r", "200", reverses="a")
    with alpha.scope("partner_owner@p1"):
        actor = alpha.actors["partner_owner@p1"]
        period = selling.running_quarter(alpha)
        sales = credits_behind(actor, Kpi.objects.get(code="sales"), period, alpha.partners["p1"].pk)
        assert sorted(credit.external_id for credit in sales.credits) == ["a", "r"]
        assert sales.total == 800
        customers = credits_behind(actor, Kpi.objects.get(code="customers"), period, alpha.partners["p1"].pk)
        assert customers.count == 3
        assert customers.total == 1
