"""The ledger as partners and finance read it, and the figures that lead to what they are made of."""

import io
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from incentives.ledger import balances
from incentives.models import Payment, Scheme, Statement
from incentives.statements.balance import account_statement, owed_by_partner
from incentives.statements.figures import ageing, days_to_paid, money_by_scheme
from incentives.states import HoldReason
from tests.incentives.money import kit
from tests.kit.world import Tenant


@pytest.fixture
def settled(alpha: Tenant) -> Tenant:
    """Two quarters of 2013: the first paid, the second approved; p2 has no account."""
    with alpha.scope():
        kit.kpi()
        kit.publish(alpha, "volume", "volume: sales * 10%")
        Scheme.objects.filter(code="volume").update(name="Volume rebates")
        kit.publish(alpha, "club", "quantity * 5", kind="points")
        kit.with_accounts(alpha, "p1")
    kit.deliver(alpha)
    kit.feed(alpha, [kit.line("a", "p1", "2013-02-01", "1000"), kit.line("b", "p2", "2013-02-01", "500"),
                     kit.line("c", "p1", "2013-05-01", "333.30")])  # fmt: skip
    kit.settled(alpha, "volume", "2013-Q1")
    with alpha.scope():
        kit.pay(alpha.system, Payment.objects.all())
    kit.settled(alpha, "volume", "2013-Q2")
    return alpha


def test_an_account_goes_from_movement_to_movement(settled: Tenant) -> None:
    with settled.scope("partner_finance@p1"):
        account = account_statement(settled.actors["partner_finance@p1"], settled.partners["p1"].pk)
    assert [(each.amount, each.balance) for each in account.movements] == [
        (Decimal("33.33"), Decimal("33.33")),
        (Decimal(-100), Decimal(0)),
        (Decimal(100), Decimal(100)),
    ]
    with settled.scope():
        found = {each.partner.code: each.balance for each in owed_by_partner(settled.system)}
        assert sum(found.values()) == Decimal(-balances(settled.system)["payable", "USD"]) / 100
        number = Statement.objects.get(partner__code="p1", period="2013-Q2").number
    assert found == {"p1": Decimal("33.33"), "p2": Decimal(50)}
    page = settled.client("partner_owner@p1").get("/balance/").content.decode()
    assert f'href="/statements/{number}/"' in page
    assert "USD\u00a033.33" in page
    csv = b"".join(settled.client("partner_owner@p1").get("/balance/?export=csv")).decode()
    assert [line.split(",")[-2] for line in csv.splitlines()[1:]] == ["33.33", "-100", "100"]


def test_who_reads_whose_account(settled: Tenant, beta: Tenant) -> None:
    for name, path, status in (
        ("partner_owner@p2", "/balances/p1/", 404),
        ("partner_seller@p1", "/balance/", 403),
        ("channel_finance", "/balances/p1/", 200),
        ("executive", "/balances/", 200),
        ("pam", "/balances/", 403),
        ("partner_owner@p1", "/balances/", 404),
        ("partner_owner@p1", "/finance/", 404),
        ("programme_manager", "/finance/", 200),
    ):
        assert settled.client(name).get(path).status_code == status, (name, path)
    assert beta.client("channel_finance").get("/balances/p1/").content.decode().count("33.33") == 0


def test_figures_of_finance_add_up(settled: Tenant) -> None:
    with settled.scope():
        [volume] = money_by_scheme(settled.system)
        assert (volume.accrued, volume.settled, volume.paid) == (
            Decimal("183.33"),
            Decimal("183.33"),
            Decimal(100),
        )
        assert volume.liability == Decimal("83.33")
        ages = ageing(settled.system)
        assert [each.total for each in ages] == [0, 0, 0, Decimal("83.33")]
        [paid] = days_to_paid(settled.system)
        assert (paid.run.period, paid.schemes) == ("2013-Q1", "Volume rebates")
    page = settled.client("channel_finance").get("/finance/").content.decode()
    for piece in (
        "Volume rebates",
        "USD\u00a0183.33",
        "USD\u00a0100.00",
        "USD\u00a083.33",
        "/statements/?scheme=",
    ):
        assert piece in page, piece
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(settled.client("executive").get("/finance/?export=xlsx").content)
    )
    assert book.get_sheet_by_index(0).to_python()[1][1:] == [183.33, 183.33, 100, 83.33]


def test_homes_say_what_was_paid_what_comes_and_what_to_do(settled: Tenant) -> None:
    from incentives.holds import place_hold
    from incentives.settlement.runs import today_of

    with settled.scope():
        finance = settled.actors["channel_finance"]
        place_hold(finance, partner_id=settled.partners["p1"].pk, reason=HoldReason.UNUSUAL_VOLUME,
                   until=today_of(finance), text="Send the contract.")  # fmt: skip
    kit.feed(settled, [kit.line("d", "p1", "2013-08-01", "1234")])
    kit.settled(settled, "volume", "2013-Q3")
    page = settled.client("partner_owner@p1").get("/").content.decode()
    assert page.index("?part=hero") < page.index("home-payout") < page.index("?part=rest")
    for piece in (
        "USD\u00a0100.00",
        "USD\u00a033.33",
        "USD\u00a0123.40",
        "Send the contract.",
        "Last payment",
    ):
        assert piece in page, piece
    other = settled.client("partner_owner@p2").get("/").content.decode()
    assert "Send the contract." not in other
    finance_home = settled.client("channel_finance").get("/").content.decode()
    assert "Owed to partners now" in finance_home
    assert "Disputes to decide" in finance_home
    assert "Last payment" not in settled.client("partner_seller@p1").get("/").content.decode()
