"""Schemes from cards to a published version: what the form writes, keeps and refuses, and who may see what."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from formula import NameInfo, Schema, context_names, money
from formula.types import COUNT
from incentives.accrual import evaluate_periods
from incentives.accrual.affected import Change
from incentives.builder import Card, write_formula
from incentives.models import Scheme, SchemeVersion
from incentives.services import SchemeData, VersionData, create_scheme, end_scheme, publish_version
from tests.kit.world import Tenant
from tests.portal.test_formulas import make_sales

SCHEMA = Schema(
    "period",
    {
        **context_names({"tier": ["gold", "silver"]}),
        "sales": NameInfo(money("USD")),
        "strategic": NameInfo(money("USD")),
        "orders": NameInfo(COUNT),
    },
    "USD",
)
STEPS = (("0", "10"), ("1000", "25"))


def table(**fields: Any) -> Card:
    return Card(**({"label": "volume", "source": "sales", "rows": STEPS, "mode": "marginal"} | fields))


@pytest.mark.parametrize(
    ("card", "source"),
    [
        (table(), '"volume": marginal(sales, [0 -> 10%, 1000 -> 25%])'),
        (table(mode="all_units"), '"volume": sales * band(sales, [0 -> 10%, 1000 -> 25%])'),
        (
            table(mode="rolling"),
            '"volume": band(sales, [0 -> sales * 10%, 1000 -> USD 100 + sales * 25%])',
        ),
        (table(mode="total"), '"volume": sales * band(sales, [0 -> 10%, 1000 -> 35%])'),
        (
            table(source="orders", rows=(("۰", "۵"), ("۱۰", "۷٫۵"))),
            '"volume": marginal(orders, [0 -> USD 5, 10 -> USD 7.5])',
        ),
        (
            table(source="orders", mode="rolling", rows=(("0", "5"), ("10", "8"))),
            '"volume": band(orders, [0 -> orders * USD 5, 10 -> USD 50 + orders * USD 8])',
        ),
        (
            table(
                mode="all_units", look="attainment", look_source="strategic", rows=(("0", "0"), ("80", "2"))
            ),
            '"volume": sales * band(attainment(strategic), [0% -> 0%, 80% -> 2%])',
        ),
        (
            Card(kind="rate", label="all", source="sales", rate="2.5", cap="5000"),
            '"all": min(sales * 2.5%, USD 5000)',
        ),
        (
            Card(kind="matrix", label="t", source="sales", name="tier", cells=(("gold", "3"),), other="1"),
            '"t": sales * by(tier, ["gold" -> 3%, else -> 1%])',
        ),
        (
            Card(
                kind="fixed",
                label="goal",
                amount="100",
                when_source="sales",
                when_look="growth",
                when_value="10",
            ),
            '"goal": if(growth(sales) >= 10%, USD 100, USD 0)',
        ),
        (
            Card(kind="rate", label="x", source="sales", rate="1", when_source="tier", when_value="gold"),
            '"x": if(tier = "gold", sales * 1%, USD 0)',
        ),
    ],
)
def test_each_card_writes_a_formula_that_compiles(card: Card, source: str) -> None:
    written = write_formula([card], SCHEMA)
    assert written.problems == []
    assert written.source == source


@pytest.mark.parametrize(
    ("card", "field"),
    [
        (table(mode=""), "mode"),
        (table(label=" "), "label"),
        (table(source="tier"), "source"),
        (table(rows=(("5", "10"),)), "rows.0"),
        (table(rows=(("0", "1"), ("0", "2"))), "rows.1"),
        (table(rows=(("0", ""),)), "rows.0"),
        (table(look="growth"), "mode"),
        (Card(kind="fixed", label="goal", amount="100"), "when_source"),
        (Card(kind="matrix", label="t", source="sales", other="1"), "name"),
        (Card(kind="rate", label="t", source="sales", rate="-1"), "rate"),
    ],
)
def test_what_is_missing_is_said_at_its_field(card: Card, field: str) -> None:
    written = write_formula([table(label="first"), card], SCHEMA)
    assert written.source == ""
    assert [(problem.card, problem.field) for problem in written.problems] == [(1, field)]


FORM = {
    "code": "volume",
    "name_en": "Volume rebate",
    "name_fa": "پاداش حجم",
    "kind": "rebate",
    "payee": "partner",
    "period": "quarter",
    "starts": "2013-01-01",
    "rounding": "half_even",
    "budget": "1,000,000.00",
    "only_roles": ["reseller"],
    "mode": "cards",
    "card": ["0"],
    "c0-kind": "table",
    "c0-label": "volume",
    "c0-source": "sales",
    "c0-mode": "marginal",
    "c0-from": ["0", "10000"],
    "c0-step": ["1", "2"],
}


def draft_of(code: str = "volume") -> SchemeVersion:
    found: SchemeVersion = SchemeVersion.objects.select_related("scheme").get(scheme__code=code)
    return found


def test_a_manager_builds_publishes_and_sees_it(alpha: Tenant) -> None:
    with alpha.scope():
        kpi = make_sales(alpha)
        alpha.partners["p1"].roles = ["reseller"]
        alpha.partners["p1"].save()
    client = alpha.client("programme_manager")
    answer = client.post("/schemes/new/", FORM)
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/schemes/volume/")
    with alpha.scope():
        draft = draft_of()
        assert draft.formula == '"volume": marginal(sales, [0 -> 1%, 10000 -> 2%])'
        assert draft.eligibility == {"roles": ["reseller"]}
        assert (draft.builder or {})["mode"] == "cards"
        assert (draft.budget, draft.scheme.names) == (Decimal(1000000), {"fa": "پاداش حجم"})
    page = client.get("/schemes/volume/publish/").content.decode()
    assert '<bdi class="num" dir="ltr">1</bdi> of <bdi class="num" dir="ltr">3</bdi>' in page
    assert "Q1 2013" in page
    assert client.post("/schemes/volume/publish/").status_code == 302
    with alpha.scope():
        evaluate_periods(alpha.system, [Change(kpi.pk, "2013-Q1", alpha.partners["p1"].pk, None)])
    page = client.get("/schemes/volume/").content.decode()
    assert "Each slice of Sales at the rate of its own step:" in page
    assert "USD\xa0200.00" in page
    listed = client.get("/schemes/").content.decode()
    assert "Published" in listed
    assert "USD\xa0200.00" in listed
    assert client.get("/schemes/volume/publish/").status_code == 404


def test_expert_mode_keeps_the_cards(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    client = alpha.client("programme_manager")
    client.post("/schemes/new/", FORM)
    form = FORM | {"mode": "expert", "formula": "mine: sales * 5%\r\nmore: USD 10"}
    assert client.post("/schemes/volume/change/", form).status_code == 302
    with alpha.scope():
        draft = draft_of()
        assert draft.formula == "mine: sales * 5%\nmore: USD 10"
        assert (draft.builder or {})["mode"] == "expert"
        assert (draft.builder or {})["cards"][0]["rows"] == [["0", "1"], ["10000", "2"]]
    page = client.get("/schemes/volume/change/").content.decode()
    assert 'name="c0-from" value="10000"' in page
    assert "mine: sales * 5%" in page


def test_nothing_is_lost_when_a_form_is_refused(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    client = alpha.client("programme_manager")
    answer = client.post("/schemes/new/", FORM | {"c0-mode": "", "starts": "soon", "c0-step": ["1", "x"]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say how the rates apply." in page
    assert "“x” is not a number." in page
    assert "Write the date as year-month-day." in page
    assert 'value="10000"' in page
    assert 'value="Volume rebate"' in page
    with alpha.scope():
        assert not Scheme.objects.exists()
    broken = client.post("/schemes/new/", FORM | {"mode": "expert", "formula": "salse * 1%"})
    assert broken.status_code == 422
    assert "There is no KPI called salse." in broken.content.decode()


def test_cards_move_and_grow_without_losing_what_was_typed(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    client = alpha.client("programme_manager")
    two = FORM | {
        "card": ["0", "1"],
        "c1-kind": "rate",
        "c1-label": "flat",
        "c1-source": "sales",
        "c1-rate": "3",
    }
    page = client.post("/schemes/cards/?do=up-1", two).content.decode()
    assert page.index('value="flat"') < page.index('value="volume"')
    page = client.post("/schemes/cards/?do=row-0", two).content.decode()
    assert page.count('name="c0-from"') == 3
    page = client.post("/schemes/cards/?do=unrow-0-1", two).content.decode()
    assert page.count('name="c0-from"') == 1
    page = client.post("/schemes/cards/?do=remove-0", two).content.decode()
    assert 'value="volume"' not in page
    page = client.post("/schemes/cards/?do=add-matrix", two).content.decode()
    assert page.count('name="card"') == 3
    for nonsense in ("up-9", "row-x", "", "add-bomb", "unrow-7-7", "remove"):
        again = client.post(f"/schemes/cards/?do={nonsense}", two).content.decode()
        assert again.count('name="card"') == 2, nonsense
    written = client.post("/schemes/written/", two).content.decode()
    assert "&quot;flat&quot;: sales * 3%" in written
    kept = {"builder": '[{"kind": "rate", "label": "from the draft", "rate": "7"}]'}
    assert "from the draft" in client.post("/schemes/cards/?do=restore", kept).content.decode()


def test_an_amendment_is_a_new_version_with_a_diff(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    client = alpha.client("programme_manager")
    client.post("/schemes/new/", FORM)
    client.post("/schemes/volume/publish/")
    early = client.post("/schemes/volume/change/", FORM | {"c0-step": ["1", "4"]})
    assert early.status_code == 302
    refused = client.post("/schemes/volume/publish/")
    assert refused.status_code == 422
    assert "An amendment cannot start before the running period." in refused.content.decode()
    client.post("/schemes/volume/change/", FORM | {"c0-step": ["1", "4"], "starts": "2190-01-01"})
    assert client.post("/schemes/volume/publish/").status_code == 302
    page = client.get("/schemes/volume/").content.decode()
    assert "diff-removed" in page
    assert "10000 -&gt; 4%" in page
    ended = client.post("/schemes/volume/end/", {"ends": "2190-02-01"})
    assert ended.status_code == 302
    assert client.post("/schemes/volume/end/", {"ends": "2001-01-01"}).status_code == 422


def test_partners_see_what_they_can_earn_from_in_plain_words(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
        for code, only in (("mine", {"partners": ["p1"]}), ("theirs", {"partners": ["p2"]}), ("draft", {})):
            draft = create_scheme(
                alpha.system,
                scheme=SchemeData(code, f"Scheme {code}"),
                version=VersionData("sales * 1%", date(2013, 1, 1), eligibility=only, budget=Decimal(777)),
            )
            if code != "draft":
                publish_version(alpha.system, version_id=draft.pk)
    client = alpha.client("partner_owner@p1")
    listed = client.get("/schemes/").content.decode()
    assert "Scheme mine" in listed
    assert "Scheme theirs" not in listed
    assert "Scheme draft" not in listed
    page = client.get("/schemes/mine/").content.decode()
    assert "1% of Sales." in page
    assert "777" not in page
    assert "Chosen partners" in page
    both = {"partners": ["p1", "p2"]}
    with alpha.scope():
        draft = create_scheme(
            alpha.system,
            scheme=SchemeData("both", "Both"),
            version=VersionData("sales * 1%", date(2013, 1, 1), eligibility=both),
        )
        publish_version(alpha.system, version_id=draft.pk)
    assert "Partner p2" in alpha.client("executive").get("/schemes/both/").content.decode()
    assert "Partner p2" not in client.get("/schemes/both/").content.decode()
    missing = client.get("/schemes/nothing/").status_code
    assert [client.get(f"/schemes/{code}/").status_code for code in ("theirs", "draft")] == [missing] * 2
    assert missing == 404
    for path in ("/schemes/new/", "/schemes/mine/change/", "/schemes/mine/publish/", "/schemes/mine/end/"):
        assert client.get(path).status_code == 404, path
    assert client.post("/schemes/cards/").status_code == 404


def test_readers_and_strangers_cannot_write(alpha: Tenant, beta: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
    alpha.client("programme_manager").post("/schemes/new/", FORM)
    for name in ("executive", "pam", "channel_finance"):
        client = alpha.client(name)
        assert client.get("/schemes/volume/").status_code == 200
        assert client.get("/schemes/new/").status_code == 403
        assert client.post("/schemes/volume/publish/").status_code == 403
        assert "/schemes/volume/publish/" not in client.get("/schemes/volume/").content.decode()
    assert alpha.client("support_agent").get("/schemes/").status_code == 403
    stranger = beta.client("programme_manager")
    for path in ("", "change/", "publish/", "end/"):
        assert stranger.get(f"/schemes/volume/{path}").status_code == 404, path


def test_an_ended_scheme_says_so(alpha: Tenant) -> None:
    with alpha.scope():
        make_sales(alpha)
        draft = create_scheme(
            alpha.system, scheme=SchemeData("old", "Old"), version=VersionData("sales * 1%", date(2013, 1, 1))
        )
        publish_version(alpha.system, version_id=draft.pk)
        end_scheme(alpha.system, scheme_code="old", last_day=date(2199, 1, 1))
    assert "1 January 2199" in alpha.client("executive").get("/schemes/old/").content.decode()
