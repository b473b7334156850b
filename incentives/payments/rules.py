"""Ways that accounts, batches and payments go; the operator's settings about paying."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from incentives.states import BankAccountState as A
from incentives.states import BatchState as B
from workflow.settings import define
from workflow.states import Machine

account_wait = define(
    "payments.account_wait_days",
    10,
    _("A changed bank account waits before money goes to it"),
    _("days"),
    most=90,
)
accepted_is_paid = define(
    "payments.accepted_is_paid",
    False,
    _("The bank reports acceptance only: count accepted payments as paid"),
)
latin_only = define(
    "payments.latin_only", True, _("Payment files use Latin letters only (as SEPA and most banks abroad ask)")
)
payer_name = define("payments.payer_name", "", _("Name of the account that pays"))
payer_iban = define("payments.payer_iban", "", _("IBAN of the account that pays"))
payer_bic = define("payments.payer_bic", "", _("BIC of the bank that pays"))

ACCOUNT: Final = Machine(
    ways={
        A.SUBMITTED: (A.CONFIRMED, A.ACTIVE, A.REFUSED),
        A.CONFIRMED: (A.ACTIVE, A.REFUSED),
        A.ACTIVE: (A.RETIRED, A.REFUSED),
    },
    labels=A,
    reasons=frozenset({A.REFUSED}),
)
BATCH: Final = Machine(
    ways={
        B.PREPARED: (B.APPROVED, B.CANCELLED),
        B.APPROVED: (B.EXPORTED, B.CANCELLED),
        B.EXPORTED: (B.ANSWERED, B.CLOSED),
        B.ANSWERED: (B.CLOSED,),
    },
    labels=B,
    reasons=frozenset({B.CANCELLED}),
)
