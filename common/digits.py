"""Digits of three scripts: Latin ``0-9``, Persian ``۰-۹`` and Arabic-Indic ``٠-٩``."""

from __future__ import annotations

LATIN = "0123456789"
PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"

_TO_LATIN = str.maketrans(PERSIAN + ARABIC, LATIN * 2)
# Number signs of the two scripts and the many dashes that editors put in the place of a minus.
_SIGNS = str.maketrans(
    {
        "٫": ".",
        "٬": ",",
        "٪": "%",
        "\N{MINUS SIGN}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{FIGURE DASH}": "-",
        "\N{EN DASH}": "-",
        "\N{SMALL HYPHEN-MINUS}": "-",
        "\N{FULLWIDTH HYPHEN-MINUS}": "-",
        "\N{FULLWIDTH PLUS SIGN}": "+",
    }
)
_TO_PERSIAN = str.maketrans(LATIN + ARABIC, PERSIAN * 2)
_TO_ARABIC = str.maketrans(LATIN + PERSIAN, ARABIC * 2)


def to_latin(text: str) -> str:
    """``text`` with Persian and Arabic-Indic digits as ``0-9``; nothing else changes."""
    return text if text.isascii() else text.translate(_TO_LATIN)


def to_latin_number(text: str) -> str:
    """Like ``to_latin``, and ``٫ ٬ ٪`` become ``. , %`` and every kind of minus becomes ``-``."""
    return text if text.isascii() else text.translate(_TO_LATIN).translate(_SIGNS)


def to_persian(text: str) -> str:
    """``text`` with its Latin and Arabic-Indic digits as Persian ones."""
    return text.translate(_TO_PERSIAN)


def to_arabic(text: str) -> str:
    """``text`` with its Latin and Persian digits as Arabic-Indic ones."""
    return text.translate(_TO_ARABIC)


def localize_digits(text: str, language: str) -> str:
    """``text`` with the digits that readers of ``language`` (``fa``, ``ar``, others: Latin) expect."""
    if language.startswith("fa"):
        return to_persian(text)
    return to_arabic(text) if language.startswith("ar") else to_latin(text)
