"""Where a learner's or PAM's step is carried on with the operator's eyes.

Partners read their training and write none of it. A service finds what the step is about in the actor's own scope, where the
walls say whether it is there at all, and writes as the operator's staff, inside the same transaction.
"""

from contextlib import AbstractContextManager

from django.db import transaction

from tenancy.actors import Actor
from tenancy.enums import Audience
from tenancy.scope import scope


def office(actor: Actor) -> AbstractContextManager[None]:
    """Everything of the operator, in a savepoint; an exception inside restores the actor's own sight."""
    if actor.audience in (Audience.OPERATOR, Audience.WORKER):
        return transaction.atomic()
    return scope(actor.operator.pk, Audience.OPERATOR, membership_id=actor.membership_id)
