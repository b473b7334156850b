"""Who a deal's customer is, locks on what it is recognised by, and the keys that others find a deal by."""

from collections.abc import Iterable

from django.db import connection

from catalog.matching.parties import Identity, Party, identify_party
from deals.models import Deal, PartyKey

_LOCK = """
select pg_advisory_xact_lock(727, hash)
from (select distinct hashtext((select app.op()) || ':' || name) as hash from unnest(%s::text[]) as name order by 1) as hashes
"""


def party_of(deal: Deal) -> Party:
    return Party(
        name=deal.customer_name,
        legal_id=deal.legal_id,
        country=deal.country,
        number=deal.customer_number,
        domains=(deal.domain, deal.contact_email),
        phone=deal.contact_phone,
        city=deal.city,
    )


def identify(deal: Deal) -> Identity:
    """Who the deal's customer is. Looks into all customers: only for the office."""
    return identify_party(party_of(deal))


def lock_keys(names: Iterable[str]) -> None:
    """Wait until nobody else works on a customer with one of these keys; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(names)])


def keep_keys(identity: Identity, *, deal_id: int | None = None, account_id: int | None = None) -> None:
    """Store the keys, so that others find this deal or account by them."""
    PartyKey.objects.filter(deal_id=deal_id, account_id=account_id).delete()
    PartyKey.objects.bulk_create(
        PartyKey(deal_id=deal_id, account_id=account_id, kind=key.kind, value=key.value, place=key.place)
        for key in identity.keys
    )
