"""Reading what a registration holds, from a form, the API or a file: field -> what is stored.

Lines are a list of ``{"product": code, "quantity", "one_off" (or "amount"), "monthly", "term_months"}``; territories, segments and
reps are named by code; ``presales`` is a list of ``{"day", "text"}``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel
from catalog.models import Product, Segment, Territory
from catalog.services import values
from catalog.services.legal_ids import clean_legal_id
from common.errors import DomainError, InputError, Invalid
from common.text import clean_text, search_key
from deals.domains import host_of
from deals.models import Deal, DealLine
from partners.models import Rep
from programs.selectors import programmes_joined

MOST_LINES = 200
MOST_PRESALES = 100
_WHOLE = Decimal(1)


def _long(most: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = clean_text(str("" if value is None else value))
        if len(text) > most:
            raise values.too_long(most)
        return text

    return read


def _domain(value: Any) -> str:
    written = values.text(200)(value)
    host = host_of(written)
    if written and not host:
        raise InputError("invalid", _("Write it like %(example)s."), params={"example": "example.com"})
    return host


def _model(value: Any) -> str:
    return str(values.choice(EngagementModel, required=False)(value)) or EngagementModel.SELL_TO


_email = values.checked(EmailValidator(), 254, "name@example.com")
READERS: dict[str, Callable[[Any], Any]] = {
    "engagement_model": _model,
    "customer_name": values.text(200),
    "legal_id": values.text(40),
    "country": values.country,
    "customer_number": values.code,
    "domain": _domain,
    "city": values.text(80),
    "contact_name": values.text(120),
    "contact_email": _email,
    "contact_phone": values.text(40),
    "expected_close": values.day,
    "description": _long(4000),
    "competitor": values.text(120),
    "help_wanted": _long(2000),
    "mdf_used": values.boolean(empty=False),
}
REFERENCES: dict[str, Any] = {"territory": Territory, "segment": Segment, "rep": Rep}
#: By which a deal is searched.
SOUGHT = ("ref", "customer_name", "legal_id", "customer_number", "domain")
#: Every name that ``fill`` knows.
NAMES = frozenset({*READERS, *REFERENCES, "programme", "lines", "presales"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it will be stored."""

    product: Product
    quantity: Decimal
    one_off: Decimal
    monthly: Decimal
    term_months: int

    @property
    def amount(self) -> Decimal:
        return self.one_off + self.monthly * self.term_months


def fill(deal: Deal, given: Mapping[str, Any], *, lenient: bool = False) -> list[Line] | None:
    """Put ``given`` into ``deal`` without saving it; returns the new lines where there are any.

    Raises ``Invalid`` with every error; ``lenient`` (a draft that is still typed) leaves out what cannot be read instead.
    """
    errors: list[DomainError] = []
    errors += [_unknown(name) for name in given if name not in NAMES]
    for name, read in READERS.items():
        if name in given:
            _put(errors, name, lambda name=name, read=read: setattr(deal, name, read(given[name])))  # type: ignore[misc]
    for name, model in REFERENCES.items():
        if name in given:
            _put(errors, name, lambda name=name, model=model: _refer(deal, name, model, given[name]))  # type: ignore[misc]
    if "programme" in given:
        _put(errors, "programme", lambda: _join(deal, given["programme"]))
    if "presales" in given:
        _put(errors, "presales", lambda: setattr(deal, "presales", read_presales(given["presales"])))
    if {"legal_id", "country"} & set(given):
        _put(errors, "legal_id", lambda: _check_legal_id(deal, lenient))
    lines = read_lines(given["lines"], errors, lenient=lenient) if "lines" in given else None
    if errors and not lenient:
        raise Invalid(errors)
    deal.search_key = search_key(" ".join(getattr(deal, name) for name in SOUGHT))[:700]
    return lines


def _unknown(name: str) -> InputError:
    return InputError("unknown_field", _("There is no such field."), name)


def _put(errors: list[DomainError], name: str, step: Callable[[], None]) -> None:
    try:
        step()
    except InputError as error:
        errors.append(error.at(name))


def _check_legal_id(deal: Deal, lenient: bool) -> None:
    try:
        deal.legal_id = clean_legal_id(deal.legal_id, deal.country)
    except InputError:
        if not lenient:
            raise


def _refer(deal: Deal, name: str, model: Any, value: Any) -> None:
    written = values.code(value)
    found = model.objects.filter(code=written, active=True) if written else model.objects.none()
    if model is Rep:
        found = found.filter(partner_id=deal.partner_id)
    thing = found.first()
    if written and thing is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), params={"code": written})
    setattr(deal, name, thing)


def _join(deal: Deal, value: Any) -> None:
    """Register in a programme that the deal's company is in."""
    written = values.code(value)
    if written and not programmes_joined(deal.partner_id).filter(code=written).exists():
        raise InputError(
            "unknown_code", _("The company is in no programme “%(code)s”."), params={"code": written}
        )
    deal.programme = written


def read_presales(value: Any) -> list[dict[str, str]]:
    """What was done for the customer already, by day."""
    rows = []
    for row in list(value or [])[:MOST_PRESALES]:
        if not isinstance(row, Mapping):
            raise InputError("invalid", _("Give day and text of each step."))
        text = _long(1000)(row.get("text"))
        day = values.day(row.get("day"))
        if text and day is None:
            raise InputError("required", _("Give day and text of each step."))
        if text and day is not None:
            rows.append({"day": day.isoformat(), "text": text})
    return sorted(rows, key=lambda row: row["day"])


def read_lines(value: Any, errors: list[DomainError], *, lenient: bool = False) -> list[Line]:
    rows = [row for row in list(value or []) if isinstance(row, Mapping)]
    if len(rows) > MOST_LINES:
        errors.append(InputError("too_many", _("At most %(most)s lines."), "lines", {"most": MOST_LINES}))
        return []
    codes = {str(row.get("product") or "").strip() for row in rows}
    products = {each.code: each for each in Product.objects.filter(code__in=codes, active=True)}
    lines = []
    for number, row in enumerate(rows):
        try:
            lines.append(_line(row, products))
        except InputError as error:
            errors.append(error.at(f"lines.{number}.{error.field or 'product'}"))
    return lines


def _line(row: Mapping[str, Any], products: Mapping[str, Product]) -> Line:
    code = str(row.get("product") or "").strip()
    if code not in products:
        raise InputError("unknown_code", _("There is no “%(code)s”."), "product", {"code": code})
    one_off = row.get("one_off", row.get("amount"))
    quantity = _number(row, "quantity", row.get("quantity"), _WHOLE)
    if quantity <= 0:
        raise InputError("too_small", _("At least %(least)s is needed."), "quantity", {"least": 1})
    months = _number(row, "term_months", row.get("term_months"), Decimal(0))
    if months != int(months) or months > 600:
        raise InputError("invalid", _("This value is not valid."), "term_months")
    return Line(
        products[code],
        quantity,
        _number(row, "amount", one_off, Decimal(0)),
        _number(row, "monthly", row.get("monthly"), Decimal(0)),
        int(months),
    )


def _number(row: Mapping[str, Any], name: str, value: Any, empty: Decimal) -> Decimal:
    try:
        number = values.price(str(value) if isinstance(value, int) else value)
    except InputError as error:
        raise error.at(name) from error
    return empty if number is None else number


def store_lines(deal: Deal, lines: Iterable[Line]) -> Decimal:
    """Replace the lines of a deal that is not approved yet; returns what it is worth."""
    DealLine.objects.filter(deal=deal).delete()
    rows = [line_row(deal, line, position) for position, line in enumerate(lines)]
    DealLine.objects.bulk_create(rows)
    return sum((row.amount for row in rows), Decimal(0))


def line_row(deal: Deal, line: Line, position: int, **fields: Any) -> DealLine:
    return DealLine(
        deal=deal,
        partner_id=deal.partner_id,
        position=position,
        product=line.product,
        quantity=line.quantity,
        one_off=line.one_off,
        monthly=line.monthly,
        term_months=line.term_months,
        amount=line.amount,
        **fields,
    )
