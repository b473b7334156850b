"""The states of an application and the ways between them (workflows.md, part c)."""

from partners.enums import ApplicationState as S
from workflow.states import Machine

MACHINE = Machine(
    {
        S.DRAFT: (S.SUBMITTED, S.WITHDRAWN, S.EXPIRED),
        S.SUBMITTED: (S.SCREENING, S.WITHDRAWN),
        S.SCREENING: (S.INFORMATION_REQUIRED, S.SCORED, S.REJECTED, S.WITHDRAWN),
        S.INFORMATION_REQUIRED: (S.SCREENING, S.EXPIRED, S.WITHDRAWN),
        S.SCORED: (S.INTERVIEW, S.APPROVED, S.REJECTED, S.INFORMATION_REQUIRED, S.WITHDRAWN),
        S.INTERVIEW: (S.APPROVED, S.REJECTED, S.INFORMATION_REQUIRED, S.WITHDRAWN),
    },
    S,
    frozenset({S.REJECTED, S.INFORMATION_REQUIRED}),
)
#: Somebody has to do something about it.
OPEN = (S.SUBMITTED, S.SCREENING, S.INFORMATION_REQUIRED, S.SCORED, S.INTERVIEW)
#: What an applicant writes and may be asked to change; files can always be added. The mail address is what was verified.
ASKABLE = (
    "company_name",
    "legal_id",
    "country",
    "city",
    "territory",
    "website",
    "phone",
    "contact_name",
    "contact_position",
    "roles",
    "layers",
    "founded",
    "technicians",
    "sellers",
    "customers",
    "certificates",
    "about",
)
FIELDS = (*ASKABLE, "contact_email")
REQUIRED = (
    "company_name",
    "legal_id",
    "country",
    "phone",
    "contact_name",
    "contact_email",
    "roles",
    "layers",
)
#: Files of one application.
MOST_FILES = 10
