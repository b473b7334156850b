"""Customers whose leads go to one partner first."""

from django.utils.translation import gettext_lazy as _

from catalog.selectors import get_customer
from common.errors import InputError, NotFound
from marketing.leads.office import require_staff
from marketing.leads.selectors import pins_for
from marketing.models import PinnedCustomer
from partners.selectors import partners_for
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor


def pin_customer(actor: Actor, *, customer: str, partner: str) -> PinnedCustomer:
    """Leads of this customer go to this partner (both by code) where it may have them. An earlier pin gives way.

    Raises ``InputError``.
    """
    require_staff(actor)
    try:
        chosen = get_customer(actor, customer)
    except NotFound:
        raise _unknown("customer", customer) from None
    company = partners_for(actor).filter(code=partner).first()
    if company is None:
        raise _unknown("partner", partner)
    with office(actor):
        row: PinnedCustomer
        values = {"partner": company, "pinned_by": actor.name}
        row, _new = PinnedCustomer.objects.update_or_create(customer=chosen, defaults=values)
        audit.record(actor, "leads.pin", chosen, changes={"partner": company.code})
    return row


def unpin_customer(actor: Actor, *, pin_id: int) -> None:
    """Its leads are for everybody again. Raises ``NotFound``."""
    require_staff(actor)
    row = pins_for(actor).filter(pk=pin_id).first()
    if row is None:
        raise NotFound()
    with office(actor):
        audit.record(actor, "leads.unpin", row.customer, changes={"partner": [row.partner.code, None]})
        PinnedCustomer.objects.filter(pk=row.pk).delete()


def _unknown(field: str, code: str) -> InputError:
    return InputError("unknown_code", _("There is no “%(code)s”."), field, {"code": code[:60]})
