"""What a KPI may be: its fields and filters, checked and brought into the one form that counting relies on."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from catalog.enums import Contribution, EngagementModel, Layer, PartnerRole
from catalog.models import Coded, Family, Product, Segment, Territory
from common.errors import DomainError, InputError, Invalid
from common.numbers import parse_decimal
from common.text import clean_line
from formula import REFERENCE, context_names
from performance.enums import Beneficiary, DateBase, Measure, PeriodKind

CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WORD = re.compile(r"[^\s\x00-\x1f]{1,64}")
_MODELS: dict[str, type[Coded]] = {
    "products": Product,
    "families": Family,
    "segments": Segment,
    "territories": Territory,
}
_CHOICES: dict[str, type[TextChoices]] = {
    "layers": Layer,
    "engagement_models": EngagementModel,
    "contributions": Contribution,
    "roles": PartnerRole,
}
_WORDS = ("kinds", "sources")
#: Every filter, in the order in which forms show them.
FILTERS = (*_WORDS, *_MODELS, *_CHOICES, "new_customer", "attributes")
#: Fields that decide what is counted: changing one means counting anew.
COUNTED = frozenset({"measure", "filters", "beneficiary", "period", "rolling_months", "base", "active"})
FIELDS = (*sorted(COUNTED), "name", "names", "target", "description")


def check_code(code: Any) -> str:
    """A name that formulas can use: small letters, digits and underscores, no word of the language itself."""
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise InputError(
            "bad_code", _("A KPI's code is made of a–z, 0–9 and _ and begins with a letter."), "code"
        )
    if code in _taken():
        raise InputError(
            "reserved", _("“%(code)s” is a word of the formula language."), "code", {"code": code}
        )
    return code


def _taken() -> set[str]:
    functions = {function.name for function in REFERENCE}
    return {*context_names(), *functions, "else", "true", "false", "and", "or", "not"}


def clean_kpi(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields as they are stored. Raises ``Invalid`` with an error per wrong field."""
    clean: dict[str, Any] = {}
    errors: list[DomainError] = []
    for name, value in fields.items():
        reader = _READERS.get(name)
        try:
            if reader is None:
                raise InputError("unknown_field", _("A KPI has no such field."))
            clean[name] = reader(value)
        except Invalid as several:
            errors += several.errors
        except InputError as error:
            errors.append(error if error.field else error.at(name))
    if errors:
        raise Invalid(errors)
    return clean


def check_together(kpi: Any) -> None:
    """Refuse fields that do not go together; ``kpi`` has them all."""
    rolling = kpi.period == PeriodKind.ROLLING
    if rolling and kpi.rolling_months is None:
        raise InputError("required", _("Say how many months a rolling period has."), "rolling_months")
    if not rolling and kpi.rolling_months is not None:
        raise InputError("not_rolling", _("Only rolling periods have a number of months."), "rolling_months")
    if kpi.measure == Measure.NEW_CUSTOMERS and "new_customer" in kpi.filters:
        raise InputError(
            "twice_new",
            _("New customers are counted already; leave this filter out."),
            "filters.new_customer",
        )


def clean_filters(filters: Any) -> dict[str, Any]:
    """Filters without empty ones, lists sorted and without repeats. Raises ``Invalid``."""
    if filters is None:
        return {}
    if not isinstance(filters, Mapping):
        raise InputError("bad_filters", _("Filters are names with values."))
    clean: dict[str, Any] = {}
    errors: list[DomainError] = []
    for name, value in filters.items():
        try:
            if name not in FILTERS:
                raise InputError(
                    "unknown_filter", _("There is no filter “%(name)s”."), params={"name": str(name)[:40]}
                )
            if value not in (None, "", [], (), {}):
                clean[name] = _filter(name, value)
        except InputError as error:
            errors.append(error.at(f"filters.{name}"))
    if errors:
        raise Invalid(errors)
    return clean


def _filter(name: str, value: Any) -> Any:
    if name == "new_customer":
        if not isinstance(value, bool):
            raise InputError("not_boolean", _("This is true or false."))
        return value
    if name == "attributes":
        return _attributes(value)
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not all(isinstance(word, str) for word in words):
        raise InputError("not_a_list", _("This is a list of codes."))
    if name in _MODELS:
        _known(words, _MODELS[name].objects.filter(code__in=words).values_list("code", flat=True))
    elif name in _CHOICES:
        _known(words, _CHOICES[name].values)
    elif not all(_WORD.fullmatch(word) for word in words):
        raise InputError("bad_word", _("A code has no spaces and at most 64 characters."))
    return sorted(set(words))


def _known(words: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(words) - set(known))
    if unknown:
        raise InputError("unknown_code", _("Unknown: %(codes)s."), params={"codes": ", ".join(unknown[:5])})


def _attributes(value: Any) -> dict[str, str]:
    """Names, each with the value that it must equal."""
    if not isinstance(value, Mapping) or not all(
        isinstance(name, str) and isinstance(wanted, (str, int, bool)) for name, wanted in value.items()
    ):
        raise InputError("bad_attributes", _("Attributes are names, each with one value."))
    return dict(value)


def _choice(choices: type[TextChoices]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices.values:
            raise InputError(
                "unknown_choice", _("One of: %(all)s."), params={"all": ", ".join(choices.values)}
            )
        return str(value)

    return read


def _name(value: Any) -> str:
    line = clean_line(str("" if value is None else value))
    if not 1 <= len(line) <= 200:
        raise InputError("bad_name", _("A name has 1 to 200 characters."))
    return line


def _names(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise InputError("bad_names", _("Names are languages, each with a name."))
    return {str(language): _name(name) for language, name in value.items() if name}


def _months(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not str(value).isdecimal() or not 2 <= int(value) <= 36:
        raise InputError("bad_months", _("A rolling period has 2 to 36 months."))
    return int(value)


def clean_target(value: Any) -> Decimal | None:
    """A number with at most six decimals, or ``None`` for none."""
    if value in (None, ""):
        return None
    number = value if isinstance(value, Decimal) else parse_decimal(str(value))
    if not number.is_finite() or abs(number) >= Decimal(10) ** 20 or number != round(number, 6):
        raise InputError("bad_target", _("A target has at most 20 digits and 6 decimals."))
    return number


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InputError("not_boolean", _("This is true or false."))
    return value


def _description(value: Any) -> str:
    return clean_line(str(value or ""))[:400]


_READERS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "names": _names,
    "measure": _choice(Measure),
    "filters": clean_filters,
    "beneficiary": _choice(Beneficiary),
    "period": _choice(PeriodKind),
    "rolling_months": _months,
    "base": _choice(DateBase),
    "target": clean_target,
    "description": _description,
    "active": _flag,
}
