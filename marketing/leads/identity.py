"""By what a lead's customer is recognised: among open leads, and among the operator's customers. Runs in the office."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from catalog.matching import domain_key, name_key, phone_key
from catalog.models import Customer
from common.text import search_key
from marketing.enums import OPEN, LeadSource
from marketing.models import Lead, LeadContact, LeadKey

LEGAL_ID, NUMBER, DOMAIN, PHONE, NAME = "legal_id", "number", "domain", "phone", "name"
#: Whoever shares one of these is the same customer; a name alone may be anybody's.
SURE = frozenset({LEGAL_ID, NUMBER, DOMAIN, PHONE})
#: Kind, value, and the city of a name.
Key = tuple[str, str, str]


def keys_of(contact: LeadContact) -> set[Key]:
    """Kinds and spelling are those by which deals are compared."""
    found: set[Key] = set()
    if contact.legal_id:
        found.add((LEGAL_ID, f"{contact.country}:{contact.legal_id}", ""))
    if contact.customer is not None:
        found.add((NUMBER, search_key(contact.customer.code), ""))
        if contact.customer.legal_id:
            found.add((LEGAL_ID, f"{contact.customer.country}:{contact.customer.legal_id}", ""))
    found |= {(DOMAIN, key, "") for text in (contact.domain, contact.email) if (key := domain_key(text))}
    if phone := phone_key(contact.phone, contact.country):
        found.add((PHONE, phone, ""))
    if name := name_key(contact.company):
        found.add((NAME, name[:240], search_key(contact.city)[:120]))
    return found


def keep_keys(lead: Lead, keys: Iterable[Key]) -> None:
    """Store them, so that later requests and deals find this lead."""
    LeadKey.objects.filter(lead=lead).delete()
    rows = [LeadKey(lead=lead, kind=kind, value=value, place=place) for kind, value, place in sorted(keys)]
    LeadKey.objects.bulk_create(rows)


def open_leads_with(keys: Iterable[tuple[str, str]]) -> QuerySet[Lead]:
    """Open leads whose customer surely has one of these keys (kind, value), oldest first. For the office."""
    same = Q(pk=None)
    for kind, value in keys:
        if kind in SURE:
            same |= Q(kind=kind, value=value)
    found: QuerySet[Lead] = Lead.objects.filter(
        pk__in=LeadKey.objects.filter(same).values("lead_id"), state__in=OPEN
    )
    return found.order_by("pk")


def older_lead(lead: Lead, keys: Iterable[Key]) -> Lead | None:
    """The open lead of the same customer that ``lead`` (not saved yet) repeats.

    One about another technology layer is no repetition. What was asked of one partner in the directory joins only what that
    partner has: the visitor chose it.
    """
    found = open_leads_with((kind, value) for kind, value, _place in keys)
    if lead.source == LeadSource.DIRECTORY:
        found = found.filter(partner_id=lead.partner_id or 0)
    same = [each for each in found.select_related("product__family")[:50] if _same_wish(each, lead)]
    return same[0] if same else None


def _same_wish(one: Lead, other: Lead) -> bool:
    layers = {layer_of(one), layer_of(other)} - {""}
    return len(layers) < 2


def layer_of(lead: Lead) -> str:
    return str(lead.product.family.layer) if lead.product is not None else lead.layer


def find_customer(contact: LeadContact) -> Customer | None:
    """The operator's customer with this legal id; one that was merged is who stands for it."""
    if not contact.legal_id:
        return None
    rows: Any = Customer.objects.filter(legal_id=contact.legal_id, country=contact.country)
    found = rows.select_related("merged_into").first()
    return (found.merged_into or found) if found else None
