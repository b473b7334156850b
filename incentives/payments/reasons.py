"""What a bank answers, in plain words: statuses and reasons of ISO 20022 and what the partner or the operator has to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: The money arrived or was settled; nothing is expected any more.
PAID: Final = frozenset({"ACSC", "ACCC"})
#: The bank has it and goes on working.
ACCEPTED: Final = frozenset(
    {"ACCP", "ACTC", "ACSP", "ACWC", "ACWP", "ACFC", "ACIS", "PDNG", "RCVD", "PATC", "PRES"}
)
REFUSED: Final = frozenset({"RJCT", "CANC", "BLCK"})
#: Only for a whole file: part was accepted, part refused; the lines say which.
PARTIAL: Final = frozenset({"PART"})

_ACCOUNT = _("Check the account number and enter the bank account anew.")
_NAME = _("Enter the account holder exactly as the bank writes the name.")
_ANOTHER = _("Enter another bank account that can take payments.")
_BANK = _("Check the BIC of the bank.")
_OPERATOR = _("Nothing to do for the partner; channel finance talks to its bank.")

#: code: (what happened, what to do)
REASONS: Final[dict[str, tuple[_StrPromise, _StrPromise]]] = {
    "AC01": (_("The account number is wrong."), _ACCOUNT),
    "AC02": (_("The operator's account number is wrong."), _OPERATOR),
    "AC03": (_("The account number does not exist at this bank."), _ACCOUNT),
    "AC04": (_("The account is closed."), _ANOTHER),
    "AC05": (_("The operator's account is closed."), _OPERATOR),
    "AC06": (_("The account is blocked."), _ANOTHER),
    "AC07": (_("The account is closed."), _ANOTHER),
    "AC13": (_("The account is of the wrong kind."), _ANOTHER),
    "AC14": (_("The account does not take payments of this kind."), _ANOTHER),
    "AG01": (_("This kind of payment is not allowed on the account."), _ANOTHER),
    "AG02": (_("The bank does not know this kind of payment."), _OPERATOR),
    "AM01": (_("The amount is zero."), _OPERATOR),
    "AM02": (_("The amount is above what is allowed."), _OPERATOR),
    "AM03": (_("The currency is not accepted."), _ANOTHER),
    "AM04": (_("The operator's account has not enough money."), _OPERATOR),
    "AM05": (_("The bank takes it for a payment that was made already."), _OPERATOR),
    "AM09": (_("The amount differs from what was agreed."), _OPERATOR),
    "AM10": (_("The control sum of the file does not fit."), _OPERATOR),
    "BE01": (_("The name does not belong to the account."), _NAME),
    "BE04": (_("The address of the holder is missing."), _NAME),
    "BE05": (_("The bank does not know the operator as a sender."), _OPERATOR),
    "BE06": (_("The bank does not know the holder."), _NAME),
    "BE22": (_("The name of the holder is missing."), _NAME),
    "CH03": (_("The requested day lies too far ahead."), _OPERATOR),
    "CNOR": (_("The partner's bank cannot be reached."), _ANOTHER),
    "CUST": (_("The payment was withdrawn."), _OPERATOR),
    "DT01": (_("The requested day is not valid."), _OPERATOR),
    "DU01": (_("The bank had a file with this reference already."), _OPERATOR),
    "DUPL": (_("The bank takes it for a payment that was made already."), _OPERATOR),
    "FF01": (_("The bank cannot read the file."), _OPERATOR),
    "FOCR": (_("The payment was called back."), _OPERATOR),
    "MD07": (_("The account holder has died."), _ANOTHER),
    "MS02": (_("The account holder refused the payment."), _ANOTHER),
    "MS03": (_("The bank gives no reason."), _ANOTHER),
    "NARR": (_("See the bank's text."), _OPERATOR),
    "RC01": (_("The BIC is wrong."), _BANK),
    "RC04": (_("The bank of the account is wrong or missing."), _BANK),
    "RR01": (_("The law asks for the payer's account or name."), _OPERATOR),
    "RR02": (_("The law asks for the payer's name or address."), _OPERATOR),
    "RR03": (_("The law asks for the holder's name or address."), _NAME),
    "RR04": (_("The bank may not carry out the payment by law."), _OPERATOR),
    "TM01": (_("The file came after the bank's closing time."), _OPERATOR),
}
#: Reasons that the partner can remedy: it is asked for data, and its account is not used until it was.
PARTNER_MUST_ACT: Final = frozenset(
    code for code, (_what, todo) in REASONS.items() if todo in (_ACCOUNT, _NAME, _ANOTHER, _BANK)
)
_UNKNOWN = (_("The bank refused the payment."), _ANOTHER)


def reason_text(code: str) -> _StrPromise | str:
    """What happened, in the reader's language."""
    return REASONS.get(code, _UNKNOWN)[0]


def remedy(code: str) -> _StrPromise | str:
    """What to do about it."""
    return REASONS.get(code, _UNKNOWN)[1]
