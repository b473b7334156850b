"""The benchmark runner: which benchmarks there are, what counts as reached, what is stored."""

import json
from pathlib import Path
from typing import Literal

import pytest

from bench.__main__ import known, main
from bench.result import Result, store, table

FAST = Result(value=12.0, goal=10.0, unit="lines/s", better="higher", runs=[11.0, 12.0, 13.0])
SLOW = Result(value=300.0, goal=250.0, unit="ms", better="lower")


@pytest.mark.parametrize(
    ("value", "better", "reached"),
    [
        (10.0, "higher", True),
        (9.9, "higher", False),
        (10.0, "lower", True),
        (10.1, "lower", False),
    ],
)
def test_reached_at_the_goal_or_on_its_better_side(
    value: float, better: Literal["higher", "lower"], reached: bool
) -> None:
    assert Result(value=value, goal=10.0, unit="x", better=better).reached is reached


def test_the_table_says_what_missed_its_goal() -> None:
    lines = table({"ingest": FAST, "page_p95": SLOW}).splitlines()
    assert lines[1].endswith("reached") and "≥ 10" in lines[1]
    assert lines[2].endswith("NOT REACHED") and "≤ 250" in lines[2]


def test_figures_of_other_benchmarks_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "bench.json"
    store({"ingest": FAST}, path)
    store({"page_p95": SLOW}, path)
    stored = json.loads(path.read_text())
    assert stored["ingest"] == {
        "value": 12.0,
        "goal": 10.0,
        "unit": "lines/s",
        "better": "higher",
        "runs": [11.0, 12.0, 13.0],
    }
    assert set(stored) == {"ingest", "page_p95"}


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no_such"]) == 2
    assert "no_such" in capsys.readouterr().err


def test_benchmarks_are_those_that_run_by_themselves() -> None:
    assert {"formula", "ingest", "lag", "page", "recompute", "row"} <= set(known())
    assert not {"__init__", "__main__", "result", "feeding", "marketplace"} & set(known())
