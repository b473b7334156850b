"""The checklist that the product brings along."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from partners.documents.enums import DocumentKind
from partners.onboarding.enums import Approver, Side, StepKind

DEFAULT_NAME = _("Joining as a partner")


@dataclass(frozen=True, slots=True)
class Plan:
    """One step; ``after`` is the key of the step that has to be settled first."""

    key: str
    kind: str
    name: str
    guide: str
    approver: str = Approver.NOBODY
    side: str = Side.PARTNER
    after: str = ""
    mandatory: bool = True
    document_kind: str = ""
    amount: int = 1


DEFAULT = (
    Plan(
        "profile",
        StepKind.PROFILE,
        _("Tell us about your company"),
        _("Where you are and how we reach you. Your customers find these lines in our partner directory."),
    ),
    Plan(
        "legal",
        StepKind.LEGAL,
        _("Legal and tax identity"),
        _("The names and numbers that contracts and payments are made out to."),
        Approver.PAM,
    ),
    Plan(
        "licence",
        StepKind.DOCUMENT,
        _("Business licence"),
        _(
            "Put a copy of your licence into the document vault, with the days from and until which it is valid."
        ),
        Approver.PAM,
        document_kind=DocumentKind.LICENCE,
    ),
    Plan(
        "contract",
        StepKind.CONTRACT,
        _("Accept the partner contract"),
        _("Read the contract and accept it in the name of your company."),
        after="legal",
    ),
    Plan(
        "undertaking",
        StepKind.DOCUMENT,
        _("Data protection undertaking"),
        _("Sign the undertaking about your customers' data and put it into the document vault."),
        Approver.PAM,
        after="contract",
        document_kind=DocumentKind.UNDERTAKING,
    ),
    Plan(
        "bank",
        StepKind.BANK,
        _("Bank account for your rewards"),
        _(
            "Enter the account that we pay to. You earn from the first day; without an account the payment waits."
        ),
        after="legal",
        mandatory=False,
    ),
    Plan(
        "users",
        StepKind.USERS,
        _("Invite your people"),
        _("Give a login to at least one colleague who sells."),
        amount=2,
    ),
    Plan(
        "training",
        StepKind.TRAINING,
        _("First training"),
        _("One of your people completes a course."),
        after="users",
        mandatory=False,
    ),
    Plan(
        "welcome",
        StepKind.FREE,
        _("Welcome meeting"),
        _("The account manager meets the partner and agrees on the first hundred days."),
        side=Side.OPERATOR,
        after="contract",
    ),
    Plan(
        "test_order",
        StepKind.TEST_ORDER,
        _("Test order"),
        _("Place one order in the test system and write down its number."),
        Approver.PAM,
        after="users",
        mandatory=False,
    ),
    Plan(
        "first_deal",
        StepKind.FIRST_DEAL,
        _("Register the first deal"),
        _("Register an opportunity that you work on; it is protected for you."),
        after="contract",
        mandatory=False,
    ),
)
