"""KPIs in the portal: described in words, written, measured, with targets; and who may do what."""

from decimal import Decimal

from performance.models import Kpi, KpiTarget, Measurement
from tests.kit.world import Tenant
from tests.portal.test_formulas import make_sales

FORM = {
    "code": "new_sme",
    "name_en": "New small customers",
    "name_fa": "مشتریان کوچک نو",
    "measure": "distinct_customers",
    "beneficiary": "partner",
    "period": "rolling",
    "rolling_months": "۱۲",
    "base": "invoice",
    "target": "۲٬۵۰۰٫۵",
    "filters.kinds": ["sale"],
    "filters.layers": ["cloud"],
    "filters.sources": "crm، billing",
    "filters.new_customer": "new",
    "filters.attributes": "channel = web",
}


def test_the_sentence_follows_the_form(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    page = client.post("/kpis/sentence/", FORM).content.decode()
    assert "Counts the different customers for each partner, each month over the last 12 months" in page
    assert "Cloud" in page
    assert "crm" in page
    assert "billing" in page
    assert "Only customers that are new in the period." in page
    assert "channel = web" in page
    assert "Adds up" not in client.post("/kpis/sentence/", {}).content.decode()


def test_a_manager_creates_and_changes_a_kpi(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    answer = client.post("/kpis/new/", FORM)
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/kpis/new_sme/")
    with alpha.scope():
        kpi = Kpi.objects.get(code="new_sme")
        assert kpi.filters == {
            "kinds": ["sale"],
            "layers": ["cloud"],
            "sources": ["billing", "crm"],
            "new_customer": True,
            "attributes": {"channel": "web"},
        }
        assert (kpi.target, kpi.rolling_months, kpi.state) == (Decimal("2500.5"), 12, "counting")
    page = client.get("/kpis/new_sme/change/").content.decode()
    assert "channel = web" in page
    assert 'value="2500.5"' in page
    changed = FORM | {"filters.attributes": "", "period": "month", "code": "other", "active": "0"}
    assert client.post("/kpis/new_sme/change/", changed).status_code == 302
    with alpha.scope():
        kpi.refresh_from_db()
        assert (kpi.code, kpi.period, kpi.rolling_months) == ("new_sme", "month", None)
        assert "attributes" not in kpi.filters
        assert kpi.active is False
    listed = client.get("/kpis/").content.decode()
    assert "New small customers" in listed
    assert "Being counted" in listed


def test_a_refusal_stands_at_its_field_and_nothing_is_lost(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    wrong = FORM | {"code": "growth", "measure": "new_customers", "target": "much"}
    answer = client.post("/kpis/new/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“much” is not a number." in page
    assert 'value="New small customers"' in page
    page = client.post("/kpis/new/", wrong | {"target": ""}).content.decode()
    assert "“growth” is a word of the formula language." in page
    page = client.post("/kpis/new/", wrong | {"target": "", "code": "fresh"}).content.decode()
    assert "New customers are counted already" in page


def test_a_kpi_shows_its_course_and_who_has_what(alpha: Tenant) -> None:
    with alpha.scope():
        kpi = make_sales(alpha)
        Measurement.objects.create(
            kpi=kpi, period="2013-Q1", partner=alpha.partners["p2"], value=Decimal(5000), lines=1
        )
        KpiTarget.objects.create(
            kpi=kpi, period="2013-Q1", partner=alpha.partners["p1"], value=Decimal(30000)
        )
    page = alpha.client("executive").get("/kpis/sales/").content.decode()
    assert "USD\xa020,000.00" in page
    assert "50%" in page
    assert "Partner p2" in page
    own = alpha.client("pam").get("/kpis/sales/").content.decode()
    assert "Partner p2" not in own
    assert "USD\xa020,000.00" not in own
    only = alpha.client("executive").get("/kpis/sales/", {"search": "p2"}).content.decode()
    assert "Partner p1" not in only
    answer = alpha.client("executive").get("/kpis/sales/", {"export": "csv"})
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].split(",")[0] == "Partner p1"


def test_targets_are_written_in_a_table(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    client = alpha.client("programme_manager")
    page = client.get("/kpis/sales/targets/").content.decode()
    assert 'name="target-p1"' in page
    answer = client.post("/kpis/sales/targets/", {"target-p1": "۱۲۵۰۰", "target-p2": ""})
    assert answer.status_code == 302
    with alpha.scope():
        target = KpiTarget.objects.get()
        assert (target.partner.code, target.value) == ("p1", Decimal(12500))
    answer = client.post("/kpis/sales/targets/", {"target-p1": "7", "target-p2": "lots"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“lots” is not a number." in page
    assert 'value="7"' in page
    with alpha.scope():
        assert KpiTarget.objects.get().value == Decimal(12500)
    client.post("/kpis/sales/targets/", {"target-p1": ""})
    with alpha.scope():
        assert not KpiTarget.objects.exists()


def test_readers_partners_and_strangers(alpha: Tenant, beta: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    for name in ("executive", "pam"):
        client = alpha.client(name)
        assert client.get("/kpis/sales/").status_code == 200
        for path in ("/kpis/new/", "/kpis/sales/change/", "/kpis/sales/targets/"):
            assert client.get(path).status_code == 403, path
        assert client.post("/kpis/sales/targets/", {"target-p1": "1"}).status_code == 403
    for path in ("/kpis/", "/kpis/sales/", "/kpis/new/", "/kpis/sales/targets/"):
        assert alpha.client("partner_owner@p1").get(path).status_code == 404, path
    for path in ("", "change/", "targets/"):
        assert beta.client("programme_manager").get(f"/kpis/sales/{path}").status_code == 404
    with alpha.scope():
        assert not KpiTarget.objects.exists()
