"""Names and texts in the characters that payment schemes carry.

SEPA and most cross-border schemes take ``a-z A-Z 0-9 / - ? : ( ) . , ' +`` and the space. Persian and Arabic letters are
written in Latin ones by a fixed table (one letter, one spelling: short vowels, which the script leaves out, stay out), marks
fall off, anything else becomes a space. A name that the partner gave in Latin letters itself is always preferred.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from common.digits import to_latin

_ALLOWED: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_SPACES: Final = re.compile(r" +")
_TABLE: Final = str.maketrans(
    {
        "ا": "a", "آ": "a", "أ": "a", "إ": "e", "ٱ": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "s", "ج": "j",
        "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ذ": "z", "ر": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh",
        "ص": "s", "ض": "z", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ق": "gh", "ک": "k", "ك": "k",
        "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "v", "ه": "h", "ة": "h", "ۀ": "h", "ی": "i", "ي": "i",
        "ى": "a", "ئ": "y", "ؤ": "o", "ء": "", "ـ": "", "\u200c": " ",
        "،": ",", "؛": ",", "؟": "?", "–": "-", "—": "-", "’": "'", "‘": "'", "“": "'", "”": "'", "«": "'", "»": "'",
        "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i",
        "þ": "th", "Þ": "Th", "œ": "oe", "Œ": "OE", "&": "+", "_": "-", "@": "(at)",
    }
)  # fmt: skip


def is_latin(text: str) -> bool:
    """Whether every character of ``text`` may stand in a payment file as it is."""
    return not _ALLOWED.search(text)


def to_payment_set(text: str, most: int) -> str:
    """``text`` in the payment character set, at most ``most`` characters; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", to_latin(unicodedata.normalize("NFC", text)).translate(_TABLE))
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    plain = _SPACES.sub(" ", _ALLOWED.sub(" ", plain)).strip()
    return _capitals(plain)[:most].rstrip() if not is_latin(text) else plain[:most].rstrip()


def _capitals(text: str) -> str:
    """A transliterated name begins its words with capitals, as names do."""
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


def reference(text: str) -> str:
    """A reference as schemes take it: no slash at an end, never two in a row, at most 35 characters."""
    plain = re.sub(r"/{2,}", "/", to_payment_set(text, 35)).strip("/ ")
    return plain or "-"
