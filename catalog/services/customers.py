"""Two customers that turn out to be one: the older stays, the younger becomes another name of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import Customer
from catalog.services.kinds import CUSTOMER
from catalog.services.writing import Mode, lock, write_one
from common.errors import Conflict, InputError, NotFound
from tenancy import audit, outbox
from tenancy.actors import Actor

#: What the customer that stays takes over where it has nothing itself.
_GAINED = ("segment", "territory", "phone", "email", "address", "bank_account")


def merge_customers(actor: Actor, *, code: str, other: str) -> Customer:
    """Make one customer of the two; returns the one that stays. Whoever names the other means this one from now on.

    Its transactions and deals follow by the event ``catalog.merged``. Raises ``NotFound`` for ``code``, ``InputError`` at
    ``other``, and ``Conflict("different_legal_ids")``: then they are two companies.
    """
    actor.require(CUSTOMER.permission)
    lock(CUSTOMER)
    one, two = _known(code), _known(other)
    if one is None:
        raise NotFound()
    if two is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), "other", {"code": other})
    if one == two:
        raise InputError("same_customer", _("This is the same customer already."), "other")
    if one.legal_id and two.legal_id:
        text = _("Both have a legal id of their own, so they are two companies.")
        raise Conflict("different_legal_ids", text, "other")
    keep, gone = sorted([one, two], key=lambda each: (each.created_at, each.pk))
    gained = _gained(keep, gone)
    _retire(gone, keep)
    stays, _new = write_one(actor, CUSTOMER, keep.code, gained, Mode.CHANGE)
    audit.record(actor, "customer.merge", keep, changes={"merged": [None, gone.code]})
    outbox.emit("catalog.merged", {"kind": CUSTOMER.name, "id": gone.pk, "into": keep.pk})
    return stays


def _known(code: str) -> Customer | None:
    rows = Customer.objects.filter(code=code).select_related("merged_into")
    found = rows.first()
    found = found.merged_into or found if found else None
    return Customer.objects.select_for_update().get(pk=found.pk) if found else None


def _gained(keep: Customer, gone: Customer) -> dict[str, Any]:
    more = {name: getattr(gone, name) for name in _GAINED if getattr(gone, name) and not getattr(keep, name)}
    gained = {name: getattr(value, "code", value) for name, value in more.items()}
    days = [each.since for each in (keep, gone) if each.since]
    names = {language: name for language, name in gone.names.items() if not keep.names.get(language)}
    if gone.legal_id:
        gained |= {"legal_id": gone.legal_id, "country": gone.country}
    return gained | {"since": min(days, default=None), "names": names, "active": True}


def _retire(gone: Customer, keep: Customer) -> None:
    """Its legal id moves on with it; what was merged into it before stands under the new name at once."""
    gone.merged_into, gone.active, gone.legal_id = keep, False, ""
    gone.save(update_fields=["merged_into", "active", "legal_id", "updated_at"])
    Customer.objects.filter(merged_into=gone).update(merged_into=keep)
