"""Which of the operator's customers a registration means, where it named neither legal id nor number."""

from catalog.models import Customer
from common.errors import NotFound
from deals.enums import DealState
from deals.matching.lookup import Found, find_customers
from deals.models import Deal, DealReview
from deals.office import open_deal
from deals.winning import match_deal
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

SHOWN = 5


def likely_customers(actor: Actor, deal: Deal) -> list[Found]:
    """Customers by the deal's legal id or name, the surest first; none where the customer is known. For who decides."""
    if not actor.is_staff or not actor.can(Permission.DECIDE_DEALS):
        return []
    if DealReview.objects.filter(deal=deal, customer__isnull=False).exists():
        return []
    return find_customers(deal.customer_name, legal_id=deal.legal_id, country=deal.country, limit=SHOWN)


def choose_customer(actor: Actor, *, ref: str, code: str) -> None:
    """Say that the deal's customer is the one with this code. Raises ``NotFound``.

    Transactions of that customer find the deal. What the partner wrote stays as it is.
    """
    with open_deal(actor, ref, Permission.DECIDE_DEALS) as deal:
        found = Customer.objects.filter(code=code).select_related("merged_into").first()
        if found is None:
            raise NotFound()
        customer = found.merged_into or found
        review, _new = DealReview.objects.get_or_create(deal=deal, defaults={"partner_id": deal.partner_id})
        before = review.customer.code if review.customer else None
        review.customer = customer
        review.save(update_fields=["customer"])
        audit.record(actor, "deal.customer", deal, changes={"customer": [before, customer.code]})
        if deal.state == DealState.WON:
            match_deal(actor, deal)
