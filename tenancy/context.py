"""The active tenant context of the running transaction, as Python sees it.

``tenancy.scope`` is its only writer. The database has its own copy in transaction-local settings; both are set and
restored together.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from tenancy.enums import Audience


class NoOperator(RuntimeError):
    """A tenant table was touched outside ``scope()``."""


@dataclass(frozen=True, slots=True)
class Context:
    """Who the transaction works for. Ids are primary keys; ``None`` where the audience has none."""

    operator_id: int | None
    audience: Audience
    partner_id: int | None = None
    membership_id: int | None = None
    #: The hash of the link that an applicant holds; rows of the one application that carries it are visible.
    applicant: str = ""

    @property
    def settings(self) -> tuple[str, str, str, str, str]:
        """What the database is told: role, operator, partner, member and link, empty where there is none."""
        operator, partner, member = (
            "" if pk is None else str(pk) for pk in (self.operator_id, self.partner_id, self.membership_id)
        )
        return self.audience.db_role, operator, partner, member, self.applicant


active: ContextVar[Context | None] = ContextVar("tenant_context", default=None)


def require_operator_id() -> int:
    """The active operator's id; raises ``NoOperator`` when none is active."""
    context = active.get()
    if context is None or context.operator_id is None:
        raise NoOperator("A tenant table was used outside scope(): no operator is active.")
    return context.operator_id


def active_operator_id() -> int | None:
    """The active operator's id, or ``None``: the default of the operator column, which migrations read too."""
    context = active.get()
    return None if context is None else context.operator_id
