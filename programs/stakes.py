"""What a tier is worth in money: whoever pays by tier says it here, in ``AppConfig.ready``.

Programmes stand below incentives and cannot ask them; a warning should name the reward at stake nevertheless.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from tenancy.actors import Actor

#: Partner id -> code of another tier; gives partner id -> how much more (or less) the running periods would pay with it.
Worth = Callable[[Actor, Mapping[int, str]], Mapping[int, Decimal]]
_known: list[Worth] = []


def register(worth: Worth) -> None:
    """Make a source of rewards known."""
    if worth not in _known:
        _known.append(worth)


def worth_of(actor: Actor, tiers: Mapping[int, str]) -> dict[int, Decimal]:
    """What each partner would earn more in the running periods with another tier, in the operator's currency."""
    found: dict[int, Decimal] = {}
    for worth in _known if tiers else ():
        for partner_id, amount in worth(actor, tiers).items():
            found[partner_id] = found.get(partner_id, Decimal(0)) + amount
    return found
