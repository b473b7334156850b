"""Reading what an applicant writes: one spelling of each value, errors at the field."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.models import Territory
from catalog.services import values
from catalog.services.legal_ids import clean_legal_id
from common.digits import to_latin
from common.errors import DomainError, InputError, Invalid
from common.text import require_visible
from partners.applications.rules import REQUIRED
from tenancy.context import require_operator_id
from tenancy.models import Operator

LONGEST = 4000


def _long(value: Any) -> str:
    written = require_visible(str("" if value is None else value).strip())
    if len(written) > LONGEST:
        raise values.too_long(LONGEST)
    return written


def _number(most: int) -> Callable[[Any], int | None]:
    def read(value: Any) -> int | None:
        written = to_latin(str("" if value is None else value)).strip()
        if not written:
            return None
        if not written.isdecimal() or int(written) > most:
            raise InputError("not_a_number", _("Write a whole number up to %(most)s."), params={"most": most})
        return int(written)

    return read


def _year(value: Any) -> int | None:
    year = _number(9999)(value)
    if year is None:
        return None
    if year < 1700:  # As the operator's calendar counts.
        operator = Operator.objects.get(pk=require_operator_id())
        year = operator.days.to_date(max(year, 1), 1, 1).year
    if not 1800 <= year <= timezone.now().year:
        raise InputError("invalid_year", _("This is no year in which a company was founded."))
    return year


def year_shown(operator: Operator, year: int | None) -> int | None:
    """A stored year as the operator's calendar counts it: the one that has its last day. A calendar that does not reach
    back so far leaves it as it is."""
    if year is None or not operator.days.supports(last := date(year, 12, 31)):
        return year
    return operator.days.from_date(last)[0]


def _territory(value: Any) -> Territory | None:
    code = values.code(value)
    found: Territory | None = Territory.objects.filter(code=code, active=True).first() if code else None
    if code and found is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), params={"code": code})
    return found


READERS: dict[str, Callable[[Any], Any]] = {
    "company_name": values.text(200),
    "legal_id": values.text(40),
    "country": values.country,
    "city": values.text(80),
    "territory": _territory,
    "website": values.website,
    "phone": values.phone,
    "contact_name": values.text(120),
    "contact_email": lambda value: str(values.email(value)).lower(),
    "contact_position": values.text(120),
    "roles": values.several(PartnerRole),
    "layers": values.several(Layer),
    "founded": _year,
    "technicians": _number(1_000_000),
    "sellers": _number(1_000_000),
    "customers": _number(100_000_000),
    "certificates": _long,
    "about": _long,
}


def read(
    given: Mapping[str, Any], *, required: Iterable[str] = REQUIRED, country: str = ""
) -> dict[str, Any]:
    """What was written, as it is stored. Raises ``Invalid``. ``country``: of the application, where none is given."""
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
    wrong = {error.field for error in errors}
    missing = [name for name in required if not out.get(name) and name not in wrong]
    errors += [InputError("required", _("This must not be empty."), name) for name in missing]
    if out.get("legal_id") and not errors:
        try:
            out["legal_id"] = clean_legal_id(out["legal_id"], out.get("country", country))
        except InputError as error:
            errors.append(error.at("legal_id"))
    if errors:
        raise Invalid(errors)
    return out
