"""What may happen to a partner."""

from partners.enums import PartnerState as S
from tenancy.actors import Actor
from tenancy.enums import Permission

#: State -> states that it may become.
BECOMES: dict[str, frozenset[str]] = {
    S.ONBOARDING: frozenset({S.ACTIVE, S.ENDED}),
    S.ACTIVE: frozenset({S.SUSPENDED, S.ENDED}),
    S.SUSPENDED: frozenset({S.ACTIVE, S.ENDED}),
    S.ENDED: frozenset({S.ONBOARDING}),
}


def may_become(state: str, new: str) -> bool:
    return state == new or new in BECOMES[state]


def may_change(actor: Actor) -> bool:
    return actor.can(Permission.MANAGE_PARTNERS)
