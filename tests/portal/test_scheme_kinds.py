"""The scheme form for every kind: cards of points and of role by layer, terms, what each kind leaves out."""

from decimal import Decimal
from typing import Any

import pytest

from formula import MODES, Inputs, Schema, compile_source, money, transaction_schema
from incentives.builder import Card, write_formula
from incentives.enums import Ceiling, SchemeKind, StackPolicy
from incentives.models import SchemeVersion
from tests.kit.world import Tenant

SCHEMA: Schema = transaction_schema(
    "USD", {"role": ["msp", "reseller"], "layer": ["cloud", "iot"], "contribution": ["sell", "deliver"]}
)
MATRIX = Card(
    kind="grid",
    label="share",
    source="amount",
    name="role",
    name2="layer",
    cells=(("msp|cloud", "3"), ("msp|iot", ""), ("reseller|iot", "2.5")),
    other="1",
)


@pytest.mark.parametrize(
    ("card", "kind", "source"),
    [
        (
            MATRIX,
            "referral",
            '"share": amount * by(role, ["msp" -> by(layer, ["cloud" -> 3%, else -> 1%]),'
            ' "reseller" -> by(layer, ["iot" -> 2.5%, else -> 1%]), else -> 1%])',
        ),
        (
            Card(kind="rate", label="p", source="amount", rate="2", per="1000"),
            "points",
            '"p": (amount / USD 1000) * 2',
        ),
        (
            Card(kind="rate", label="p", source="quantity", rate="5", cap="50"),
            "points",
            '"p": min(quantity * 5, 50)',
        ),
        (Card(kind="fixed", label="seat", amount="2"), "benefit", '"seat": 2'),
        (
            Card(kind="fixed", label="p", amount="20", when_source="kind", when_value="certificate"),
            "points",
            '"p": if(kind = "certificate", 20, 0)',
        ),
        (
            Card(
                kind="table",
                label="p",
                source="amount",
                mode="rolling",
                per="100",
                rows=(("0", "1"), ("1000", "3")),
            ),
            "points",
            '"p": band((amount / USD 100), [0 -> (amount / USD 100) * 1, 10 -> 10 + (amount / USD 100) * 3])',
        ),
        (
            Card(kind="table", label="p", source="quantity", mode="marginal", rows=(("0", "1"), ("10", "3"))),
            "points",
            '"p": marginal(quantity, [0 -> 1, 10 -> 3])',
        ),
    ],
)
def test_cards_of_every_kind_write_a_formula_that_compiles(card: Card, kind: str, source: str) -> None:
    written = write_formula([card], SCHEMA, kind)
    assert written.problems == []
    assert written.source == source


@pytest.mark.parametrize(
    ("card", "field"),
    [
        (
            Card(kind="grid", label="x", source="amount", name="role", name2="role", other="0", per="5"),
            "name2",
        ),
        (Card(kind="grid", label="x", source="amount", name="role", other="0", per="5"), "name2"),
        (Card(kind="rate", label="x", source="amount", rate="2"), "per"),
    ],
)
def test_what_is_missing(card: Card, field: str) -> None:
    written = write_formula([card], SCHEMA, "points")
    assert [problem.field for problem in written.problems] == [field]


FORM: dict[str, Any] = {
    "code": "s",
    "name_en": "Scheme",
    "payee": "partner",
    "period": "month",
    "starts": "2013-01-01",
    "rounding": "half_even",
    "mode": "expert",
    "formula": "amount * 10%",
}
TERMS: dict[str, Any] = {
    "budget": "1000",
    "at_ceiling": "stop",
    "warn_at": "80، ۹۵",
    "stack_group": "launch",
    "stack_policy": "net",
    "stack_priority": "3",
    "stack_counts": "on",
    "pay_days": ["0", "", "180"],
    "pay_percent": ["50", "", "50"],
    "while_customer": "on",
    "valid_days": "90",
    "only_kinds": ["referral_won"],
    "only_new_customer": ["yes"],
}


@pytest.mark.parametrize(
    ("kind", "formula"),
    [
        ("spiff", "amount * 10%"),
        ("referral", "amount * 10%"),
        ("mdf", "amount * 2%"),
        ("points", "amount / USD 10"),
        ("benefit", "1"),
        ("discount", "amount * 10%"),
        ("rebate", "USD 10"),
    ],
)
def test_each_kind_keeps_the_terms_that_it_has(alpha: Tenant, kind: str, formula: str) -> None:
    client = alpha.client("programme_manager")
    answer = client.post("/schemes/new/", FORM | TERMS | {"kind": kind, "formula": formula})
    assert answer.status_code == 302, answer.content.decode()
    with alpha.scope():
        draft = SchemeVersion.objects.select_related("scheme").get()
        later, limited = kind not in ("rebate", "discount"), kind != "discount"
        assert draft.scheme.kind == kind
        assert draft.payments == ([[0, "50"], [180, "50"]] if later else [])
        assert draft.while_customer is later
        assert draft.valid_days == (90 if kind == "benefit" else None)
        assert (draft.budget, draft.at_ceiling) == ((Decimal(1000), "stop") if limited else (None, "watch"))
        assert draft.warn_at == ([80, 95] if limited else [])
        assert draft.stack_group == ("launch" if limited else "discounts")
        assert (draft.stack_policy, draft.stack_priority, draft.stack_counts) == ("net", 3, True)
        lines = {"kinds": ["referral_won"], "new_customer": ["yes"]}
        assert draft.eligibility == ({} if kind == "rebate" else lines)
    page = client.get("/schemes/s/change/").content.decode()
    assert 'name="stack_priority" value="3"' in page or 'value="3"' in page
    assert ('name="pay_days" value="180"' in page) is later
    assert client.post("/schemes/s/publish/").status_code == 302
    page = client.get("/schemes/s/").content.decode()
    assert "Net of previous" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pay_percent": ["50", "", "40"]}, "one hundred percent together"),
        ({"pay_days": ["90", "", "30"]}, "due later than the one before"),
        ({"stack_priority": ""}, "its place in the order"),
        ({"warn_at": "many"}, "is not a number"),
        ({"budget": "", "stack_group": "discounts"}, "that of discounts"),
    ],
)
def test_terms_that_do_not_fit_are_said(alpha: Tenant, change: dict[str, Any], words: str) -> None:
    client = alpha.client("programme_manager")
    answer = client.post("/schemes/new/", FORM | TERMS | {"kind": "referral"} | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("mode", "amounts"),
    [
        ("marginal", {"999": "99.9", "1000": "100", "1001": "100.25", "2000": "350"}),
        ("all_units", {"999": "99.9", "1000": "250", "1001": "250.25", "2000": "500"}),
        ("rolling", {"999": "99.9", "1000": "350", "1001": "350.25", "2000": "600"}),
        ("total", {"999": "99.9", "1000": "350", "1001": "350.35", "2000": "700"}),
    ],
)
def test_what_the_form_writes_pays_by_its_mode(mode: str, amounts: dict[str, str]) -> None:
    card = Card(label="v", source="amount", mode=mode, rows=(("0", "10"), ("1000", "25")))
    program = compile_source(write_formula([card], SCHEMA).source, SCHEMA, expect=money("USD"))
    for amount, paid in amounts.items():
        assert program.run(Inputs(context={"amount": Decimal(amount)})) == Decimal(paid)


def test_the_form_offers_every_mode_and_every_kind(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    answer = client.post("/schemes/cards/?do=add-table", {"kind": "spiff"})
    page = answer.content.decode()
    assert all(f'type="radio" name="c0-mode" value="{mode}"' in page for mode in MODES)
    grid = client.post("/schemes/cards/?do=add-grid", {"kind": "referral"}).content.decode()
    assert 'name="c0-cell" value="msp|cloud"' in grid
    form = client.get("/schemes/new/").content.decode()
    assert all(f'<option value="{kind}"' in form for kind in SchemeKind.values)
    assert all(f'name="at_ceiling" value="{policy}"' in form for policy in Ceiling.values)
    assert all(f'name="stack_policy" value="{policy}"' in form for policy in StackPolicy.values)


def test_a_matrix_is_read_pair_by_pair(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    formula = write_formula([MATRIX], SCHEMA).source
    client.post("/schemes/new/", FORM | {"kind": "referral", "formula": formula})
    page = client.get("/schemes/s/").content.decode()
    assert "Managed service provider, Cloud" in page
    assert "Reseller, everybody else" in page
