"""Reads of rules and companies, as few queries as possible, in the sight of whoever asks."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from common.errors import NotFound
from partners.models import Partner
from programs.authorisations.rules import Rule, Seller
from programs.models import Authorisation, AuthorisationEnd, Enrolment, Programme, Tier
from tenancy.actors import Actor
from tenancy.enums import Permission

THINGS = ("product", "segment", "territory", "partner", "programme", "tier__programme")
_COLUMNS = (
    "pk", "effect", "product_id", "layer", "segment_id", "territory_id", "territory__level", "engagement_model",
    "partner_id", "role", "programme_id", "tier__programme_id", "tier__rank",
)  # fmt: skip


def in_force(on: date) -> QuerySet[Authorisation]:
    """Rules that hold on a day."""
    found: QuerySet[Authorisation] = Authorisation.objects.filter(starts__lte=on)
    still = Q(endings__isnull=True) | Q(endings__gone_on__gt=on)
    return found.filter(Q(ends__isnull=True) | Q(ends__gte=on), still)


def rules_of(partners: Collection[int] | None, on: date) -> list[Rule]:
    """Rules in force on a day that are for nobody in particular or for these companies (``None``: for any)."""
    found = in_force(on).order_by()
    if partners is not None:
        found = found.filter(Q(partner__isnull=True) | Q(partner_id__in=partners))
    return [_rule(*row) for row in found.values_list(*_COLUMNS)]


def _rule(
    pk: int, effect: str, product: int | None, layer: str, segment: int | None, territory: int | None,
    level: int | None, model: str, partner: int | None, role: str, programme: int | None,
    tier_programme: int | None, rank: int | None,
) -> Rule:  # fmt: skip
    tier = (tier_programme, rank) if tier_programme is not None and rank is not None else None
    depth = 0 if level is None else level + 1
    return Rule(pk, effect, product, layer, segment, territory, depth, model, partner, role, programme, tier)


def sellers(partners: Iterable[Partner]) -> dict[int, Seller]:
    """Companies as rules see them, by id. One query."""
    found = {partner.pk: frozenset(partner.roles) for partner in partners}
    ranks: dict[int, dict[int, int]] = defaultdict(dict)
    rows = Enrolment.objects.filter(partner_id__in=found).values_list(
        "partner_id", "programme_id", "tier__rank"
    )
    for partner, programme, rank in rows:
        ranks[partner][programme] = rank
    return {pk: Seller(pk, roles, ranks.get(pk, {})) for pk, roles in found.items()}


def authorisations_for(actor: Actor) -> QuerySet[Any]:
    """Every rule that ``actor`` may read, newest first, with what it names and its end."""
    actor.require(Permission.VIEW_AUTHORISATIONS)
    return Authorisation.objects.select_related(*THINGS).prefetch_related("endings")


def get_authorisation(actor: Actor, pk: int) -> Any:
    """The rule with its state (``with_state``); raises ``NotFound``."""
    today = timezone.now().astimezone(actor.operator.zone).date()
    found = with_state(authorisations_for(actor), today).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def with_state(rules: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Annotated with ``gone_on`` (the day from which it no longer holds, if any) and ``standing``: planned, now, over."""
    ending = AuthorisationEnd.objects.filter(authorisation=OuterRef("pk")).values("gone_on")
    over = Q(ends__lt=today) | Q(gone_on__lte=today)
    standing = Case(
        When(over, then=Value("over")), When(starts__gt=today, then=Value("planned")), default=Value("now")
    )
    found: QuerySet[Any] = rules.annotate(gone_on=Subquery(ending)).annotate(standing=standing)
    return found


def levels_for(actor: Actor) -> list[tuple[Programme, list[Tier]]]:
    """Programmes in use with their tiers, lowest first: what a rule can be for."""
    actor.require(Permission.VIEW_AUTHORISATIONS)
    programmes = Programme.objects.filter(active=True).prefetch_related("tiers").order_by("code")
    return [
        (programme, sorted(programme.tiers.all(), key=lambda tier: tier.rank)) for programme in programmes
    ]
