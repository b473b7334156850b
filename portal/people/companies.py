"""The companies that a person can be invited to."""

from partners.selectors import partners_for
from tenancy.actors import Actor
from tenancy.enums import Permission


def company_choices(actor: Actor) -> list[tuple[int, str]] | None:
    """Id and name of every partner, for staff; ``None`` for a partner's owner, who has only the own company."""
    if not actor.can(Permission.MANAGE_STAFF):
        return None
    return [(partner.pk, partner.name) for partner in partners_for(actor).order_by("name")]
