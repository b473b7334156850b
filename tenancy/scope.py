"""The one door into tenant data.

``scope`` opens a transaction, becomes the audience's database role and sets the tenant settings for that transaction
only. Logins have no table grants, so a forgotten scope fails with "permission denied" instead of showing anything.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from tenancy.context import Context, active
from tenancy.enums import Audience

#: Takes ``Context.settings``.
SETTINGS = (
    "select set_config('role', %s, true), set_config('app.operator_id', %s, true),"
    " set_config('app.partner_id', %s, true), set_config('app.membership_id', %s, true),"
    " set_config('app.applicant', %s, true)"
)


_NOBODY = ("none", "", "", "", "")


def _apply(context: Context | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS, context.settings if context else _NOBODY)


@contextmanager
def switch(context: Context) -> Iterator[None]:
    """Work under ``context`` inside the transaction that is already open; give the old one back at a normal end.

    After an exception the settings are left to the rollback of the surrounding transaction or savepoint, which
    restores them: a statement in an aborted transaction would only hide the first error.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A tenant context needs an open transaction.")
    before = active.get()
    # Becoming another role needs the login's own rights again: an audience role is a member of nothing.
    _apply(context)
    token = active.set(context)
    try:
        yield
    finally:
        active.reset(token)
    if not connection.needs_rollback:
        _apply(before)


@contextmanager
def scope(
    operator_id: int | None,
    audience: Audience,
    *,
    partner_id: int | None = None,
    membership_id: int | None = None,
    applicant: str = "",
) -> Iterator[None]:
    """A transaction (a savepoint inside another scope) that works for one audience of one operator.

    ``operator_id`` is ``None`` only for ``Audience.AUTH`` before the host is resolved and for ``Audience.PLATFORM``.
    """
    if audience is Audience.PARTNER and partner_id is None:
        raise ValueError("The partner audience needs a partner.")
    context = Context(operator_id, audience, partner_id, membership_id, applicant)

    with scope_of_finding(lambda: context):
        yield


@contextmanager
def scope_of_finding(find: Callable[[], Context]) -> Iterator[None]:
    """``scope`` for whomever ``find`` finds in the same transaction; it may leave other settings behind."""
    nested, before = connection.in_atomic_block, active.get()
    with transaction.atomic():
        context = find()
        token = active.set(context)
        try:
            _apply(context)
            yield
        finally:
            active.reset(token)
        if nested and not connection.needs_rollback:
            _apply(before)
