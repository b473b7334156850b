"""By what a lead's customer is recognised: among open leads, and among the operator's customers. Runs in the office."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from catalog.enums import Strength
from catalog.matching.parties import STRENGTH, Identity, Party, identify_party
from marketing.enums import OPEN, LeadSource
from marketing.models import Lead, LeadContact, LeadKey

#: Whoever shares one of these is the same customer; a name alone may be anybody's.
SURE = frozenset(kind for kind, strength in STRENGTH.items() if strength != Strength.WEAK)


def identify(contact: LeadContact) -> Identity:
    """Who it is. Looks into all customers: only for the office."""
    return identify_party(
        Party(
            name=contact.company,
            legal_id=contact.legal_id,
            country=contact.country,
            number=contact.customer.code if contact.customer else "",
            domains=(contact.domain, contact.email),
            phone=contact.phone,
            city=contact.city,
        )
    )


def keep_keys(lead: Lead, identity: Identity) -> None:
    """Store them, so that later requests and deals find this lead."""
    LeadKey.objects.filter(lead=lead).delete()
    LeadKey.objects.bulk_create(
        LeadKey(lead=lead, kind=key.kind, value=key.value, place=key.place) for key in identity.keys
    )


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


def older_lead(lead: Lead, identity: Identity) -> Lead | None:
    """The open lead of the same customer that ``lead`` (not saved yet) repeats.

    One about another technology layer is no repetition. What was asked of one partner in the directory joins only what that
    partner has: the visitor chose it.
    """
    found = open_leads_with((key.kind, key.value) for key in identity.keys)
    if lead.source == LeadSource.DIRECTORY:
        found = found.filter(partner_id=lead.partner_id or 0)
    same = [each for each in found.select_related("product__family")[:50] if _same_wish(each, lead)]
    return same[0] if same else None


def _same_wish(one: Lead, other: Lead) -> bool:
    layers = {layer_of(one), layer_of(other)} - {""}
    return len(layers) < 2


def layer_of(lead: Lead) -> str:
    return str(lead.product.family.layer) if lead.product is not None else lead.layer
