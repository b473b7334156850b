"""Reads of programmes. The database already narrows partners to their tree and PAMs to their book."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, Q, QuerySet

from catalog.models import Territory
from common.errors import NotFound
from partners.models import Partner
from partners.selectors import in_territory, partners_for
from programs.enums import BenefitKind, TierState
from programs.models import (
    Benefit,
    Certification,
    Enrolment,
    Evidence,
    Programme,
    Requirement,
    Tier,
    TierChange,
)
from tenancy.actors import Actor
from tenancy.enums import Permission


def programmes_for(actor: Actor) -> QuerySet[Programme]:
    """The main one first; partners see active ones. Whoever may see schemes or partners may see what they name."""
    rows: QuerySet[Programme] = Programme.objects.order_by("-main", "code")
    return rows.filter(active=True) if actor.is_partner else rows


def programmes_joined(partner_id: int) -> QuerySet[Programme]:
    """Active ones that the partner is in, the main one first."""
    rows: QuerySet[Programme] = Programme.objects.filter(active=True, enrolments__partner_id=partner_id)
    return rows.order_by("-main", "code")


def programme_label(code: str) -> str:
    """The programme's name in the reader's language; the code where there is none, or nothing."""
    row = Programme.objects.filter(code=code).first() if code else None
    return row.label() if row else code


def get_programme(actor: Actor, code: str) -> Programme:
    """Raises ``NotFound``."""
    actor.require(Permission.VIEW_PROGRAMS)
    row = programmes_for(actor).filter(code=code).first()
    if row is None:
        raise NotFound()
    return row


def tiers_of(programme: Programme) -> QuerySet[Tier]:
    """Lowest first."""
    rows: QuerySet[Tier] = Tier.objects.filter(programme=programme).order_by("rank")
    return rows


def get_tier(actor: Actor, programme: Programme, code: str) -> Tier:
    """Raises ``NotFound``."""
    actor.require(Permission.VIEW_PROGRAMS)
    row = tiers_of(programme).filter(code=code).first()
    if row is None:
        raise NotFound()
    return row


def enrolments_for(actor: Actor, programme: Programme | None = None) -> QuerySet[Enrolment]:
    """What the actor may see, with programme, partner, tier and the tier qualified for."""
    actor.require(Permission.VIEW_PROGRAMS)
    rows: QuerySet[Enrolment] = Enrolment.objects.select_related(
        "programme", "partner", "tier", "target", "former"
    )
    if actor.is_partner:
        rows = rows.filter(programme__active=True)
    if programme is not None:
        rows = rows.filter(programme=programme)
    return rows.order_by("programme__code", "-tier__rank", "partner__name", "pk")


def enrolment_of(actor: Actor, programme: str, partner: str) -> Enrolment:
    """By the codes of programme and partner; raises ``NotFound``."""
    rows = enrolments_for(actor).filter(programme__code=programme, partner__code=partner)
    row = rows.first()
    if row is None:
        raise NotFound()
    return row


def evidence_for(actor: Actor, enrolment: Enrolment) -> QuerySet[Evidence]:
    """What the last evaluation found, with the requirement and what it asks for."""
    actor.require(Permission.VIEW_PROGRAMS)
    rows: QuerySet[Evidence] = Evidence.objects.filter(enrolment=enrolment)
    return rows.select_related("requirement__tier", "requirement__kpi", "requirement__certification")


def history_of(actor: Actor, partner_id: int) -> QuerySet[TierChange]:
    """A partner's steps through all of its programmes, newest first."""
    actor.require(Permission.VIEW_PROGRAMS)
    rows: QuerySet[TierChange] = TierChange.objects.filter(partner_id=partner_id)
    return rows.select_related("programme", "tier", "source").order_by("-pk")


def counts_of(actor: Actor, programme: Programme) -> dict[int, dict[str, int]]:
    """Tier id -> state -> number of partners that the actor may see; ``all`` is their sum."""
    rows = enrolments_for(actor, programme).order_by().values("tier_id", "state").annotate(n=Count("pk"))
    found: dict[int, dict[str, int]] = defaultdict(lambda: {"all": 0})
    for row in rows:
        found[row["tier_id"]][row["state"]] = row["n"]
        found[row["tier_id"]]["all"] += row["n"]
    return dict(found)


def to_watch(actor: Actor) -> QuerySet[Enrolment]:
    """Those that do not simply hold their tier: at risk, in grace, by exception, or qualified for more."""
    return enrolments_for(actor).filter(~Q(state=TierState.HELD)).order_by("due_on", "partner__name")


def programmes_of(partner_ids: Collection[int]) -> dict[int, list[str]]:
    """Partner id -> codes of the active programmes that it is in."""
    rows = Enrolment.objects.filter(partner_id__in=list(partner_ids), programme__active=True)
    found: dict[int, list[str]] = defaultdict(list)
    for partner_id, code in rows.values_list("partner_id", "programme__code"):
        found[partner_id].append(code)
    return dict(found)


def main_tiers() -> list[str]:
    """Codes of the main programme's tiers, lowest first."""
    rows = Tier.objects.filter(programme__main=True).order_by("rank")
    return list(rows.values_list("code", flat=True))


def main_tier_names() -> dict[str, str]:
    """Code -> name in the active language, lowest first."""
    return {tier.code: tier.label() for tier in Tier.objects.filter(programme__main=True).order_by("rank")}


def certification_choices(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of active certifications."""
    actor.require(Permission.VIEW_PROGRAMS)
    rows = Certification.objects.filter(active=True).order_by("name", "code")
    return [(row.code, row.label()) for row in rows]


def requirements_of(programme: Programme) -> QuerySet[Requirement]:
    """Every node of every tier with what it names, in the order of position."""
    rows: QuerySet[Requirement] = Requirement.objects.filter(tier__programme=programme)
    rows = rows.select_related("kpi", "certification", "tier").prefetch_related("values")
    return rows.order_by("position", "pk")


def get_requirement(actor: Actor, pk: int) -> Requirement:
    """With its tier and programme; raises ``NotFound``."""
    actor.require(Permission.VIEW_PROGRAMS)
    rows = Requirement.objects.select_related("kpi", "certification", "tier__programme")
    row: Requirement | None = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def tier_by_id(actor: Actor, pk: int) -> Tier:
    """With its programme; raises ``NotFound``."""
    actor.require(Permission.VIEW_PROGRAMS)
    row: Tier | None = Tier.objects.select_related("programme").filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def benefits_by_tier(programme: Programme) -> dict[int, list[Benefit]]:
    """Tier id -> what it gives, in the order of the kinds."""
    found: dict[int, list[Benefit]] = defaultdict(list)
    order = {kind: number for number, kind in enumerate(BenefitKind.values)}
    for row in Benefit.objects.filter(tier__programme=programme):
        found[row.tier_id].append(row)
    return {pk: sorted(rows, key=lambda row: order[row.kind]) for pk, rows in found.items()}


def fitting_partners(
    actor: Actor, *, role: str = "", layer: str = "", territory: str = ""
) -> QuerySet[Partner]:
    """Partners to enrol together: with a role, in a layer, in a territory (codes; empty asks nothing)."""
    rows = partners_for(actor).filter(active=True).order_by("code")
    if role:
        rows = rows.filter(roles__contains=[role])
    if layer:
        rows = rows.filter(layers__contains=[layer])
    if territory:
        place = Territory.objects.filter(code=territory).values_list("pk", flat=True).first()
        rows = in_territory(rows, place or 0)
    return rows
