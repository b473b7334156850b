"""One batch and the next: new lines, duplicates, revisions, reversals, unresolved lines."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from catalog.models import Customer, Family, Product
from common.errors import Forbidden
from performance.feed import intake
from performance.feed.intake import receive_lines
from performance.feed.selectors import feed_health, feed_status, missing_codes, pending_lanes
from performance.feed.unresolved import retry_due, retry_unresolved
from performance.models import Credit, Intake, PendingChunk, RefusedLine, UnresolvedLine
from tests.kit.world import Tenant, make_partner
from tests.performance.feed.kit import back, counts, line, rows, send


def test_a_line_becomes_a_credit_that_waits_to_be_counted(inside: Tenant) -> None:
    receipt = send(
        inside, line("1", amount="12.50", quantity="3", margin="1.25", attributes={"city": "قم", "n": 2})
    )
    assert counts(receipt) == (1, 0, 0, 0, 0)
    credit = Credit.objects.get()
    assert (credit.amount, credit.quantity, credit.margin, credit.line_amount) == (
        D("12.5"),
        3,
        D("1.25"),
        D("12.5"),
    )
    assert (credit.day, credit.currency, credit.sign) == (date(2026, 1, 2), "USD", 1)
    assert credit.attributes == {"city": "قم", "n": 2}
    chunk = PendingChunk.objects.get()
    assert chunk.credit_ids == [credit.pk]
    assert pending_lanes() == [chunk.lane]
    intake = Intake.objects.get()
    assert (intake.channel, intake.accepted, intake.rejected) == ("api", 1, 0)


def test_the_same_content_in_another_dress_is_a_duplicate(inside: Tenant) -> None:
    send(inside, line("1", amount="12.50", occurred_at="2026-01-02T00:00:00Z"))
    again = line("1", amount="12.5", occurred_at="2026-01-02T03:30:00+03:30", quantity=1, currency="USD")
    assert counts(send(inside, again, again)) == (0, 2, 0, 0, 0)
    assert len(rows("1")) == 1


def test_other_content_takes_the_old_back_where_it_stood(inside: Tenant) -> None:
    send(inside, line("1", amount="10", occurred_at="2026-01-31"))
    assert counts(send(inside, line("1", amount="7", occurred_at="2026-02-01"))) == (0, 0, 1, 0, 0)
    assert rows("1") == [
        (1, 0, 1, "p1", 10, 1),
        (2, -1, -1, "p1", -10, -1),
        (2, 0, 1, "p1", 7, 1),
    ]
    assert [credit.day.month for credit in Credit.objects.order_by("id")] == [1, 1, 2]
    assert counts(send(inside, line("1", amount="10", occurred_at="2026-01-31"))) == (0, 0, 1, 0, 0)
    assert rows("1")[3:] == [(3, -1, -1, "p1", -7, -1), (3, 0, 1, "p1", 10, 1)]


def test_versions_in_one_batch_count_in_their_order(inside: Tenant) -> None:
    receipt = send(inside, line("1", amount="1"), line("1", amount="2"), line("2"), line("1", amount="1"))
    assert counts(receipt) == (2, 0, 2, 0, 0)
    assert sum(row[4] for row in rows("1")) == 1


def test_several_partners_share_a_line(inside: Tenant) -> None:
    credits = [
        {"partner": "p1", "contribution": "sell", "share": "0.333333"},
        {"partner": "p2", "contribution": "support"},
    ]
    assert counts(send(inside, line("1", partner=None, credits=credits))) == (1, 0, 0, 0, 0)
    assert rows("1") == [(1, 0, 1, "p1", D("33.3333"), D("0.333333")), (1, 1, 1, "p2", 100, 1)]
    assert {chunk.lane for chunk in PendingChunk.objects.all()} == {
        partner.pk % 8 for partner in (inside.partners["p1"], inside.partners["p2"])
    }
    revised = line("1", partner=None, credits=credits[:1])
    assert counts(send(inside, revised)) == (0, 0, 1, 0, 0)
    assert [row[:4] for row in rows("1")[2:]] == [(2, -1, -1, "p1"), (2, -2, -1, "p2"), (2, 0, 1, "p1")]


def test_a_reversal_takes_back_everything_it_does_not_name(inside: Tenant) -> None:
    send(inside, line("1", quantity="4", margin="20", engagement_model="referral"))
    assert counts(send(inside, back("2", "1", occurred_at="2026-03-01"))) == (1, 0, 0, 0, 0)
    assert rows("2") == [(1, 0, -1, "p1", -100, -4)]
    credit = Credit.objects.get(external_id="2")
    assert (credit.kind, credit.engagement_model, credit.margin, credit.day) == (
        "sale", "referral", -20, date(2026, 3, 1)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"amount": "100"}, (-1, -100, -4)),
        ({"amount": "-100", "quantity": "4"}, (-1, -100, -4)),
        ({"amount": "40"}, (0, -40, 0)),
        ({"amount": "-40", "quantity": "-1"}, (0, -40, -1)),
        ({"quantity": "1"}, (0, -25, -1)),
        ({"quantity": "4"}, (-1, -100, -4)),
    ],
)
def test_a_partial_reversal_takes_its_own_amount(
    inside: Tenant, fields: dict[str, str], expected: tuple[int, int, int]
) -> None:
    send(inside, line("1", quantity="4"), back("2", "1", **fields))
    sign, amount, quantity = expected
    assert rows("2") == [(1, 0, sign, "p1", amount, quantity)]


def test_a_reversal_waits_for_its_original(inside: Tenant) -> None:
    assert counts(send(inside, back("3", "2"), back("2", "1"))) == (0, 0, 0, 2, 0)
    assert sorted(UnresolvedLine.objects.values_list("waits_for", flat=True)) == ["1", "2"]
    assert counts(send(inside, line("1", amount="5"))) == (1, 0, 0, 0, 0)
    assert [rows(name)[0][4] for name in ("1", "2", "3")] == [5, -5, 5]
    assert not UnresolvedLine.objects.exists()


def test_unknown_codes_wait_and_resolve(inside: Tenant) -> None:
    first = line("1", partner="new", product="x\\y", customer="c")
    assert counts(send(inside, first, first, line("2"))) == (1, 1, 0, 1, 0)
    kept = UnresolvedLine.objects.get()
    assert kept.missing == ["customer:c", "partner:new", "product:x\\y"]
    assert missing_codes(inside.system)[0] == ("customer:c", 1)
    make_partner("new")
    assert retry_unresolved(inside.system, ["partner:new"]) == 0
    family = Family.objects.create(code="f", name="f", layer="cloud")
    Product.objects.create(code="x\\y", name="x", family=family)
    assert retry_due(inside.system) == 0
    assert UnresolvedLine.objects.get().missing == ["customer:c"]
    Customer.objects.create(code="c", name="c")
    assert retry_due(inside.system) == 1
    assert rows("1") == [(1, 0, 1, "new", 100, 1)]
    assert not UnresolvedLine.objects.exists()
    assert counts(send(inside, first)) == (0, 1, 0, 0, 0)


def test_the_newest_version_wins_while_one_waits(inside: Tenant) -> None:
    send(inside, line("1", amount="1"))
    assert counts(send(inside, line("1", amount="2", partner="new"))) == (0, 0, 0, 1, 0)
    assert counts(send(inside, line("1", amount="3", partner="newer"))) == (0, 0, 0, 1, 0)
    assert UnresolvedLine.objects.get().missing == ["partner:newer"]
    assert counts(send(inside, line("1", amount="1"))) == (0, 1, 0, 0, 0)
    assert not UnresolvedLine.objects.exists()
    send(inside, line("1", amount="3", partner="newer"))
    assert counts(send(inside, line("1", amount="4"))) == (0, 0, 1, 0, 0)
    assert not UnresolvedLine.objects.exists()
    assert sum(row[4] for row in rows("1")) == 4


def test_refused_lines_are_kept_with_their_reason(inside: Tenant) -> None:
    receipt = send(inside, line("1"), line("2", amount="1e5"), "nonsense", line("3", currency="EUR"))
    assert [(item.index, item.code) for item in receipt.rejected] == [
        (1, "not_a_number"), (2, "not_an_object"), (3, "wrong_currency")
    ]  # fmt: skip
    kept = RefusedLine.objects.order_by("index").values_list("index", "code", "payload")
    assert [row[:2] for row in kept] == [(1, "not_a_number"), (2, "not_an_object"), (3, "wrong_currency")]
    assert kept[1][2] == '"nonsense"'
    health = feed_health(inside.system)
    assert (health.refused, health.pending, health.unresolved) == (3, 1, 0)
    assert feed_status(inside.system).pending == 1


def test_every_batch_is_noted_once(inside: Tenant) -> None:
    """Whether the note came with the lines (all new), after them, or without any."""
    send(inside, line("1"), line("2"), line("bad", amount="x"))
    send(inside, line("2"), line("3"), line("3", amount="5"), line("4", product="unknown"))
    send(inside, line("2"), line("5"))
    send(inside, line("4", amount="x"))
    send(inside)
    fields = ("channel", "accepted", "duplicates", "revised", "unresolved", "rejected")
    noted = Intake.objects.order_by("id")
    assert list(noted.values_list(*fields)) == [
        ("api", 2, 0, 0, 0, 1), ("api", 1, 1, 1, 1, 0), ("api", 1, 1, 0, 0, 0), ("api", 0, 0, 0, 0, 1),
        ("api", 0, 0, 0, 0, 0),
    ]  # fmt: skip
    refused = RefusedLine.objects.order_by("id").values_list("intake_id", flat=True)
    assert list(refused) == [noted[0].pk, noted[3].pk]


def test_another_attempt_begins_where_the_first_did(inside: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a failed attempt wrote is gone, what stood before it stays, for few lines and for many."""

    def fail_once(*arguments: Any) -> bool:
        monkeypatch.setattr(intake, "_take_round", real)
        real(*arguments)
        raise OperationalError("in the way")

    real = intake._take_round
    monkeypatch.setattr(intake, "_worth_another_try", lambda error: True)
    for first, number in ((0, 2), (100, intake.FEW + 1)):
        send(inside, line(f"before-{first}"))
        monkeypatch.setattr(intake, "_take_round", fail_once)
        receipt = send(inside, *(line(str(first + each)) for each in range(number)))
        assert counts(receipt) == (number, 0, 0, 0, 0)
        assert Credit.objects.exclude(external_id__startswith="before").filter(
            external_id__in=[str(first + each) for each in range(number)]
        ).count() == number  # fmt: skip
        assert rows(f"before-{first}")
    assert Intake.objects.count() == 4


def test_only_who_may_feed_feeds(alpha: Tenant) -> None:
    with alpha.scope("partner_owner@p1"), pytest.raises(Forbidden):
        receive_lines(alpha.actors["partner_owner@p1"], [line("1")], channel="api")
    with alpha.scope("programme_manager"):
        assert receive_lines(alpha.actors["programme_manager"], [line("1")], channel="api").accepted == 1


def test_codes_are_those_of_the_own_operator(alpha: Tenant, beta: Tenant) -> None:
    with beta.scope():
        make_partner("only-beta")
    with alpha.scope():
        assert counts(send(alpha, line("1", partner="only-beta"))) == (0, 0, 0, 1, 0)
        assert retry_due(alpha.system) == 0


@pytest.mark.parametrize("count", [1, 150])
def test_a_credit_pointing_outside_is_refused_by_the_database(
    alpha: Tenant, beta: Tenant, count: int
) -> None:
    with alpha.scope():
        send(alpha, line("1"))
        credit = Credit.objects.get()
        foreign = beta.partners["p1"].pk
        credits = []
        for number in range(count):
            values = {field.attname: getattr(credit, field.attname) for field in Credit._meta.fields}
            credits.append(Credit(**values | {"id": None, "external_id": f"x{number}"}))
        credits[-1].partner_id = foreign
        with pytest.raises(DatabaseError, match="outside its operator"), transaction.atomic():
            Credit.objects.bulk_create(credits)
        credits[-1].partner_id = credit.partner_id
        Credit.objects.bulk_create(credits)
        assert Credit.objects.count() == count + 1


@pytest.mark.parametrize(
    "statement", ["update performance_credit set amount = 0", "delete from performance_credit"]
)
def test_credits_cannot_be_changed(inside: Tenant, statement: str) -> None:
    send(inside, line("1"))
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Credit.objects.get().amount == 100
