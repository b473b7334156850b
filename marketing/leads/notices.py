"""What people are told about leads. No text says who the lead is: notices go out by mail."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketing.enums import HELD, LeadState
from marketing.models import Lead
from tenancy.enums import Permission, Role
from tenancy.models import Membership
from workflow.enums import Urgency
from workflow.notices import Kind, To, declare, members, names_of, notify, pams_of, partner_people, staff

OFFERED = declare(
    "leads.offered",
    Urgency.ACTION,
    _("Lead %(ref)s is offered to you until %(due)s."),
    asks=(LeadState.OFFERED,),
)
HALF = declare(
    "leads.half",
    Urgency.ACTION,
    _("Half of the time to answer lead %(ref)s has passed: it ends at %(due)s."),
    asks=(LeadState.OFFERED,),
)
TIMED_OUT = declare("leads.timed_out", Urgency.INFO, _("Lead %(ref)s was not answered in time and went on."))
GIVEN = declare("leads.given", Urgency.ACTION, _("Lead %(ref)s is yours: make the first contact until %(due)s."),
                asks=(LeadState.ACCEPTED,))  # fmt: skip
WARNED = declare(
    "leads.warned",
    Urgency.ACTION,
    _("Lead %(ref)s had no update for %(days)s days. It is recalled on %(until)s."),
    asks=HELD,
)
RECALLED = declare("leads.recalled", Urgency.INFO, _("Lead %(ref)s was recalled."))
MANUAL = declare(
    "leads.manual", Urgency.ACTION, _("Lead %(ref)s waits to be placed by hand."), asks=(LeadState.MANUAL,)
)
STUCK = declare(
    "leads.stuck",
    Urgency.ACTION,
    _("%(partner)s has not contacted lead %(ref)s in time."),
    asks=(LeadState.ACCEPTED,),
)
AGAIN = declare("leads.again", Urgency.INFO, _("The customer of lead %(ref)s has written again."))


def path_of(lead: Lead) -> str:
    return f"/leads/{lead.ref}/"


def tell_partner(kind: Kind, lead: Lead, partner_id: int, *, key: str = "", **params: Any) -> None:
    """The company's owners and sellers."""
    _tell(kind, lead, partner_people(partner_id, Permission.WORK_LEADS), key, params)


def tell_pams(kind: Kind, lead: Lead, partner_id: int, *, key: str = "", **params: Any) -> None:
    """The PAMs of that company; where it has none, all who manage leads."""
    _tell(kind, lead, pams_of(partner_id, Permission.MANAGE_LEADS), key, params)


def tell_placers(kind: Kind, lead: Lead, *, key: str = "", **params: Any) -> None:
    """Everybody who can place a lead that nobody has: programme managers, and all PAMs."""
    _tell(kind, lead, staff(Permission.MANAGE_LEADS), key, params)
    pams = Membership.objects.filter(role=Role.PAM, active=True).values_list("pk", flat=True)
    _tell(kind, lead, members(pams), key, params)


def _tell(kind: Kind, lead: Lead, to: To, key: str, params: dict[str, Any]) -> None:
    if to == To():
        return
    facts = {"ref": lead.ref, **params}
    if lead.partner is not None:
        facts["partner"] = names_of(lead.partner)
    notify(kind, lead, to=to, path=path_of(lead), key=key or str(lead.version), **facts)
