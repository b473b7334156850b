"""Reading what is told about a prospect: from a form, the API or a file."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Coded, Product, Segment, Territory
from catalog.services import values
from catalog.services.legal_ids import clean_legal_id
from common.errors import DomainError, InputError, Invalid


def _coded(model: type[Coded]) -> Callable[[Any], Coded | None]:
    def read(value: Any) -> Coded | None:
        code = values.code(value)
        found: Coded | None = model.objects.filter(code=code).first() if code else None
        if code and found is None:
            raise InputError("unknown_code", _("There is no “%(code)s”."), params={"code": code})
        return found

    return read


READERS: dict[str, Callable[[Any], Any]] = {
    "company_name": values.text(200, required=True),
    "product": _coded(Product),
    "layer": values.choice(Layer, required=False),
    "role": values.choice(PartnerRole, required=False),
    "territory": _coded(Territory),
    "segment": _coded(Segment),
    "country": values.country,
    "legal_id": values.text(40),
    "city": values.text(80),
    "website": values.website,
    "phone": values.phone,
    "contact_name": values.text(120),
    "contact_email": lambda value: str(values.email(value)).lower(),
    "source": values.text(120),
}


def read(given: Mapping[str, Any], country: str = "") -> dict[str, Any]:
    """What was told, as it is stored. Raises ``Invalid``. ``country``: of the prospect, where none is given."""
    errors: list[DomainError] = []
    out: dict[str, Any] = {}
    for name, value in given.items():
        if name not in READERS:
            errors.append(InputError("unknown_field", _("There is no such field."), name))
            continue
        try:
            out[name] = READERS[name](value)
        except InputError as error:
            errors.append(error.at(name))
    if out.get("legal_id") and not errors:
        try:
            out["legal_id"] = clean_legal_id(out["legal_id"], out.get("country") or country)
        except InputError as error:
            errors.append(error.at("legal_id"))
    if errors:
        raise Invalid(errors)
    return out
