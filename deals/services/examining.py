"""What becomes of a complete submission: duplicate, conflict case, approved at once, or a place before the PAM.

Runs in the office, with the customer locked (``deals.office.open_deal``).
"""

from collections.abc import Collection
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from deals.conflicts import Findings, Hit, find_conflicts
from deals.engagement import rule_for
from deals.enums import PENDING, CaseState, DealState, Decision, WaitingState
from deals.forms import form_of
from deals.identity import identify, keep_keys
from deals.models import ConflictCase, ConflictHit, Deal, DealReview, WaitingEntry
from deals.newcustomers import keep_customer
from deals.notices import (
    ACCOUNT_CASE,
    APPROVED,
    CASE,
    DUPLICATE,
    SUBMITTED,
    tell_member,
    tell_partner,
    tell_reviewers,
)
from deals.numbers import join_waiting_list, protection_days, second_approver_above
from deals.services.steps import (
    advance,
    moment,
    review_of,
    start_protection,
    system,
    today_of,
    watch_activity,
)
from deals.slots import families_of, hold_slots
from partners.models import BookEntry
from programs.benefits import benefit_of
from programs.enums import BenefitKind
from programs.honoured import honours
from tenancy.actors import Actor

honours(BenefitKind.PROTECTION_DAYS, _("Registered deals are protected that long, if it is more than usual."))


def examine(actor: Actor, deal: Deal, *, told: bool = False) -> None:
    """Compare a deal that was just submitted with everything else, and let the rules decide what they can.

    ``told``: the reviewers know already that it waits for them.
    """
    identity = identify(deal)
    keep_keys(identity, deal_id=deal.pk)
    findings = find_conflicts(deal, identity, families_of(deal))
    review = review_of(deal)
    review.customer, review.outcome = identity.customer, findings.outcome
    _assign(review)
    review.save()
    if findings.holders:
        _record_case(deal, findings, settled=True)
        make_duplicate(actor, deal, _families(findings.holders))
    elif findings.hits:
        _record_case(deal, findings)
        tell_reviewers(CASE, deal)
    else:
        drop_case(deal)
        _let_in(actor, deal, told=told)


def _assign(review: DealReview) -> None:
    """The first PAM whose book the partner is in looks after it."""
    if review.reviewer_id is None:
        entry = BookEntry.objects.filter(partner_id=review.partner_id, member__active=True).order_by("pk")
        review.reviewer_id = entry.values_list("member_id", flat=True).first()


def _let_in(actor: Actor, deal: Deal, *, told: bool) -> None:
    """Nothing stands against it: the rule of its form approves it, or a person is asked."""
    limit = form_of(deal).auto_limit
    second = second_approver_above()
    alone = not second or deal.value <= second
    if limit is not None and deal.value <= limit and alone:
        protect(system(actor), deal)
        tell_reviewers(APPROVED, deal, until=str(deal.protected_until))
    elif not told:
        tell_reviewers(SUBMITTED, deal)


def protect(actor: Actor, deal: Deal, *, text: str = "") -> None:
    """Approve: take the customer, start the protection, and make duplicates of everybody else who wants the same.

    Raises ``Conflict("slot_taken")`` where somebody else holds it.
    """
    families = families_of(deal)
    until = today_of(deal) + timedelta(days=_protection(deal))
    hold_slots(deal, families, until)
    keep_customer(actor, deal)
    start_protection(deal, until)
    deal.decided_at = deal.active_at = moment()
    deal.paused_at = deal.decision_due_at = None
    fields = ["protected_until", "decided_at", "active_at", "paused_at", "decision_due_at"]
    advance(actor, deal, DealState.APPROVED, text=text, save=fields)
    watch_activity(deal)
    tell_partner(APPROVED, deal, until=until.isoformat())
    for other, common in _rivals(deal, families):
        make_duplicate(actor, other, common)


def _protection(deal: Deal) -> int:
    """How many days of protection: the operator's own, or more where the partner's tier gives more."""
    benefit = benefit_of(deal.partner, BenefitKind.PROTECTION_DAYS)
    return max(protection_days(), int(benefit.value) if benefit and benefit.value else 0)


def _rivals(deal: Deal, families: Collection[int]) -> list[tuple[Deal, set[int]]]:
    """Deals that wait for a decision about the same customer and products, locked, by their number."""
    findings = find_conflicts(deal, identify(deal), families)
    common = {hit.other.pk: hit.families for hit in findings.hits if hit.other is not None and hit.sure}
    waiting = Deal.objects.filter(pk__in=common, state__in=PENDING).order_by("pk")
    return [(other, common[other.pk]) for other in waiting.select_for_update(no_key=True)]


def make_duplicate(actor: Actor, deal: Deal, families: Collection[int]) -> None:
    """Set aside by the system; it joins the waiting list for ``families`` where the operator wants that."""
    deal.decided_at, deal.paused_at, deal.decision_due_at = moment(), None, None
    fields = ["decided_at", "paused_at", "decision_due_at"]
    advance(system(actor), deal, DealState.DUPLICATE, reason="duplicate", save=fields)
    case = ConflictCase.objects.filter(deal=deal, state=CaseState.OPEN).first()
    if case is not None:
        close_case(case, Decision.OTHER)
    if join_waiting_list():
        queue(deal, families)
    tell_partner(DUPLICATE, deal)
    tell_reviewers(DUPLICATE, deal)


def queue(deal: Deal, families: Collection[int]) -> WaitingEntry:
    """The deal's place behind whoever holds its customer."""
    entry: WaitingEntry = WaitingEntry.objects.create(
        deal=deal,
        partner_id=deal.partner_id,
        state=WaitingState.QUEUED,
        families=sorted(families),
        rank_at=deal.submitted_at,
    )
    return entry


def _families(hits: Collection[Hit]) -> set[int]:
    return {family for hit in hits for family in hit.families}


def _record_case(deal: Deal, findings: Findings, *, settled: bool = False) -> ConflictCase:
    """The case with its evidence; what an earlier check said about the deal gives way. ``settled``: the rules decided."""
    drop_case(deal)
    accounts = [hit for hit in findings.hits if hit.account is not None]
    rule = rule_for(deal, _families(accounts) if accounts else ())
    case: ConflictCase = ConflictCase.objects.create(
        deal=deal,
        partner_id=deal.partner_id,
        outcome=findings.outcome,
        leads=rule.leads,
        rule_text=rule.text,
        proposed=_proposed(deal, findings, rule.on_conflict),
    )
    ConflictHit.objects.bulk_create(_row(case, hit) for hit in findings.hits)
    if settled:
        close_case(case, Decision.OTHER)
    for hit in accounts:
        if hit.account is not None:
            names = {"customer": hit.account.customer.name}
            tell_member(ACCOUNT_CASE, deal, hit.account.seller_id, **names)
    return case


def _row(case: ConflictCase, hit: Hit) -> ConflictHit:
    return ConflictHit(
        case=case,
        partner_id=case.partner_id,
        other=hit.other,
        account=hit.account,
        strength=hit.strength,
        kind=hit.kind,
        families=sorted(hit.families),
        evidence=hit.evidence,
    )


def _proposed(deal: Deal, findings: Findings, on_conflict: str) -> str:
    """What the rules say: direct sales by rule of engagement, then the earlier rank; a likeness alone stops nobody."""
    sure = [hit for hit in findings.hits if hit.sure]
    if any(hit.account for hit in sure):
        return on_conflict
    ahead = [hit for hit in sure if hit.other is not None and _is_ahead(hit.other, deal)]
    return Decision.OTHER if ahead else Decision.GO_ON


def _is_ahead(other: Deal, deal: Deal) -> bool:
    if other.submitted_at is None or deal.submitted_at is None:
        return True
    return (other.submitted_at, other.pk) < (deal.submitted_at, deal.pk)


def drop_case(deal: Deal) -> None:
    """An open case about the deal is dismissed: what it said is no longer so."""
    for case in ConflictCase.objects.filter(deal=deal, state=CaseState.OPEN):
        case.state, case.decided_at, case.decided_by = CaseState.DISMISSED, moment(), "system"
        case.save(update_fields=["state", "decided_at", "decided_by"])


def close_case(case: ConflictCase, decision: str, actor: Actor | None = None) -> None:
    case.state, case.decision, case.decided_at = CaseState.DECIDED, decision, moment()
    case.decided_by = actor.name if actor else "system"
    case.decider_id = actor.membership_id if actor else None
    case.save()
