"""Reads of prospects. The account managers share them: nobody's book holds what is no partner yet."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from common.errors import NotFound
from partners.applications.numbers import strong_from
from partners.models import Prospect, ProspectScore
from tenancy.actors import Actor
from tenancy.enums import Permission


def prospects_for(actor: Actor) -> QuerySet[Prospect]:
    """Newest first, with product, territory, segment, owner and application."""
    actor.require(Permission.SCOUT)
    rows: QuerySet[Prospect] = Prospect.objects.select_related(
        "product", "territory", "segment", "owner", "application"
    )
    return rows.order_by("-pk")


def get_prospect(actor: Actor, code: str) -> Prospect:
    """Raises ``NotFound``."""
    found = prospects_for(actor).filter(code=code).first()
    if found is None:
        raise NotFound()
    return found


def prospect_by_pk(actor: Actor, pk: int) -> Prospect:
    """Raises ``NotFound``."""
    found = prospects_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def scores_of(actor: Actor, prospect: Prospect) -> list[ProspectScore]:
    """With their criteria."""
    actor.require(Permission.SCOUT)
    return list(ProspectScore.objects.filter(prospect=prospect).select_related("criterion"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a prospect stands in the two-by-two matrix: ``first``, ``candidate`` or ``later``."""

    technical: bool
    commercial: bool

    @property
    def priority(self) -> str:
        return ("later", "candidate", "first")[self.technical + self.commercial]


def place_of(technical: Decimal, commercial: Decimal, limit: int | None = None) -> Place:
    """Strong on both axes comes first, strong on one is a candidate. ``limit``: read once for many."""
    strong = strong_from() if limit is None else limit
    return Place(technical >= strong, commercial >= strong)
