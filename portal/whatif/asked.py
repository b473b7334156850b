"""What the reader typed: how much more of each KPI, or one more sale. Money is in the unit that the page shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict

from common.display import unit_name
from common.errors import InputError
from common.numbers import parse_local_decimal
from formula import Type
from incentives.whatif import Knob, Sale
from portal.shell.formats import Formats

#: A toman is ten rials.
TOMAN = 10
_PREFIX = "more-"


@dataclass(frozen=True, slots=True)
class Asked:
    """``texts`` are as typed, by field name; ``errors`` by field name."""

    texts: dict[str, str] = field(default_factory=dict)
    more: dict[str, Decimal] = field(default_factory=dict)
    sale: Sale | None = None
    errors: dict[str, str] = field(default_factory=dict)


def factor_of(formats: Formats, unit: Type) -> int:
    """What a typed amount is multiplied by."""
    return TOMAN if formats.toman and unit.is_money else 1


def unit_of(formats: Formats, unit: Type) -> str:
    """The word beside a field; empty for plain numbers."""
    return unit_name(unit.currency, formats.language, formats.toman) if unit.is_money else ""


def asked_more(data: QueryDict, knobs: Iterable[Knob], formats: Formats) -> Asked:
    """Of the KPIs of a scheme over a period."""
    asked = Asked()
    for knob in knobs:
        name = f"{_PREFIX}{knob.name}"
        text = asked.texts[name] = data.get(name, "").strip()
        if text:
            value = _number(asked, name, text)
            if value is not None:
                asked.more[knob.name] = value * factor_of(formats, knob.type)
    return asked


def asked_sale(data: QueryDict, formats: Formats, unit: Type) -> Asked:
    """Of one more transaction; nothing while there is no amount."""
    asked = Asked({name: data.get(name, "").strip() for name in ("product", "amount", "quantity")})
    values: Mapping[str, Decimal | None] = {
        name: _number(asked, name, asked.texts[name]) for name in ("amount", "quantity") if asked.texts[name]
    }
    amount = values.get("amount")
    if amount is None or asked.errors:
        return asked
    quantity = values.get("quantity") or Decimal(1)
    sale = Sale(asked.texts["product"], amount * factor_of(formats, unit), quantity)
    return Asked(asked.texts, {}, sale, asked.errors)


def _number(asked: Asked, name: str, text: str) -> Decimal | None:
    try:
        return parse_local_decimal(text)
    except InputError as error:
        asked.errors[name] = str(error.message)
        return None
