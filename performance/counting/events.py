"""The event ``measurements.changed``: what a counted batch moved."""

from collections.abc import Iterable, Sequence

from tenancy import outbox

TOPIC = "measurements.changed"
Key = tuple[int, str, int, int | None]


def announce(keys: Iterable[Key], credit_ids: Sequence[int] = ()) -> None:
    """Emit one event ``{"keys": [[kpi, period, partner, rep or null], ...], "credit_ids": [...]}``.

    ``credit_ids`` is empty where no batch was counted: after a recomputation or a new target.
    """
    moved = list(keys)
    if moved or credit_ids:
        outbox.emit(TOPIC, {"keys": moved, "credit_ids": list(credit_ids)})
