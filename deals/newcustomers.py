"""The customer of a protected deal enters the catalogue where it is not there yet, so that its transactions meet the deal.

It is called by the operator's number where the deal names one, else by the deal's own. Where the catalogue has a customer
that may be the same (a name alike), nobody guesses: the deal's page asks the PAM.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import Customer
from catalog.services import create_customer, save_customer
from catalog.services.legal_ids import clean_legal_id
from catalog.services.values import code as clean_code
from catalog.services.values import email as clean_email
from catalog.services.values import phone as clean_phone
from common.digits import to_latin
from common.errors import Conflict, InputError
from deals.enums import DealState
from deals.identity import identify
from deals.matching.lookup import find_customers, index_customers
from deals.models import Deal, DealReview
from deals.office import open_deal
from deals.services.steps import review_of
from tenancy import audit
from tenancy.actors import Actor, system_actor
from tenancy.enums import Permission

#: A deal that has a customer for good.
HELD = (DealState.APPROVED, DealState.WON)


def keep_customer(actor: Actor, deal: Deal) -> None:
    """At the approval: note which customer it is, and make one where the catalogue has none. Runs in the office."""
    review = review_of(deal)
    if review.customer_id is not None:
        return
    known = identify(deal).customer
    if known is None and _may_be_known(deal):
        return
    _note(actor, deal, review, known or _make(actor, deal))


def _may_be_known(deal: Deal) -> bool:
    """Whether a customer with a name alike may be meant: not where both have legal ids, which then differ."""
    ids = [found.customer_id for found in find_customers(deal.customer_name)]
    alike = Customer.objects.filter(pk__in=ids)
    return (alike.filter(legal_id="") if deal.legal_id else alike).exists()


def take_in(actor: Actor, *, ref: str) -> None:
    """Say that the deal's customer is none of those in the catalogue: it becomes one. Raises ``Conflict``."""
    with open_deal(actor, ref, Permission.DECIDE_DEALS) as deal:
        review = review_of(deal)
        if review.customer_id is not None:
            raise Conflict("customer_known", _("The deal has its customer already."))
        if deal.state not in HELD:
            raise Conflict("not_approved", _("Only an approved deal brings a customer into the catalogue."))
        _note(actor, deal, review, _make(actor, deal))


def _make(actor: Actor, deal: Deal) -> Customer:
    given: dict[str, Any] = {
        "name": deal.customer_name or deal.ref,
        "country": deal.country,
        "segment": deal.segment.code if deal.segment else None,
        "territory": deal.territory.code if deal.territory else None,
        "phone": _read(clean_phone, deal.contact_phone),
        "email": _read(clean_email, deal.contact_email),
        "legal_id": _read(lambda text: clean_legal_id(text, deal.country), deal.legal_id),
    }
    made = create_customer(system_actor(actor.operator), code=_code_for(deal), **given)
    index_customers([made])  # At once: the next deal may be the same customer's.
    return made


def _read(clean: Any, text: str) -> str:
    """What the catalogue takes of it; a partner's slip is no reason to refuse an approval."""
    try:
        return str(clean(text))
    except InputError:
        return ""


def _code_for(deal: Deal) -> str:
    number = _read(clean_code, to_latin(deal.customer_number))
    return deal.ref if not number or Customer.objects.filter(code=number).exists() else number


def _note(actor: Actor, deal: Deal, review: DealReview, customer: Customer) -> None:
    review.customer = customer
    review.save(update_fields=["customer"])
    audit.record(actor, "deal.customer", deal, changes={"customer": [None, customer.code]})


def note_first_day(actor: Actor, deal: Deal) -> None:
    """A customer that the operator knows since this deal is a customer since the day of winning."""
    review = DealReview.objects.filter(deal=deal).select_related("customer").first()
    customer = review.customer if review else None
    begun = deal.submitted_at or deal.created_at
    if customer and customer.since is None and customer.created_at >= begun:
        save_customer(system_actor(actor.operator), code=customer.code, since=deal.won_on)
