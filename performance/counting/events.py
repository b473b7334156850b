"""The event ``measurements.changed``: what a counted batch moved, packed and unpacked."""

from collections.abc import Iterable, Iterator
from typing import Any

from tenancy import outbox

TOPIC = "measurements.changed"
Key = tuple[int, str, int, int | None]


def announce(lane: int | None, keys: Iterable[Key], credit_ids: Iterable[int] = ()) -> None:
    """Emit one event. Shape: ``{"lane", "keys": [[kpi, period, [partner, ...], [[partner, rep], ...]], ...],
    "credits": [[first, last], ...]}``; ``lane`` and ``credits`` are empty after a recomputation."""
    payload = {"lane": lane, "keys": _packed(keys), "credits": _ranges(credit_ids)}
    if payload["keys"] or payload["credits"]:
        outbox.emit(TOPIC, payload)


def keys_of(payload: dict[str, Any]) -> Iterator[Key]:
    """The measurements that an event names, as (kpi, period, partner, rep)."""
    for kpi, period, partners, reps in payload["keys"]:
        yield from ((kpi, period, partner, None) for partner in partners)
        yield from ((kpi, period, partner, rep) for partner, rep in reps)


def credit_ids_of(payload: dict[str, Any]) -> list[int]:
    """The credits that the batch counted."""
    return [number for first, last in payload["credits"] for number in range(first, last + 1)]


def _packed(keys: Iterable[Key]) -> list[list[Any]]:
    found: dict[tuple[int, str], tuple[list[int], list[list[int]]]] = {}
    for kpi, period, partner, rep in keys:
        partners, reps = found.setdefault((kpi, period), ([], []))
        if rep is None:
            partners.append(partner)
        else:
            reps.append([partner, rep])
    return [[kpi, period, partners, reps] for (kpi, period), (partners, reps) in found.items()]


def _ranges(ids: Iterable[int]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for number in sorted(ids):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges
