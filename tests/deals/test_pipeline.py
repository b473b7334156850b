"""The pipeline's figures on real opportunities equal those of plain Python."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from deals import figures, pipeline
from deals.figures import By
from tenancy.actors import Actor
from tests.deals import regional_sales as data
from tests.kit.world import Tenant

Row = dict[str, str]


def expected(rows: list[Row], start: date | None = None, end: date | None = None) -> tuple[object, ...]:
    """Open, open value, weighted, won, won value, lost, mean days: with lists and sums."""
    inside = [
        row
        for row in rows
        if (not start or data.day(row["CloseDate"]) >= start)
        and (not end or data.day(row["CloseDate"]) < end)
    ]
    opens = [row for row in rows if row["Status"] not in ("Won", "Lost")]
    won = [row for row in inside if row["Status"] == "Won"]
    percent = {"1-Qualify": 20, "2-Develop": 30, "3-Propose": 20, "4-Close": 60}
    days = [(data.day(row["CloseDate"]) - data.day(row["Opportunity Created On"])).days for row in won]
    return (
        len(opens),
        sum(Decimal(row["Value"]) for row in opens),
        sum(Decimal(row["Value"]) * percent[row["Sales Stage"]] / 100 for row in opens),
        len(won),
        sum(Decimal(row["Value"]) for row in won),
        sum(row["Status"] == "Lost" for row in inside),
        round(Decimal(sum(days)) / len(days), 6) if days else None,
    )


def found(sums: figures.Sums) -> tuple[object, ...]:
    cycle = sums.cycle_days
    return (
        sums.open, sums.open_value, sums.weighted, sums.won, sums.won_value, sums.lost,
        None if cycle is None else round(cycle, 6),
    )  # fmt: skip


@data.needs_data
def test_real_opportunities_give_the_figures_of_plain_python(alpha: Tenant) -> None:
    with alpha.scope():
        rows = data.load()
    manager = alpha.actors["programme_manager"]
    with alpha.scope("programme_manager"):
        check_sums(manager, rows)
        check_groups(manager, rows)
        check_board(manager, rows)
        check_ages_and_forecast(manager, rows)
    with alpha.scope("partner_owner@p1"):
        assert figures.sums(alpha.actors["partner_owner@p1"], pipeline.Asked()) == figures.Sums()


def check_groups(manager: Actor, rows: list[Row]) -> None:
    accounts = {row["AccountSeq"]: row for row in data.rows("accounts.csv")}
    keys: dict[By, Callable[[Row], str]] = {
        By.PARTNER: lambda row: row["SystemUserSeq"],
        By.PRODUCT: lambda row: row["ProductSeq"],
        By.SEGMENT: lambda row: accounts[row["AccountSeq"]]["IndustrySeq"],
        By.TERRITORY: lambda row: accounts[row["AccountSeq"]]["TerritorySeq"],
    }
    for by, key in keys.items():
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            groups[f"rs{key(row)}"].append(row)
        got = {group.key: found(group.sums) for group in figures.grouped(manager, by, pipeline.Asked())}
        assert got == {code: expected(group) for code, group in groups.items()}, by


def check_sums(manager: Actor, rows: list[Row]) -> None:
    total = figures.sums(manager, pipeline.Asked())
    assert found(total) == expected(rows)
    won, lost = (sum(row["Status"] == state for row in rows) for state in ("Won", "Lost"))
    assert total.win_rate == Decimal(won) / (won + lost)
    start, end = date(2021, 9, 1), date(2021, 10, 1)
    assert found(figures.sums(manager, pipeline.Asked(start=start, end=end))) == expected(rows, start, end)


def open_of(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["Status"] not in ("Won", "Lost")]


def check_board(manager: Actor, rows: list[Row]) -> None:
    for stage in pipeline.stages(manager, pipeline.Asked()):
        own = [Decimal(row["Value"]) for row in open_of(rows) if data.state_of(row) == stage.state]
        assert (stage.count, stage.value) == (len(own), sum(own))
        assert [card.value for card in stage.cards] == sorted(own, reverse=True)[:20]


def check_ages_and_forecast(manager: Actor, rows: list[Row]) -> None:
    today, opens = date(2021, 12, 31), open_of(rows)
    aged = pipeline.ages(manager, pipeline.Asked(), today)
    for low, high, count, value in aged:
        own = [
            Decimal(row["Value"])
            for row in opens
            if (low or 0) <= max(0, (today - data.day(row["Opportunity Created On"])).days) <= (high or 10**6)
        ]
        assert (count, value) == (len(own), sum(own))
    assert sum(count for _low, _high, count, _value in aged) == len(opens)
    months = [(date(2021, 11, 1), date(2021, 12, 1)), (date(2021, 12, 1), date(2022, 1, 1))]
    for (start, end), (value, _weighted) in zip(
        months, pipeline.forecast(manager, pipeline.Asked(), months), strict=True
    ):
        assert value == sum(
            Decimal(row["Value"]) for row in opens if start <= data.day(row["CloseDate"]) < end
        )
