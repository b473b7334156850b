"""What a benchmark measured, and how it is shown and stored."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Result:
    """One figure with its goal. ``runs`` are the single measurements that ``value`` sums up."""

    value: float
    goal: float
    unit: str
    better: Literal["higher", "lower"]
    runs: list[float] = field(default_factory=list)

    @property
    def reached(self) -> bool:
        """Whether the value is at the goal or on its better side."""
        return self.value >= self.goal if self.better == "higher" else self.value <= self.goal


def store(results: Mapping[str, Result], path: Path) -> None:
    """Write the results to a JSON file; figures of benchmarks that did not run this time stay in it."""
    try:
        before: dict[str, object] = json.loads(path.read_text())
    except (OSError, ValueError):
        before = {}
    after = before | {name: asdict(result) for name, result in results.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(after, indent=1, sort_keys=True) + "\n")


def table(results: Mapping[str, Result]) -> str:
    """The results as lines of text: figure, value, goal, unit, reached or not."""
    rows = [("figure", "value", "goal", "unit", "")]
    for name, result in results.items():
        sign = "≥" if result.better == "higher" else "≤"
        reached = "reached" if result.reached else "NOT REACHED"
        rows.append((name, f"{result.value:,.6g}", f"{sign} {result.goal:,.6g}", result.unit, reached))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
