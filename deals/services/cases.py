"""Conflict cases: the PAM decides side by side, by the rules of engagement or against them with a reason."""

from django.utils.translation import gettext_lazy as _

from common.errors import InputError, NotFound
from deals.enums import CaseState, DealState, Decision, ReasonKind
from deals.models import ConflictCase, ConflictHit, Deal
from deals.notices import CASE_DECIDED, tell_member, tell_partner
from deals.office import open_deal
from deals.reasons import check_reason
from deals.services.examining import close_case, make_duplicate
from deals.services.review import check_not_own, reject
from deals.services.steps import advance, review_of, touch
from marketing.enums import HELD
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.conversation import attachments_of

#: The purpose of a file that shows whom the customer wants.
CUSTOMER_CHOICE = "customer_choice"
#: Decisions that reject the deal, with the reason that its partner reads.
REFUSALS = {Decision.REFUSE: "direct_account", Decision.LEAD: "lead_held"}


def decide_case(
    actor: Actor,
    *,
    ref: str,
    decision: str,
    reason: str = "",
    text: str = "",
    customer_choice: bool = False,
    version: int | None = None,
) -> Deal:
    """Decide the open conflict of a deal. Both sides are told; what the case says of others stays with the operator.

    ``go_on`` and ``co_sell``: the deal is under review and can be approved; ``other``: it is a duplicate; ``refuse`` and
    ``lead``: rejected.
    Against what the rule proposes a reason of the list is needed, and the case shows in the override report.
    """
    with open_deal(actor, ref, Permission.DECIDE_DEALS, version=version) as deal:
        check_not_own(actor, deal)
        case = _open_case(deal)
        hits = list(ConflictHit.objects.filter(case=case).select_related("account"))
        _check(decision, hits)
        case.against_rule = decision != case.proposed and not customer_choice
        case.customer_choice = customer_choice
        if customer_choice and not attachments_of(deal).filter(purpose=CUSTOMER_CHOICE).exists():
            raise InputError("evidence", _("Attach the customer's written choice first."), "customer_choice")
        if decision != case.proposed:
            case.reason = check_reason(ReasonKind.OVERRIDE, reason)
        case.text = text.strip()
        close_case(case, decision, actor)
        touch(actor, deal, "conflict_decided", text=case.text, internal=True)
        _carry_out(actor, deal, case, hits)
        _tell(deal, hits)
    return deal


def _open_case(deal: Deal) -> ConflictCase:
    cases = ConflictCase.objects.select_for_update(no_key=True)
    case: ConflictCase | None = cases.filter(deal=deal, state=CaseState.OPEN).first()
    if case is None:
        raise NotFound("no_case", _("There is no open conflict."))
    return case


def fitting_decisions(hits: list[ConflictHit]) -> list[Decision]:
    """How a conflict with these can end."""
    accounts, deals = any(hit.account_id for hit in hits), any(hit.other_id for hit in hits)
    held = any(hit.lead_id and hit.evidence.get("state") in HELD for hit in hits)
    fitting = [Decision.GO_ON]
    fitting += [Decision.OTHER] if deals else []
    fitting += [Decision.LEAD] if held else []
    return fitting + ([Decision.CO_SELL, Decision.REFUSE] if accounts else [])


def _check(decision: str, hits: list[ConflictHit]) -> None:
    if decision not in fitting_decisions(hits):
        raise InputError("unknown_choice", _("This decision does not fit the conflict."), "decision")


def _carry_out(actor: Actor, deal: Deal, case: ConflictCase, hits: list[ConflictHit]) -> None:
    if case.decision == Decision.OTHER:
        make_duplicate(actor, deal, {family for hit in hits for family in hit.families})
        return
    if case.decision in REFUSALS:
        reject(actor, deal, reason=REFUSALS[Decision(case.decision)], text="")
        return
    if case.decision == Decision.CO_SELL:
        account = next(hit.account for hit in hits if hit.account is not None)
        deal.co_seller_id = account.seller_id
        touch(actor, deal, "co_sell", ["co_seller"])
    if deal.state == DealState.SUBMITTED:
        review = review_of(deal)
        review.reviewer_id = actor.membership_id
        review.save(update_fields=["reviewer"])
        advance(actor, deal, DealState.UNDER_REVIEW)


def _tell(deal: Deal, hits: list[ConflictHit]) -> None:
    tell_partner(CASE_DECIDED, deal, key="case")
    for hit in hits:
        if hit.account is not None:
            tell_member(CASE_DECIDED, deal, hit.account.seller_id, key="case")
        elif hit.other is not None:
            tell_partner(CASE_DECIDED, hit.other, key=f"case{hit.case_id}")


def dismiss_case(actor: Actor, *, ref: str, text: str, version: int | None = None) -> Deal:
    """There is no conflict after all (the likeness misled), with words; the deal goes on."""
    if not text.strip():
        raise InputError("reason_required", _("Give a reason."), "text")
    with open_deal(actor, ref, Permission.DECIDE_DEALS, version=version) as deal:
        check_not_own(actor, deal)
        case = _open_case(deal)
        close_case(case, "", actor)
        case.state, case.text = CaseState.DISMISSED, text.strip()
        case.save(update_fields=["state", "text"])
        touch(actor, deal, "conflict_dismissed", text=case.text, internal=True)
    return deal
