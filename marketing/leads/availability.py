"""How many leads a partner takes, and when none: its own word, within the operator's numbers."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, InputError, Invalid
from marketing.leads.numbers import capacity as most_open
from marketing.leads.numbers import pause_days
from marketing.models import LeadSettings
from partners.models import Partner
from partners.selectors import own_company, partners_for
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission


def set_availability(
    actor: Actor, *, paused_until: date | None = None, capacity: int | None = None, partner: str = ""
) -> LeadSettings:
    """Take no leads up to and with a day, or at most so many open ones; ``None`` for no pause and the operator's number.

    A partner's people set it for their company, staff for the ``partner`` that they name. What is offered already stays.
    Raises ``Invalid``.
    """
    company = _company(actor, partner)
    _check(actor, paused_until, capacity)
    with office(actor):
        row: LeadSettings
        row, _new = LeadSettings.objects.select_for_update(no_key=True).get_or_create(partner=company)
        after = {"paused_until": paused_until, "capacity": capacity}
        changes = audit.difference({name: getattr(row, name) for name in after}, after)
        row.paused_until, row.capacity = paused_until, capacity
        row.save(update_fields=[*after, "updated_at"])
        if changes:
            audit.record(actor, "leads.availability", company, changes=changes)
    return row


def _company(actor: Actor, code: str) -> Partner:
    if actor.is_partner:
        actor.require(Permission.WORK_LEADS)
        return own_company(actor)
    actor.require(Permission.MANAGE_LEADS)
    found = partners_for(actor).filter(code=code).first()
    if found is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), "partner", {"code": code})
    return found


def _check(actor: Actor, paused_until: date | None, capacity: int | None) -> None:
    errors: list[DomainError] = []
    today = timezone.now().astimezone(actor.operator.zone).date()
    if paused_until is not None and paused_until < today:
        errors.append(InputError("in_past", _("This day is over."), "paused_until"))
    if paused_until is not None and paused_until > today + timedelta(days=pause_days()):
        text = _("A pause lasts at most %(days)s days.")
        errors.append(InputError("too_long", text, "paused_until", {"days": pause_days()}))
    if capacity is not None and capacity < 1:
        errors.append(InputError("too_small", _("At least %(least)s is needed."), "capacity", {"least": 1}))
    if capacity is not None and capacity > most_open():
        most = {"most": most_open()}
        errors.append(InputError("too_large", _("At most %(most)s is possible."), "capacity", most))
    if errors:
        raise Invalid(errors)
