"""A partnership is suspended, taken up again or ended: with a reason, and for an end with its day.

Events: ``partners.suspended``, ``partners.resumed`` and ``partners.ended`` ``{"partner_id"}``. Deals of a partner that is not active are
frozen (``deals.office``). At the end those who only sell or work there lose their login; owners and finance keep theirs for the
final statement.
"""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from common.text import clean_text
from partners.enums import PartnerState
from partners.models import Partner
from partners.rules import may_become
from partners.selectors import get_partner, people_of
from tenancy import audit, outbox
from tenancy.actors import Actor
from tenancy.enums import Permission, Role
from tenancy.services import set_member_active
from workflow.calendar import work_calendar
from workflow.enums import Urgency
from workflow.notices import declare, names_of, notify, pams_of, partner_people
from workflow.states import note
from workflow.timers import schedule

END = "partners.end"
EVENTS = {PartnerState.SUSPENDED: "partners.suspended", PartnerState.ENDED: "partners.ended"}
CHANGED = declare(
    "partners.state",
    Urgency.ACTION,
    _("The partnership of %(partner)s is now: %(state)s."),
    state=PartnerState,
)
ENDS = declare("partners.ends", Urgency.ACTION, _("The partnership of %(partner)s ends on %(day)s."))
#: They lose their login when the partnership ends.
LEAVING = frozenset({Role.PARTNER_SELLER.value, Role.PARTNER_TECHNICIAN.value})


def change_state(actor: Actor, *, code: str, state: str, text: str, ends_on: date | None = None) -> Partner:
    """Suspend, resume or end. Ending on a later day is noted and happens by itself after it (``ends_on``: the last day).

    Raises ``InputError`` for a way that there is not, a missing reason, or a day that is over.
    """
    actor.require(Permission.MANAGE_PARTNERS)
    partner = _locked(actor, code)
    words = clean_text(text)[:4000]
    if not words:
        raise InputError("reason_required", _("Give a reason."), "text")
    if state not in PartnerState.values or state == partner.state or not may_become(partner.state, state):
        raise InputError("state", _("This is not possible from here."), "state")
    if partner.state == PartnerState.ONBOARDING and state == PartnerState.ACTIVE:
        raise Conflict("checklist", _("The partner becomes active by its checklist."))
    today = timezone.now().astimezone(actor.operator.zone).date()
    if ends_on is not None and state == PartnerState.ENDED:
        if ends_on < today:
            raise InputError("past", _("This day is over."), "ends_on")
        return _plan(actor, partner, ends_on, words)
    return _become(actor, partner, state, words)


def _locked(actor: Actor, code: str) -> Partner:
    found = get_partner(actor, code)
    locked: Partner = Partner.objects.select_for_update(no_key=True).get(pk=found.pk)
    return locked


def _plan(actor: Actor, partner: Partner, day: date, text: str) -> Partner:
    partner.ends_on = day
    partner.save(update_fields=["ends_on", "updated_at"])
    note(actor, partner, partner.state, partner.state, reason="ends", text=f"{day.isoformat()}: {text}")
    audit.record(actor, "partner.end_planned", partner, changes={"ends_on": [None, day]})
    schedule(END, partner, work_calendar(actor.operator).end_of(day), day=day.isoformat(), text=text)
    _tell(ENDS, partner, key=day.isoformat(), day=day)
    return partner


def keep_partner(actor: Actor, *, code: str) -> Partner:
    """The planned end is called off."""
    actor.require(Permission.MANAGE_PARTNERS)
    partner = _locked(actor, code)
    if partner.ends_on is None:
        raise Conflict("no_end", _("No end is planned."))
    audit.record(actor, "partner.end_planned", partner, changes={"ends_on": [partner.ends_on, None]})
    partner.ends_on = None
    partner.save(update_fields=["ends_on", "updated_at"])
    note(actor, partner, partner.state, partner.state, reason="stays")
    return partner


def end_in_time(actor: Actor, partner_id: int, payload: dict[str, Any]) -> None:
    """For the timer: the last day is over, and nobody called it off."""
    found = Partner.objects.select_for_update(no_key=True).filter(pk=partner_id).first()
    if found is None or found.state == PartnerState.ENDED:
        return
    if found.ends_on == date.fromisoformat(payload["day"]):
        _become(actor, found, PartnerState.ENDED, payload["text"])


def _become(actor: Actor, partner: Partner, state: str, text: str) -> Partner:
    from partners.services import change_partner

    source = partner.state
    if state == PartnerState.ENDED and partner.ends_on is None:
        partner.ends_on = timezone.now().astimezone(actor.operator.zone).date()
    elif state != PartnerState.ENDED:
        partner.ends_on = None
    partner.save(update_fields=["ends_on", "updated_at"])
    changed = change_partner(actor, code=partner.code, state=state)
    note(actor, changed, source, state, text=text)
    if state == PartnerState.ENDED:
        for member in people_of(changed).filter(role__in=LEAVING):
            set_member_active(actor, member_id=member.pk, active=False)
    outbox.emit(EVENTS.get(PartnerState(state), "partners.resumed"), {"partner_id": changed.pk})
    _tell(CHANGED, changed, key=timezone.now().isoformat(), state=state)
    return changed


def _tell(kind: Any, partner: Partner, *, key: str, **params: Any) -> None:
    for to in (
        partner_people(partner.pk, Permission.MANAGE_COMPANY),
        pams_of(partner.pk, Permission.MANAGE_ONBOARDING),
    ):
        path = f"/partners/{partner.code}/"
        notify(kind, partner, to=to, path=path, key=key, partner=names_of(partner), **params)
