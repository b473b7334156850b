"""Reads of deals. The walls narrow them already: a partner sees its own tree, a PAM the own book."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from common.errors import Forbidden, NotFound
from deals.enums import CaseState
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


def get_deal(actor: Actor, ref: str) -> Deal:
    """Raises ``NotFound``."""
    deal = deals_for(actor).filter(ref=ref).first()
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
    found: QuerySet[DealForm] = DealForm.objects.all()
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
