"""Reads of deals. The walls narrow them already: a partner sees its own tree, a PAM the own book."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import Family
from common.errors import Forbidden, NotFound
from common.text import search_words
from deals.enums import CaseState, DealState
from deals.models import (
    ConflictCase,
    ConflictHit,
    Deal,
    DealForm,
    DealLine,
    DealReason,
    DealReview,
    EngagementRule,
    Extension,
    NamedAccount,
    PrecheckEntry,
    WaitingEntry,
)
from tenancy.actors import Actor
from tenancy.enums import Permission, Role
from tenancy.models import Membership


def deals_for(actor: Actor) -> QuerySet[Deal]:
    """Deals that ``actor`` may see, with partner. A direct seller sees those that touch the own accounts or are sold along."""
    actor.require(Permission.VIEW_DEALS)
    found: QuerySet[Deal] = Deal.objects.select_related("partner", "territory", "segment", "rep")
    if actor.role != Role.DIRECT_SELLER:
        return found
    touching = ConflictHit.objects.filter(
        case__deal=OuterRef("pk"), account__seller_id=actor.membership_id or 0
    )
    return found.filter(Q(co_seller_id=actor.membership_id or 0) | Exists(touching))


def matching(rows: QuerySet[Deal], text: str) -> QuerySet[Deal]:
    """Those whose number or customer holds every word, however it is spelled."""
    for word in search_words(text):
        rows = rows.filter(search_key__contains=word)
    return rows


def get_deal(actor: Actor, ref: str) -> Deal:
    """Raises ``NotFound``."""
    deal = deals_for(actor).filter(ref=ref).first()
    if deal is None:
        raise NotFound()
    return deal


def to_decide(actor: Actor) -> QuerySet[Deal]:
    """Deals that wait for a decision of the operator, the earliest deadline first."""
    actor.require(Permission.DECIDE_DEALS)
    waiting = deals_for(actor).filter(state__in=(DealState.SUBMITTED, DealState.UNDER_REVIEW))
    return waiting.order_by("decision_due_at", "pk")


def customers_of(actor: Actor) -> list[Deal]:
    """The newest deal about each customer that the actor's own company registered: what its form can begin with."""
    newest = deals_for(actor).filter(partner_id=actor.partner_id or 0).exclude(customer_name="")
    found: dict[tuple[str, str], Deal] = {}
    for deal in newest.order_by("-pk")[:200]:
        found.setdefault((deal.country, deal.legal_id or deal.customer_name), deal)
    return sorted(found.values(), key=lambda deal: deal.customer_name)


def usual_country(actor: Actor) -> str:
    """The country of the newest deal that the actor sees; most customers are at home."""
    newest = deals_for(actor).exclude(country="").order_by("-pk").values_list("country", flat=True)
    return newest.first() or ""


def drafts_of(actor: Actor, most: int = 3) -> list[Deal]:
    """Drafts that the actor began and did not submit, the newest first."""
    own = deals_for(actor).filter(state=DealState.DRAFT, author_id=actor.membership_id or 0)
    return list(own.order_by("-updated_at")[:most])


def deal_by_pk(actor: Actor, pk: int) -> Deal:
    """Raises ``NotFound``."""
    deal = deals_for(actor).filter(pk=pk).first()
    if deal is None:
        raise NotFound()
    return deal


def lines_of(deal: Deal) -> QuerySet[DealLine]:
    found: QuerySet[DealLine] = DealLine.objects.filter(deal=deal).select_related("product__family")
    return found


def extensions_of(deal: Deal) -> QuerySet[Extension]:
    found: QuerySet[Extension] = Extension.objects.filter(deal=deal)
    return found


def waiting_of(deal: Deal) -> WaitingEntry | None:
    """The deal's newest place in a queue."""
    found: WaitingEntry | None = WaitingEntry.objects.filter(deal=deal).order_by("-pk").first()
    return found


def review_of(actor: Actor, deal: Deal) -> DealReview | None:
    """What the operator keeps about the deal; staff only."""
    if actor.is_partner:
        raise Forbidden()
    found = DealReview.objects.filter(deal=deal).select_related("customer", "reviewer", "first_approver")
    review: DealReview | None = found.first()
    return review


def cases_for(actor: Actor) -> QuerySet[ConflictCase]:
    """Conflict cases with their deals; staff only, a direct seller's own accounts."""
    if actor.is_partner:
        raise Forbidden()
    actor.require(Permission.VIEW_DEALS)
    found: QuerySet[ConflictCase] = ConflictCase.objects.select_related("deal__partner")
    if actor.role != Role.DIRECT_SELLER:
        return found
    mine = ConflictHit.objects.filter(case=OuterRef("pk"), account__seller_id=actor.membership_id or 0)
    return found.filter(Exists(mine))


def open_cases(actor: Actor) -> QuerySet[ConflictCase]:
    return cases_for(actor).filter(state=CaseState.OPEN)


def case_of(actor: Actor, deal: Deal) -> ConflictCase | None:
    """The deal's newest case."""
    return cases_for(actor).filter(deal=deal).order_by("-pk").first()


def hits_of(actor: Actor, case: ConflictCase) -> QuerySet[ConflictHit]:
    if actor.is_partner:
        raise Forbidden()
    found: QuerySet[ConflictHit] = ConflictHit.objects.filter(case=case).select_related("account__seller")
    if actor.role == Role.DIRECT_SELLER:
        return found.filter(account__seller_id=actor.membership_id or 0)
    return found


def overrides_for(actor: Actor) -> QuerySet[ConflictCase]:
    """Cases decided against the rule, newest first."""
    return cases_for(actor).filter(against_rule=True).order_by("-decided_at")


def accounts_for(actor: Actor) -> QuerySet[NamedAccount]:
    """Named accounts; a direct seller's own."""
    if actor.is_partner:
        raise Forbidden()
    actor.require(Permission.VIEW_DEALS)
    found: QuerySet[NamedAccount] = NamedAccount.objects.filter(active=True).select_related(
        "customer", "seller"
    )
    return found.filter(seller_id=actor.membership_id or 0) if actor.role == Role.DIRECT_SELLER else found


def rules_for(actor: Actor) -> QuerySet[EngagementRule]:
    actor.require(Permission.MANAGE_DEAL_RULES)
    found: QuerySet[EngagementRule] = EngagementRule.objects.filter(active=True)
    return found.select_related("segment", "family", "product")


def forms_for(actor: Actor) -> QuerySet[DealForm]:
    actor.require(Permission.MANAGE_DEAL_RULES)
    found: QuerySet[DealForm] = DealForm.objects.filter(active=True)
    return found


def own_reasons(actor: Actor) -> QuerySet[DealReason]:
    actor.require(Permission.MANAGE_DEAL_RULES)
    found: QuerySet[DealReason] = DealReason.objects.all()
    return found


def prechecks_for(actor: Actor) -> QuerySet[PrecheckEntry]:
    """Checks before registering, newest first."""
    actor.require(Permission.MANAGE_DEAL_RULES)
    found: QuerySet[PrecheckEntry] = PrecheckEntry.objects.select_related("partner", "membership")
    return found


def get_case(actor: Actor, deal: Deal) -> ConflictCase:
    """The deal's newest case; raises ``NotFound``."""
    case = case_of(actor, deal)
    if case is None:
        raise NotFound()
    return case


def later_rivals(actor: Actor, deal: Deal) -> list[Deal]:
    """Deals with an open conflict that names this one: decided with it. Staff only."""
    if actor.is_partner:
        raise Forbidden()
    naming = ConflictHit.objects.filter(other=deal, case__state=CaseState.OPEN).values("case__deal_id")
    return list(deals_for(actor).filter(pk__in=naming))


def family_labels(ids: Iterable[int]) -> dict[int, str]:
    return {family.pk: family.label() for family in Family.objects.filter(pk__in=list(ids))}


def family_codes() -> dict[int, str]:
    return dict(Family.objects.values_list("pk", "code"))


def direct_sellers(actor: Actor) -> QuerySet[Membership]:
    actor.require(Permission.MANAGE_DEAL_RULES)
    found: QuerySet[Membership] = Membership.objects.filter(role=Role.DIRECT_SELLER, active=True)
    return found.order_by("name", "pk")
