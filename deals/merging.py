"""Deals follow their customers: into the catalogue when it learns of them, and to another customer when two are merged."""

from collections.abc import Iterable
from typing import Any

from catalog.enums import KeyKind
from catalog.models import Customer
from common.text import search_key
from deals.enums import DealState
from deals.identity import identify, keep_keys, lock_keys
from deals.models import Deal, DealReview, NamedAccount, PartyKey
from deals.services.rulebook import keep_account_keys
from deals.winning import match_deal
from tenancy import audit
from tenancy.actors import Actor
from tenancy.outbox import on


def link_customers(actor: Actor, customers: Iterable[Customer]) -> None:
    """Deals that named the number or legal id of one of these before the catalogue knew it."""
    known: dict[tuple[str, str], Customer] = {}
    for customer in customers:
        known[KeyKind.NUMBER, search_key(customer.code)] = customer
        if customer.legal_id:
            known[KeyKind.LEGAL_ID, f"{customer.country}:{customer.legal_id}"] = customer
    values = [value for _kind, value in known]
    rows = PartyKey.objects.filter(kind__in=[KeyKind.NUMBER, KeyKind.LEGAL_ID], value__in=values)
    meant = {row.deal_id: known[row.kind, row.value] for row in rows if (row.kind, row.value) in known}
    reviews = DealReview.objects.filter(deal_id__in=meant, customer=None).select_related("deal")
    for review in reviews:
        review.customer = meant[review.deal_id]
        review.save(update_fields=["customer"])
        changes = {"customer": [None, review.customer.code]}
        audit.record(actor, "deal.customer", review.deal, changes=changes)
        if review.deal.state == DealState.WON:
            match_deal(actor, review.deal)


@on("catalog.merged")
def customers_merged(actor: Actor, payload: dict[str, Any]) -> None:
    """``{"kind", "id", "into"}``: deals and named accounts of the one are the other's. Every deal keeps its rank and place."""
    if payload["kind"] != "customer":
        return
    gone, keep = payload["id"], payload["into"]
    DealReview.objects.filter(customer_id=gone).update(customer_id=keep)
    _one_account(actor, gone, keep)
    for deal in Deal.objects.filter(reviews__customer_id=keep, submitted_at__isnull=False).order_by("pk"):
        identity = identify(deal)
        lock_keys(identity.locks)
        keep_keys(identity, deal_id=deal.pk)
        if deal.state == DealState.WON:
            match_deal(actor, deal)


def _one_account(actor: Actor, gone: int, keep: int) -> None:
    """A named account belongs to one direct seller: the older one stays."""
    accounts = list(NamedAccount.objects.filter(customer_id__in=[gone, keep], active=True).order_by("pk"))
    for younger in accounts[1:]:
        younger.active = False
        younger.save(update_fields=["active"])
        audit.record(actor, "namedaccount.end", younger, ref=younger.customer.code)
    NamedAccount.objects.filter(customer_id=gone).update(customer_id=keep)
    for account in NamedAccount.objects.filter(pk__in=[one.pk for one in accounts[:1]]):
        keep_account_keys(account)
