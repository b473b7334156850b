"""The states of a deal and the ways between them (workflows.md, part a)."""

from deals.enums import DealState as S
from workflow.states import Machine

MACHINE = Machine(
    {
        S.DRAFT: (S.SUBMITTED,),
        S.SUBMITTED: (
            S.UNDER_REVIEW,
            S.APPROVED,
            S.INFORMATION_REQUIRED,
            S.REJECTED,
            S.DUPLICATE,
            S.WITHDRAWN,
        ),
        S.UNDER_REVIEW: (S.APPROVED, S.INFORMATION_REQUIRED, S.REJECTED, S.DUPLICATE, S.WITHDRAWN),
        # A duplicate here too: another registration can be approved while the answer is awaited.
        S.INFORMATION_REQUIRED: (S.SUBMITTED, S.EXPIRED, S.WITHDRAWN, S.DUPLICATE),
        S.APPROVED: (S.WON, S.LOST, S.WITHDRAWN, S.EXPIRED),
        S.DUPLICATE: (S.UNDER_REVIEW,),
        S.EXPIRED: (S.WON,),
    },
    S,
    frozenset({S.REJECTED, S.INFORMATION_REQUIRED, S.LOST}),
)

#: What a partner may be asked to change while information is required; files and comments can always be added.
ASKABLE = (
    "customer_name",
    "legal_id",
    "country",
    "customer_number",
    "domain",
    "city",
    "territory",
    "segment",
    "contact_name",
    "contact_email",
    "contact_phone",
    "lines",
    "expected_close",
    "description",
    "presales",
    "competitor",
    "help_wanted",
    "engagement_model",
    "rep",
)
