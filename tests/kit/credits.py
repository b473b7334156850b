"""Credits put straight into the engine's queue, as the feed would leave them."""

from collections.abc import Sequence

from performance.models import Credit, PendingChunk
from tenancy.actors import Actor


def lane_of(root_id: int) -> int:
    return root_id % 8


def queue_credits(actor: Actor, credits: Sequence[Credit], roots: dict[int, int]) -> list[Credit]:
    """Store the credits and let them wait; ``roots``: partner -> root partner."""
    made = Credit.objects.bulk_create(credits)
    lanes: dict[int, list[int]] = {}
    for credit in made:
        lanes.setdefault(lane_of(roots[credit.partner_id]), []).append(credit.pk)
    for lane, ids in lanes.items():
        PendingChunk.objects.create(lane=lane, credit_ids=ids)
    return made
