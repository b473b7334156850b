"""Replies kept for repeated requests: the second call with one ``Idempotency-Key`` gets the answer of the first.

The reply is written in the transaction of the effect, so there is never one without the other. A call that was refused
leaves nothing behind; its key can be used again. Two calls at the same time: the later one is told to try again
(``InFlight``) instead of waiting, and gets the stored reply when it does.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, DomainError, InputError
from tenancy.actors import Actor
from tenancy.models import IdempotencyKey

MAX_KEY = 200
KEPT = timedelta(days=3)


class KeyReused(DomainError):
    """A key came back with another request."""

    default_code = "idempotency_key_reused"
    default_message = _("This Idempotency-Key was used for a different request.")


class InFlight(Conflict):
    """The first call with this key has not ended yet."""

    default_code = "idempotency_in_flight"
    default_message = _("A request with this Idempotency-Key is still running. Try again shortly.")


@dataclass(frozen=True, slots=True)
class Reply:
    """A stored answer: HTTP status and what ``remember`` was given."""

    status: int
    response: Any


def recall(actor: Actor, *, key: str, request_hash: str) -> Reply | None:
    """The reply of an earlier call with this key, or ``None`` for the first one, which then holds the key until commit.

    Raises ``InFlight``, ``KeyReused``, and ``InputError`` for a key that is empty, too long or not printable ASCII.
    """
    if not (0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise InputError(
            "idempotency_key",
            _("An Idempotency-Key has 1 to %(most)s printable ASCII characters."),
            params={"most": MAX_KEY},
        )
    with connection.cursor() as cursor:
        name = f"{actor.operator.pk}:{actor.membership_id}:{key}"
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 727002))", [name])
        if not cursor.fetchone()[0]:
            raise InFlight()
    stored = IdempotencyKey.objects.filter(membership_id=actor.membership_id, key=key).first()
    if stored is None:
        return None
    if stored.request_hash != request_hash:
        raise KeyReused()
    return Reply(stored.status, stored.response)


def remember(actor: Actor, *, key: str, request_hash: str, status: int, response: Any) -> None:
    """Keep the reply to the running request, as part of its transaction."""
    IdempotencyKey.objects.create(
        membership_id=actor.membership_id,
        key=key,
        request_hash=request_hash,
        status=status,
        response=response,
    )


def forget_replies() -> int:
    """Remove replies older than ``KEPT`` in a worker's scope; returns how many."""
    removed, _details = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return removed
