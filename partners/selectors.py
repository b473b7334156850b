"""Reads of partners and reps. The database already narrows them: a partner sees its own tree, a PAM the own book."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.selectors import one_by_code
from common.errors import NotFound
from partners.models import BookEntry, Partner, PartnerLink, Rep
from tenancy.actors import Actor
from tenancy.enums import Permission, Role
from tenancy.models import Membership


def partners_for(actor: Actor) -> QuerySet[Partner]:
    """The partners that ``actor`` may see, with parent (where it may be seen) and territory."""
    actor.require(Permission.VIEW_PARTNERS)
    return Partner.objects.select_related("parent", "territory")


def get_partner(actor: Actor, code: str) -> Partner:
    return one_by_code(partners_for(actor), code)


def get_partner_by_id(actor: Actor, pk: int) -> Partner:
    """Raises ``NotFound``."""
    partner = partners_for(actor).filter(pk=pk).first()
    if partner is None:
        raise NotFound()
    return partner


def reps_for(actor: Actor) -> QuerySet[Rep]:
    """With their partners."""
    actor.require(Permission.VIEW_PARTNERS)
    return Rep.objects.select_related("partner")


def get_rep(actor: Actor, code: str) -> Rep:
    return one_by_code(reps_for(actor), code)


def book_of(actor: Actor) -> QuerySet[Partner]:
    """The partners in the actor's own book."""
    return partners_for(actor).filter(book_entries__member_id=actor.membership_id)


def own_company(actor: Actor) -> Partner:
    """The company of a partner's member; raises ``NotFound`` for staff."""
    partner = partners_for(actor).filter(pk=actor.partner_id or 0).first()
    if partner is None:
        raise NotFound()
    return partner


def with_counts(partners: QuerySet[Partner]) -> QuerySet[Any]:
    """Annotated with ``rep_count`` and ``sub_count`` (active ones, right below) and ``pams`` (names, where visible)."""
    active_reps = Rep.objects.filter(partner=OuterRef("pk"), active=True)
    children = Partner.objects.filter(parent=OuterRef("pk"), active=True)
    pams = BookEntry.objects.filter(partner=OuterRef("pk")).order_by("member__name").values("member__name")
    return partners.annotate(
        rep_count=_count(active_reps, "partner"),
        sub_count=_count(children, "parent"),
        pams=ArraySubquery(pams),
    )


def _count(things: QuerySet[Any], by: str) -> Any:
    counted = things.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def in_territory(partners: QuerySet[Partner], territory_id: int) -> QuerySet[Partner]:
    """Those in the territory or in a part of it."""
    return partners.filter(territory__path__contains=[territory_id])


def in_book(partners: QuerySet[Partner], member_id: int) -> QuerySet[Partner]:
    return partners.filter(book_entries__member_id=member_id)


def tiers_in_use(actor: Actor) -> list[str]:
    """Codes of the tiers that visible partners have."""
    tiers = partners_for(actor).exclude(tier="").order_by("tier").values_list("tier", flat=True)
    return list(tiers.distinct())


def pams_for(actor: Actor) -> QuerySet[Membership]:
    """The operator's active PAMs; those whose books ``actor`` may look into."""
    actor.require(Permission.VIEW_PARTNERS)
    pams = Membership.objects.filter(role=Role.PAM, active=True)
    return pams.order_by("name", "pk")


def get_pam(actor: Actor, member_id: int) -> Membership:
    """Raises ``NotFound``."""
    pam = pams_for(actor).filter(pk=member_id).first()
    if pam is None:
        raise NotFound()
    return pam


def pams_with_counts(actor: Actor) -> QuerySet[Any]:
    """PAMs with ``partner_count``, the size of their books."""
    return pams_for(actor).annotate(partner_count=Count("book"))


def in_no_book(actor: Actor) -> QuerySet[Partner]:
    """Active partners that nobody looks after."""
    taken = BookEntry.objects.filter(partner=OuterRef("pk"), member__active=True)
    return partners_for(actor).filter(~Exists(taken), active=True)


@dataclass(frozen=True, slots=True)
class PartnerSummary:
    """A partner with its surroundings, for its page. ``line`` is what stands above it, from the top, itself last."""

    partner: Partner
    line: tuple[Partner, ...]
    people: int
    reps: int
    subs: int
    tree: int
    pams: tuple[str, ...]


def partner_summary(actor: Actor, code: str) -> PartnerSummary:
    """Raises ``NotFound``. Six queries."""
    partner = get_partner(actor, code)
    links = PartnerLink.objects.filter(descendant=partner, depth__gt=0).select_related("ancestor")
    entries = BookEntry.objects.filter(partner=partner).order_by("member__name")
    return PartnerSummary(
        partner=partner,
        line=(*(link.ancestor for link in links.order_by("-depth")), partner),
        people=people_of(partner).count(),
        reps=_number(Rep, partner=partner, active=True),
        subs=_number(Partner, parent=partner),
        tree=PartnerLink.objects.filter(ancestor=partner, depth__gt=0).count(),
        pams=tuple(entries.values_list("member__name", flat=True)),
    )


def _number(model: type[Model], **conditions: Any) -> int:
    count: int = model.objects.filter(**conditions).count()  # type: ignore[attr-defined]
    return count


def people_of(partner: Partner) -> QuerySet[Membership]:
    """The active members of a partner."""
    return Membership.objects.filter(partner=partner, active=True).order_by("name", "pk")


def children_of(actor: Actor, partner: Partner) -> QuerySet[Any]:
    """The partners right below one, with counts."""
    return with_counts(partners_for(actor).filter(parent=partner))
