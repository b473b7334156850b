"""What people are told about deals. No text names another partner."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from deals.enums import DealState
from deals.models import Deal
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import Kind, To, declare, members, names_of, notify, pams_of, partner_people, staff

#: In these a decision is still to be taken; in that one it protects.
UNDECIDED = (DealState.SUBMITTED, DealState.UNDER_REVIEW)
PROTECTED = (DealState.APPROVED,)

SUBMITTED = declare(
    "deals.submitted", Urgency.ACTION, _("Deal %(ref)s of %(partner)s waits for a decision."), asks=UNDECIDED
)
ANSWERED = declare(
    "deals.answered", Urgency.ACTION, _("The question about deal %(ref)s was answered."), asks=UNDECIDED
)
CASE = declare(
    "deals.case",
    Urgency.ACTION,
    _("Deal %(ref)s of %(partner)s collides with something: decide."),
    asks=UNDECIDED,
)
SECOND = declare(
    "deals.second", Urgency.ACTION, _("Deal %(ref)s of %(partner)s needs a second approval."), asks=UNDECIDED
)
DUE = declare(
    "deals.due",
    Urgency.ACTION,
    _("%(share)s %% of the time to decide deal %(ref)s has passed."),
    asks=UNDECIDED,
)
OVERDUE = declare(
    "deals.overdue", Urgency.ACTION, _("Deal %(ref)s of %(partner)s was not decided in time."), asks=UNDECIDED
)
AMENDED = declare(
    "deals.amended", Urgency.ACTION, _("A product was added to deal %(ref)s: review it."), asks=PROTECTED
)
EXTENSION_ASKED = declare(
    "deals.extension_asked",
    Urgency.ACTION,
    _("Longer protection was asked for deal %(ref)s."),
    asks=PROTECTED,
)
TAKEN = declare("deals.taken", Urgency.INFO, _("Deal %(ref)s is under review."))
APPROVED = declare("deals.approved", Urgency.INFO, _("Deal %(ref)s is protected until %(until)s."))
REJECTED = declare("deals.rejected", Urgency.INFO, _("Deal %(ref)s was rejected."))
DUPLICATE = declare("deals.duplicate", Urgency.INFO, _("Deal %(ref)s is a duplicate."))
QUESTION = declare(
    "deals.question",
    Urgency.ACTION,
    _("A question about deal %(ref)s waits for you."),
    asks=(DealState.INFORMATION_REQUIRED,),
)
EXPIRED = declare("deals.expired", Urgency.INFO, _("Deal %(ref)s has expired."))
ENDS = declare(
    "deals.ends",
    Urgency.ACTION,
    _("The protection of deal %(ref)s ends in %(days)s days, on %(until)s."),
    asks=PROTECTED,
)
INACTIVE = declare(
    "deals.inactive", Urgency.ACTION, _("Deal %(ref)s had no update for %(days)s days."), asks=PROTECTED
)
OFFER = declare(
    "deals.offer",
    Urgency.ACTION,
    _("It is your turn with deal %(ref)s: take it or pass."),
    asks=(DealState.DUPLICATE,),
)
OFFER_LAPSED = declare("deals.offer_lapsed", Urgency.INFO, _("The offer for deal %(ref)s has lapsed."))
QUEUE_ENDED = declare("deals.queue_ended", Urgency.INFO, _("Deal %(ref)s waits no longer."))
EXTENSION_DECIDED = declare(
    "deals.extension_decided",
    Urgency.INFO,
    _("The request for longer protection of deal %(ref)s was decided."),
)
LINE_DECIDED = declare(
    "deals.line_decided", Urgency.INFO, _("The added product of deal %(ref)s was decided.")
)
CASE_DECIDED = declare("deals.case_decided", Urgency.INFO, _("The conflict about deal %(ref)s was decided."))
ACCOUNT_CASE = declare(
    "deals.account_case", Urgency.INFO, _("Deal %(ref)s of %(partner)s concerns your account %(customer)s.")
)
CLOSED = declare(
    "deals.closed", Urgency.INFO, _("Deal %(ref)s of %(partner)s was closed: %(state)s."), state=DealState
)
COMMENT = declare("deals.comment", Urgency.INFO, _("There is a new comment on deal %(ref)s."))
FISHING = declare(
    "deals.fishing", Urgency.SECURITY, _("%(partner)s reached the limit of checks before registering.")
)


def path_of(deal: Deal) -> str:
    return f"/deals/{deal.ref}/"


def tell_partner(kind: Kind, deal: Deal, *, key: str = "", **params: Any) -> None:
    """Everybody at the partner who sees deals."""
    _tell(kind, deal, partner_people(deal.partner_id, Permission.VIEW_DEALS), key, params)


def tell_reviewers(kind: Kind, deal: Deal, *, key: str = "", **params: Any) -> None:
    """The partner's PAMs; where it has none, all who may decide."""
    _tell(kind, deal, pams_of(deal.partner_id, Permission.DECIDE_DEALS), key, params)


def tell_closed(actor: Actor, deal: Deal) -> None:
    """The deal is over: its reviewers, and the partner where somebody else ended it."""
    tell_reviewers(CLOSED, deal, state=deal.state)
    if not actor.is_partner:
        tell_partner(CLOSED, deal, state=deal.state)


def tell_managers(kind: Kind, deal: Deal, *, key: str = "", **params: Any) -> None:
    """Those above the PAMs."""
    _tell(kind, deal, staff(Permission.MANAGE_DEAL_RULES), key, params)


def tell_member(kind: Kind, deal: Deal, member_id: int | None, *, key: str = "", **params: Any) -> None:
    _tell(kind, deal, members([member_id]), key, params)


def _tell(kind: Kind, deal: Deal, to: To, key: str, params: dict[str, Any]) -> None:
    if to == To():
        return
    facts = {"ref": deal.ref, "partner": names_of(deal.partner), **params}
    notify(kind, deal, to=to, path=path_of(deal), key=key or str(deal.version), **facts)
