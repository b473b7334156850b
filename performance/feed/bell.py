"""Tells the worker that there is something to count. Losing a ring costs a moment: a sweep finds what waits."""

import logging
from collections.abc import Iterable
from functools import partial

from django.db import transaction

logger = logging.getLogger(__name__)


def ring(operator_id: int, lanes: Iterable[int]) -> None:
    """Ring for these lanes once the open transaction is committed. Never raises."""
    chosen = sorted(set(lanes))
    if chosen:
        transaction.on_commit(partial(_send, operator_id, chosen), robust=True)


def _send(operator_id: int, lanes: list[int]) -> None:
    from performance import tasks

    try:
        tasks.ring(operator_id, lanes)
    except Exception as error:
        logger.warning("The bell did not ring (%s); the sweep will count.", error)
