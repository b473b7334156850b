"""What the fields, states and flags of an application are called."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.enums import ApplicationState as S

WORDS: dict[str, Any] = {
    "company_name": _("Company"),
    "legal_id": _("Legal id"),
    "country": _("Country"),
    "city": _("City"),
    "territory": _("Region"),
    "website": _("Web site"),
    "phone": _("Phone"),
    "contact_name": _("Name"),
    "contact_email": _("E-mail"),
    "contact_position": _("Position"),
    "roles": _("What you are"),
    "layers": _("What you work with"),
    "founded": _("Founded in the year"),
    "technicians": _("Technicians"),
    "sellers": _("Sellers"),
    "customers": _("Business customers"),
    "certificates": _("Certificates"),
    "about": _("About the company"),
}
#: What the applicant reads; scores and screening are the operator's own business.
APPLICANT_STATES: dict[str, Any] = {
    S.DRAFT: _("Not sent yet"),
    S.SUBMITTED: _("In review"),
    S.SCREENING: _("In review"),
    S.SCORED: _("In review"),
    S.INFORMATION_REQUIRED: _("Your answer is needed"),
    S.INTERVIEW: _("We would like to talk with you"),
    S.APPROVED: _("Approved"),
    S.REJECTED: _("Not taken on"),
    S.WITHDRAWN: _("Withdrawn"),
    S.EXPIRED: _("Expired"),
}
EVENTS: dict[str, Any] = {
    "first_approval": _("First approval"),
    "scored": _("Scores changed"),
}


def applicant_state(state: str) -> tuple[str, str]:
    """The state as a badge for the applicant: the kind of state it looks like, and its words."""
    looks = S.SUBMITTED if state in (S.SCREENING, S.SCORED) else state
    return str(looks), str(APPLICANT_STATES[state])
