"""Two pairs of eyes: who prepared something does not approve it, under whatever membership."""

from tenancy.actors import Actor
from tenancy.models import Membership


def is_same_person(actor: Actor, membership_id: int | None) -> bool:
    """Whether ``actor`` is the member, or another membership of the same person."""
    if membership_id is None or actor.membership_id is None:
        return False
    if membership_id == actor.membership_id:
        return True
    person = Membership.objects.filter(pk=membership_id).values_list("person_id", flat=True).first()
    return person is not None and person == actor.person_id
