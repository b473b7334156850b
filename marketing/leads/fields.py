"""Reading what a lead holds, from a form, the API or a file: field -> what is stored. Products and places are named by code."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel, Layer
from catalog.matching import phone_key
from catalog.models import Customer, Product, Segment, Territory
from catalog.services import values
from catalog.services.legal_ids import clean_legal_id
from common.digits import to_latin
from common.errors import DomainError, InputError, Invalid
from common.text import clean_text, search_key
from marketing.enums import Need, SizeBand, Timing
from marketing.models import Lead, LeadContact
from tenancy.enums import Language

LONGEST = 4000


def _long(value: Any) -> str:
    text = clean_text(str("" if value is None else value))
    if len(text) > LONGEST:
        raise values.too_long(LONGEST)
    return text


def _domain(value: Any) -> str:
    """The host of what was typed: an address of a page or of mail is fine."""
    written: str = to_latin(values.text(200)(value)).lower().rpartition("@")[2]
    host = written.partition("://")[2] or written
    host = host.partition("/")[0].partition(":")[0].strip(".")
    if written and "." not in host:
        raise InputError("invalid", _("Write it like %(example)s."), params={"example": "example.com"})
    return host


def _choice(choices: Any, empty: str = "") -> Callable[[Any], str]:
    read = values.choice(choices, required=False)
    return lambda value: str(read(value)) or empty


def _size(value: Any) -> str:
    """A band, or the number of people as files have it."""
    written = to_latin(str("" if value is None else value)).strip()
    if not written.isdecimal():
        return _choice(SizeBand)(value)
    return next((band for most, band in _BANDS if int(written) <= most), SizeBand.LARGE)


_BANDS = ((9, SizeBand.MICRO), (49, SizeBand.SMALL), (249, SizeBand.MEDIUM))
#: What a partner may see before it accepts.
WISH: dict[str, Callable[[Any], Any]] = {
    "need": _choice(Need, Need.OTHER),
    "timing": _choice(Timing, Timing.OPEN),
    "layer": _choice(Layer),
    "size": _size,
    "engagement_model": _choice(EngagementModel),
}
REFERENCES: dict[str, Any] = {"product": Product, "segment": Segment, "territory": Territory}
#: What it may not.
PERSONAL: dict[str, Callable[[Any], Any]] = {
    "person": values.text(120),
    "company": values.text(200),
    "email": values.email,
    "phone": values.phone,
    "domain": _domain,
    "legal_id": values.text(40),
    "country": values.country,
    "street": values.text(300),
    "postcode": values.text(20),
    "city": values.text(80),
    "text": _long,
    "language": _choice(Language),
}
#: Every name that ``fill`` knows. ``customer`` is the code of one of the operator's.
NAMES = frozenset({*WISH, *REFERENCES, *PERSONAL, "customer"})
#: By which a lead is searched, beside its number.
SOUGHT = ("person", "company", "legal_id", "domain", "email", "city")


def fill(lead: Lead, contact: LeadContact, given: Mapping[str, Any]) -> None:
    """Put ``given`` into both without saving them. Raises ``Invalid`` with every error."""
    errors: list[DomainError] = [
        InputError("unknown_field", _("There is no such field."), name) for name in given if name not in NAMES
    ]
    for names, target in ((WISH, lead), (PERSONAL, contact)):
        for name, read in names.items():
            if name in given:
                _put(errors, name, lambda t=target, n=name, r=read: setattr(t, n, r(given[n])))  # type: ignore[misc]
    for name, model in REFERENCES.items():
        if name in given:
            _put(errors, name, lambda n=name, m=model: setattr(lead, n, _coded(m, given[n])))  # type: ignore[misc]
    if "customer" in given:
        _put(errors, "customer", lambda: setattr(contact, "customer", _customer(given["customer"])))
    _put(errors, "legal_id", lambda: setattr(contact, "legal_id", _legal_id(contact)))
    _put(errors, "phone", lambda: _check_phone(contact))
    errors += _missing(contact, {error.field for error in errors})
    if errors:
        raise Invalid(errors)
    if lead.product is not None:
        lead.layer = lead.product.family.layer
    words = " ".join(getattr(contact, name) for name in SOUGHT)
    contact.search_key = search_key(f"{lead.ref} {words}")[:500]


def _put(errors: list[DomainError], name: str, step: Callable[[], Any]) -> None:
    if any(error.field == name for error in errors):
        return
    try:
        step()
    except InputError as error:
        errors.append(error.at(name))


def _coded(model: Any, value: Any) -> Any:
    written = values.code(value)
    if not written:
        return None
    found = model.objects.filter(code=written, active=True)
    found = found.select_related("family") if model is Product else found
    thing = found.first()
    if thing is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), params={"code": written})
    return thing


def _customer(value: Any) -> Customer | None:
    written = values.code(value)
    if not written:
        return None
    found = Customer.objects.filter(code=written).select_related("merged_into").first()
    if found is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), params={"code": written})
    customer: Customer = found.merged_into or found
    return customer


def _legal_id(contact: LeadContact) -> str:
    return clean_legal_id(contact.legal_id, contact.country)


def _check_phone(contact: LeadContact) -> None:
    """A number that cannot exist helps nobody; without a country only its signs can be judged."""
    if contact.phone and contact.country and not phone_key(contact.phone, contact.country):
        raise InputError("phone", _("This number cannot exist. Write it with its country code."))


def _missing(contact: LeadContact, blamed: set[str | None]) -> list[DomainError]:
    """Somebody who can be named and reached."""
    errors: list[DomainError] = []
    if not (contact.person or contact.company) and not blamed & {"person", "company"}:
        errors.append(InputError("required", _("Name the person or the company."), "person"))
    if not (contact.email or contact.phone) and not blamed & {"email", "phone"}:
        errors.append(InputError("required", _("Give a phone number or an e-mail address."), "email"))
    return errors
