"""The states of a lead, the ways between them (workflows.md, part b), and the reasons that some need."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from marketing.enums import LeadState as S
from workflow.states import Machine

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: From an offer that was declined or not answered, and from a recall, a lead goes back to being routed.
MACHINE = Machine(
    {
        # At once to its partner where it came to one, or was entered on behalf of one.
        S.NEW: (S.ROUTED, S.MANUAL, S.ACCEPTED, S.DISQUALIFIED),
        S.ROUTED: (S.OFFERED, S.MANUAL),
        S.MANUAL: (S.OFFERED, S.ROUTED, S.ACCEPTED, S.DISQUALIFIED),
        S.OFFERED: (S.ACCEPTED, S.ROUTED),
        S.ACCEPTED: (S.CONTACTED, S.LOST, S.DISQUALIFIED, S.ROUTED),
        S.CONTACTED: (S.QUALIFIED, S.LOST, S.DISQUALIFIED, S.ROUTED),
        S.QUALIFIED: (S.CONVERTED, S.LOST, S.DISQUALIFIED),
    },
    S,
    frozenset({S.LOST, S.DISQUALIFIED}),
)

DECLINE, LOSE, DISQUALIFY = "decline", "lose", "disqualify"
REASONS: dict[str, dict[str, "_StrPromise"]] = {
    DECLINE: {
        "no_capacity": _("No capacity"),
        "outside_area": _("Outside of our area"),
        "not_our_field": _("Not our field"),
        "too_small": _("Too small for us"),
        "too_late": _("Cannot be done in time"),
        "other": _("Other reason"),
    },
    LOSE: {
        "price": _("Price"),
        "product": _("Product did not fit"),
        "competitor": _("Bought from somebody else"),
        "no_decision": _("Customer did not decide"),
        "no_budget": _("Customer has no budget"),
        "other": _("Other reason"),
    },
    DISQUALIFY: {
        "spam": _("Spam or a joke"),
        "not_reachable": _("Nobody can be reached"),
        "no_need": _("No need for what we sell"),
        "wrong_data": _("The data are wrong"),
        "duplicate": _("The same as another lead"),
        "other": _("Other reason"),
    },
}


def reasons_of(step: str) -> list[tuple[str, "_StrPromise"]]:
    """Code and words of every reason for ``decline``, ``lose`` or ``disqualify``."""
    return list(REASONS[step].items())


def check_reason(step: str, code: str) -> str:
    """``code``, or ``InputError`` where it is not on the list."""
    if not code:
        raise InputError("reason_required", _("Give a reason."), "reason")
    if code not in REASONS[step]:
        raise InputError("unknown_reason", _("This reason is not on the list."), "reason")
    return code


def reason_text(code: str) -> str:
    """The words for a code of any step; the code itself where it is none."""
    return next((str(texts[code]) for texts in REASONS.values() if code in texts), code)
