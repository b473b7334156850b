"""The formula editor: places of errors, words of the reader, and a result that is what the accrual will be."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.test import Client

from incentives.accrual import evaluate_credits, evaluate_periods
from incentives.accrual.affected import Change
from incentives.models import Accrual
from incentives.preview import Sketch, preview
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from performance.models import Credit, Kpi, KpiTarget, Measurement
from tests.kit.world import Tenant, make_partner

REBATE = "volume: marginal(sales, [0 -> 1%, 10k -> 2%])\ngoal: if(attainment(sales) >= 100%, USD 50, USD 0)"


def make_sales(tenant: Tenant, value: str = "15000") -> Kpi:
    """A KPI with a value for p1 in the first quarter of 2013."""
    kpi: Kpi = Kpi.objects.create(
        code="sales", name="Sales", names={"fa": "فروش"}, measure="sum_amount", period="quarter"
    )
    Measurement.objects.create(
        kpi=kpi, period="2013-Q1", partner=tenant.partners["p1"], value=Decimal(value), lines=3
    )
    return kpi


def check(client: Client, formula: str, **asked: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/formulas/check/", {"formula": formula, **asked}).json()
    return answer


def test_an_error_is_marked_at_its_place_in_characters(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    client = alpha.client("programme_manager")
    source = '"فروش 🎯": sales * 1%\r\nsalse * 2%'
    answer = check(client, source)
    text = source.replace("\r\n", "\n")
    (error,) = answer["errors"]
    assert answer["ok"] is False
    assert text[error["start"] : error["end"]] == "salse"
    assert (error["line"], error["column"]) == (2, 1)
    assert error["message"] == "There is no KPI called salse. Did you mean sales?"


def test_a_right_formula_names_what_it_reads(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    answer = check(alpha.client("executive"), 'sales * by(tier, ["gold" -> 2%, else -> 1%])')
    assert answer == {"ok": True, "type": "money in USD", "names": ["sales", "tier"], "errors": []}


def test_the_scope_decides_which_names_there_are(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    assert check(client, "amount * 1%", kind="spiff")["ok"] is True
    assert check(client, "amount * 1%", kind="rebate")["ok"] is False


def test_the_side_lists_names_in_the_readers_language(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    client = alpha.client("programme_manager", accept_language="fa")
    client.cookies["django_language"] = "fa"
    page = client.get("/formulas/").content.decode()
    assert "فروش" in page
    assert 'data-insert="sales"' in page
    side = client.get("/formulas/names/", {"kind": "spiff"}).content.decode()
    assert 'data-insert="engagement_model"' in side
    assert "attainment(kpi)" not in side
    assert 'hx-swap-oob="true"' in side


def test_a_preview_is_what_the_accrual_will_be(inside: Tenant) -> None:
    kpi, p1 = make_sales(inside), inside.partners["p1"]
    KpiTarget.objects.create(kpi=kpi, partner=p1, period="2013-Q1", value=Decimal(12000))
    actor = inside.actors["programme_manager"]
    with inside.scope("programme_manager"):
        seen = preview(actor, Sketch(REBATE), beneficiary="p1", period_code="2013-Q1")
    draft = create_scheme(
        inside.system,
        scheme=SchemeData("volume", "Volume"),
        version=VersionData(formula=REBATE, starts=date(2013, 1, 1)),
    )
    publish_version(inside.system, version_id=draft.pk)
    evaluate_periods(inside.system, [Change(kpi.pk, "2013-Q1", p1.pk, None)])
    stored = Accrual.objects.get(period="2013-Q1")
    assert (seen.exact, seen.amount) == (stored.exact, stored.amount) == (Decimal(250), Decimal(250))
    assert dict(seen.components) == {"volume": 200, "goal": 50}
    assert stored.components == [{"label": "volume", "amount": "200"}, {"label": "goal", "amount": "50"}]


def test_a_preview_of_transactions_is_what_the_accrual_will_be(inside: Tenant) -> None:
    p1 = inside.partners["p1"]
    rows = [
        Credit(
            partner=p1,
            kind="sale",
            day=date(2013, 2, number),
            occurred_at=datetime(2013, 2, number, tzinfo=UTC),
            received_at=datetime(2013, 3, 1, tzinfo=UTC),
            source="test",
            external_id=str(number),
            amount=Decimal(amount),
            line_amount=Decimal(amount),
            quantity=Decimal(1),
            currency="USD",
        )
        for number, amount in ((1, "100.10"), (2, "900"), (3, "50"))
    ]
    made = Credit.objects.bulk_create(rows)
    formula = "if(amount >= USD 100, amount * 5%, USD 0)"
    actor = inside.actors["programme_manager"]
    with inside.scope("programme_manager"):
        seen = preview(actor, Sketch(formula, "spiff"), beneficiary="p1", period_code="2013-Q1")
    draft = create_scheme(
        inside.system,
        scheme=SchemeData("spiff", "Spiff", kind="spiff"),
        version=VersionData(formula=formula, starts=date(2013, 1, 1)),
    )
    publish_version(inside.system, version_id=draft.pk)
    evaluate_credits(inside.system, [row.pk for row in made])
    stored = Accrual.objects.get()
    assert (seen.exact, seen.amount, seen.lines) == (stored.exact, stored.amount, 3)
    assert seen.exact == Decimal("50.005")


def test_the_result_is_explained_in_a_fragment(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha, "8000")
    client = alpha.client("programme_manager")
    data = {"formula": REBATE, "kind": "rebate", "period": "quarter", "when": "2013-Q1"}
    page = client.post("/formulas/preview/", data | {"beneficiary": "p1"}).content.decode()
    assert "USD\xa080.00" in page
    assert "Slice by slice" in page
    assert "There is no target" in page
    assert "USD\xa02,000.00 more of Sales (USD\xa010,000.00 in all) brings USD\xa020.00 more." in page
    for missing in ({}, {"beneficiary": "nobody"}, {"beneficiary": "p1", "when": "x"}):
        answer = client.post("/formulas/preview/", data | missing)
        assert answer.status_code == 200
        assert "formula-total" not in answer.content.decode()


def test_the_form_around_a_formula_counts_too(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha, "10001.70")
    client = alpha.client("programme_manager")
    data = {"formula": "sales * 1%", "when": "2013-Q1", "beneficiary": "p1"}
    for more, shown in (
        ({"rounding": "down"}, "USD\xa0100.01"),
        ({"rounding": "half_up"}, "USD\xa0100.02"),
        ({"cap": "۵۰"}, "USD\xa050.00"),
        ({"only_tiers": ["gold"]}, "Not eligible: nothing is earned."),
    ):
        assert shown in client.post("/formulas/preview/", data | more).content.decode(), more


def test_nobody_previews_a_partner_out_of_sight(alpha: Tenant, beta: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    with beta.scope():
        make_partner("only-beta")
    data = {"formula": "sales * 1%", "when": "2013-Q1"}
    pam, manager = alpha.client("pam"), alpha.client("programme_manager")
    assert "formula-total" in pam.post("/formulas/preview/", data | {"beneficiary": "p1"}).content.decode()
    unseen = pam.post("/formulas/preview/", data | {"beneficiary": "p2"}).content
    nobody = pam.post("/formulas/preview/", data | {"beneficiary": "nobody"}).content
    foreign = manager.post("/formulas/preview/", data | {"beneficiary": "only-beta"}).content
    assert unseen == nobody == foreign
    assert b"only-beta" not in manager.get("/formulas/beneficiaries/", {"beneficiary": "only"}).content


def test_partners_and_roles_without_the_right_stay_out(alpha: Tenant) -> None:
    for path in ("/formulas/", "/formulas/names/"):
        assert alpha.client("partner_owner@p1").get(path).status_code == 404
        assert alpha.client("support_agent").get(path).status_code == 403
    for path in ("/formulas/check/", "/formulas/preview/"):
        assert alpha.client("partner_owner@p1").post(path).status_code == 404
        assert alpha.client("programme_manager").get(path).status_code == 405
