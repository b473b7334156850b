"""Benefits that partners are granted beside those of their tiers: whoever grants them registers here, in ``AppConfig.ready``.

Programmes stand below incentives and cannot ask them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Granted:
    """What one partner was granted of a kind (``programs.enums.BenefitKind``), for what, and its last day if it has one."""

    partner_id: int
    kind: str
    value: Decimal
    text: str
    granted_on: date
    until: date | None = None


#: Partner ids and kinds (none: all) -> what is valid today.
Source = Callable[[Collection[int], Collection[str]], Iterable[Granted]]
_known: list[Source] = []


def register(source: Source) -> None:
    """Make a source of benefits known."""
    if source not in _known:
        _known.append(source)


def granted_to(partner_ids: Collection[int], kinds: Collection[str] = ()) -> Iterator[Granted]:
    """What these partners were granted and may use today."""
    for source in _known if partner_ids else ():
        yield from source(partner_ids, kinds)
