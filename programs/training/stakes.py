"""What depends on a certificate. Whoever knows tiers registers here; a warning names what it gets."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from programs.models import Certificate
from tenancy.actors import Actor
from tenancy.base import Named


@dataclass(frozen=True, slots=True)
class Stake:
    """The tier that needs the certificate, and the money that depended on the tier (none: unknown)."""

    tier: Named
    reward: Decimal | None = None
    currency: str = ""


Ask = Callable[[Actor, Certificate], Stake | None]
_asked: list[Ask] = []


def register(ask: Ask) -> None:
    """Have ``ask(actor, certificate)`` called for each warning; the first answer counts."""
    if ask not in _asked:
        _asked.append(ask)


def stake_of(actor: Actor, certificate: Certificate) -> Stake | None:
    """What ``actor`` may know of it."""
    return next((stake for ask in _asked if (stake := ask(actor, certificate)) is not None), None)
