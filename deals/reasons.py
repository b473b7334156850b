"""Reasons that a decision needs: those that the product knows, and the operator's own."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from deals.enums import ReasonKind as K
from deals.models import DealReason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KNOWN: dict[str, dict[str, "_StrPromise"]] = {
    K.REJECT: {
        "incomplete": _("Not enough information"),
        "not_eligible": _("Customer or product not eligible"),
        "no_presales": _("No pre-sales work shown"),
        "direct_account": _("Direct-sales account"),
        "lead_held": _("The operator follows this customer's request already"),
        "other_partner": _("Another registration was first"),
        "other": _("Other reason"),
    },
    K.INFORMATION: {
        "customer_unclear": _("Customer is not clear"),
        "products_unclear": _("Products or amounts are not clear"),
        "evidence_missing": _("Evidence is missing"),
        "other": _("Other reason"),
    },
    K.LOSE: {
        "price": _("Price"),
        "product": _("Product did not fit"),
        "no_decision": _("Customer did not decide"),
        "no_budget": _("Customer has no budget"),
        "competitor": _("Competitor's relation with the customer"),
        "other": _("Other reason"),
    },
    K.END: {
        "inactive": _("No activity"),
        "terms_broken": _("Terms were broken"),
        "customer_wish": _("Customer's wish"),
        "other": _("Other reason"),
    },
    K.OVERRIDE: {
        "customer_choice": _("Customer's written choice"),
        "presales_proof": _("Better proof of pre-sales work"),
        "capability": _("Only this partner can deliver"),
        "agreement": _("Agreed by both sides"),
        "other": _("Other reason"),
    },
    K.LATE_WIN: {
        "signed_late": _("Signed after expiry"),
        "reported_late": _("Reported late"),
        "other": _("Other reason"),
    },
}


def reasons_of(kind: str) -> list[tuple[str, "str | _StrPromise"]]:
    """Code and words of every reason that can be given: the product's and the operator's."""
    own = DealReason.objects.filter(kind=kind)
    named = {row.code: row for row in own}
    known = [(code, text) for code, text in KNOWN[kind].items() if code not in named]
    return [*known, *((row.code, row.label()) for row in own if row.active)]


def check_reason(kind: str, code: str) -> str:
    """``code``, or ``InputError`` where it is not on the list."""
    if not code:
        raise InputError("reason_required", _("Give a reason."), "reason")
    if code not in dict(reasons_of(kind)):
        raise InputError("unknown_reason", _("This reason is not on the list."), "reason")
    return code


def reason_text(code: str) -> str:
    """The words for a code of any kind; the code itself where it is none."""
    row = DealReason.objects.filter(code=code).first()
    if row is not None:
        return str(row.label())
    return next((str(texts[code]) for texts in KNOWN.values() if code in texts), code)
