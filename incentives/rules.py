"""Who may do what with schemes and accruals."""

from incentives.models import SchemeVersion
from tenancy.actors import Actor
from tenancy.enums import Permission


def may_edit(actor: Actor, version: SchemeVersion) -> bool:
    """Drafts may be changed by those who manage schemes; published versions by nobody."""
    return actor.can(Permission.MANAGE_SCHEMES) and version.published_at is None
