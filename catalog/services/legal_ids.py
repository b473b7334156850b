"""Legal identifiers of companies: one spelling, and the check digit where a country has one."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from common.digits import to_latin
from common.errors import InputError
from common.text import require_visible

#: Numbers that ``python-stdnum`` knows, per country; one of them has to fit.
_MODULES: Final = {"TR": ("vkn", "tckimlik"), "EG": ("tn",), "IN": ("gstin", "pan")}
_COMPANY_FACTORS: Final = (29, 27, 23, 19, 17)


def clean_legal_id(text: str, country: str) -> str:
    """``text`` in its one spelling: Latin digits, capitals, no spaces. ``InputError("legal_id")`` when it cannot exist."""
    written = to_latin("".join(require_visible(text).split())).upper()
    if not written:
        return ""
    if country == "IR":
        written = written.replace("-", "")
        if not (_is_iranian_company(written) or _is_iranian_person(written)):
            raise _wrong(country)
    elif country in _MODULES:
        return _by_library(written, country)
    return written


def _by_library(written: str, country: str) -> str:
    for name in _MODULES[country]:
        module = get_cc_module(country.lower(), name)
        try:
            if module is not None:
                return module.validate(written)
        except ValidationError:
            continue
    raise _wrong(country)


def _wrong(country: str) -> InputError:
    return InputError(
        "legal_id", _("This is not a legal id of %(country)s: check its digits."), params={"country": country}
    )


def _is_iranian_company(written: str) -> bool:
    """National id of legal persons: eleven digits, the last one checks; ``python-stdnum`` has no Iran."""
    if len(written) != 11 or not written.isdecimal() or not int(written[3:9]):
        return False
    digits = [int(one) for one in written]
    plus = digits[9] + 2
    total = sum((digit + plus) * _COMPANY_FACTORS[place % 5] for place, digit in enumerate(digits[:10]))
    return total % 11 % 10 == digits[10]


def _is_iranian_person(written: str) -> bool:
    """National code of natural persons, who may be customers as sole traders: ten digits, the last one checks."""
    if len(written) != 10 or not written.isdecimal() or len(set(written)) == 1:
        return False
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(written[:9])) % 11
    return int(written[9]) == (rest if rest < 2 else 11 - rest)
