"""By what a customer is recognised: one spelling of each number, domain, phone and name. Leads and deals share it."""

from dataclasses import dataclass

from catalog.enums import KeyKind, Strength
from catalog.matching.identity import domain_key, phone_key
from catalog.matching.names import name_key
from catalog.models import Customer
from catalog.services.legal_ids import clean_legal_id
from common.digits import to_latin
from common.errors import InputError
from common.text import search_key

STRENGTH = {
    KeyKind.LEGAL_ID: Strength.HARD,
    KeyKind.NUMBER: Strength.HARD,
    KeyKind.DOMAIN: Strength.STRONG,
    KeyKind.PHONE: Strength.STRONG,
    KeyKind.NAME: Strength.WEAK,
}


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """``place`` is the city of a name, empty for the other kinds."""

    kind: str
    value: str
    place: str = ""

    @property
    def sure(self) -> bool:
        """Whether who shares it is the same customer, for all that rules decide."""
        return STRENGTH[KeyKind(self.kind)] != Strength.WEAK

    @property
    def slot(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True)
class Party:
    """What is told about a customer, as it was written."""

    name: str = ""
    legal_id: str = ""
    country: str = ""
    number: str = ""
    domains: tuple[str, ...] = ()
    phone: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """The keys of a customer, and the operator's customer that it is where that is certain."""

    keys: tuple[Key, ...]
    customer: Customer | None

    @property
    def sure(self) -> list[Key]:
        return [key for key in self.keys if key.sure]

    @property
    def locks(self) -> list[str]:
        """What a step about this customer locks: each sure key, and the city for names that are only alike."""
        places = {f"place:{key.place}" for key in self.keys if key.place}
        return sorted({key.slot for key in self.sure} | places)


def identify_party(party: Party) -> Identity:
    """Always the same two queries, whether the customer is known or not."""
    legal_id = _legal_id(party)
    by_id = Customer.objects.filter(legal_id=legal_id or "\x01", country=party.country).first()
    numbered = Customer.objects.filter(code__iexact=to_latin(party.number.strip()) or "\x01")
    by_number = numbered.select_related("merged_into").first()
    customer = by_id or (by_number and (by_number.merged_into or by_number))
    keys = {_id_key(party.country, legal_id)} if legal_id else set()
    if customer is not None and customer.legal_id:
        keys.add(_id_key(customer.country, customer.legal_id))
    numbers = {party.number, customer.code if customer else ""}
    keys |= {Key(KeyKind.NUMBER, search_key(number)) for number in numbers if number.strip()}
    keys |= {Key(KeyKind.DOMAIN, found) for text in party.domains if (found := domain_key(text))}
    if phone := phone_key(party.phone, party.country):
        keys.add(Key(KeyKind.PHONE, phone))
    if name := name_key(party.name):
        keys.add(Key(KeyKind.NAME, name[:240], search_key(party.city)[:120]))
    return Identity(tuple(sorted(keys)), customer)


def _id_key(country: str, legal_id: str) -> Key:
    return Key(KeyKind.LEGAL_ID, f"{country}:{legal_id}")


def _legal_id(party: Party) -> str:
    try:
        return clean_legal_id(party.legal_id, party.country)
    except InputError:
        return ""
