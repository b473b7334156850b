"""Numbers of bank accounts: IBAN (in Iran: Sheba) and BIC, checked as banks check them, and how they are hidden."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError
from stdnum.iso7064 import mod_97_10

from common.digits import to_latin
from common.errors import InputError
from common.text import clean_line

#: Iran is not in the public register that python-stdnum holds; the central bank's rule is 22 digits after the check digits.
_SHEBA: Final = re.compile(r"IR[0-9]{24}")
_SHEBA_BARE: Final = re.compile(r"[0-9]{24}")
#: Banks by the three digits of a Sheba that follow the check digits.
_IRANIAN_BANKS: Final = {
    "010": "Central Bank", "011": "Sanat va Madan", "012": "Mellat", "013": "Refah", "014": "Maskan",
    "015": "Sepah", "016": "Keshavarzi", "017": "Melli", "018": "Tejarat", "019": "Saderat",
    "020": "Tosee Saderat", "021": "Post Bank", "022": "Tosee Taavon", "053": "Karafarin", "054": "Parsian",
    "055": "Eghtesad Novin", "056": "Saman", "057": "Pasargad", "058": "Sarmayeh", "059": "Sina",
    "060": "Mehr Iran", "061": "Shahr", "062": "Ayandeh", "064": "Gardeshgari", "066": "Dey", "069": "Iran Zamin",
}  # fmt: skip
_BULLET: Final = "•"


def iban_of(text: str, field: str = "iban") -> str:
    """An IBAN as typed (any digits, spaces, a Sheba without ``IR``) in its compact form.

    ``InputError``: ``wrong_check_digits``, ``wrong_structure`` (length or characters), ``unknown_country``.
    """
    number = ibans.compact(to_latin(clean_line(text)))
    if _SHEBA_BARE.fullmatch(number):
        number = f"IR{number}"
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{1,30}", number):
        raise InputError("wrong_structure", _("This is not an IBAN."), field)
    try:
        return _sheba(number) if number.startswith("IR") else str(ibans.validate(number))
    except InvalidChecksum as error:
        raise InputError(
            "wrong_check_digits", _("The check digits do not fit. Is there a typing error?"), field
        ) from error
    except (InvalidFormat, InvalidLength) as error:
        text_ = _("An account number of this country has another length or other characters.")
        raise InputError("wrong_structure", text_, field) from error
    except ValidationError as error:
        raise InputError(
            "unknown_country", _("The country or a part of this IBAN is not known."), field
        ) from error


def _sheba(number: str) -> str:
    if not _SHEBA.fullmatch(number):
        raise InvalidLength()
    mod_97_10.validate(number[4:] + number[:4])
    return number


def with_check_digits(country: str, bban: str) -> str:
    """The IBAN of a national account number, for demo data and tests."""
    return f"{country}{ibans.calc_check_digits(f'{country}00{bban}')}{bban}"


def bic_of(text: str, iban: str, field: str = "bic") -> str:
    """A BIC in capitals, empty where none is given. Its country must be the account's: ``wrong_bic``."""
    number = clean_line(text).replace(" ", "").upper()
    if not number:
        return ""
    if not bics.is_valid(number):
        raise InputError("wrong_bic", _("This is not a BIC (8 or 11 letters and digits)."), field)
    if number[4:6] != iban[:2] and not {number[4:6], iban[:2]} <= _ONE_SYSTEM:
        raise InputError("wrong_bic", _("The BIC belongs to a bank of another country."), field)
    return number


#: Countries whose accounts may lie at a bank with the BIC of another of them.
_ONE_SYSTEM: Final = {"FR", "MC", "GB", "GG", "IM", "JE", "IT", "SM", "VA"}


def bank_name_of(iban: str) -> str:
    """The bank that a Sheba itself names; empty for other accounts."""
    return _IRANIAN_BANKS.get(iban[4:7], "") if iban.startswith("IR") else ""


def masked(iban: str) -> str:
    """Country and the last four characters: ``IR•• •••• 0758``."""
    return f"{iban[:2]}{_BULLET * 2} {_BULLET * 4} {iban[-4:]}" if iban else ""


def grouped(iban: str) -> str:
    """In groups of four, as people read it."""
    return " ".join(iban[place : place + 4] for place in range(0, len(iban), 4))
