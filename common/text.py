"""Text as people type it: what may come in, and when two spellings mean the same."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from common.digits import to_latin
from common.errors import InputError

_ZWNJ: Final = "\u200c"
_ZWJ: Final = "\u200d"
_BIDI: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE: Final = (
    "\u00ad\u034f\u115f\u1160\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\ufff9\ufffa\ufffb"
)
_CONTROLS: Final = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
_KEPT: Final = "\n\t"
_HARMFUL: Final = dict.fromkeys(ord(c) for c in _BIDI + _INVISIBLE + _CONTROLS if c not in _KEPT)
_HIDDEN: Final = re.compile(f"[{re.escape(_BIDI + _INVISIBLE + _CONTROLS + _ZWNJ + _ZWJ)}]")
_SPACES: Final = re.compile(r"\s+")

# Letters that one keyboard has and another has not, after marks above and below were taken off.
_LETTERS: Final = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ے": "ی", "ۍ": "ی", "ې": "ی",
        "ك": "ک", "ڪ": "ک",
        "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۃ": "ه",
        "ٱ": "ا", "ء": None, "ـ": None, _ZWNJ: None, _ZWJ: None,
        "،": ",", "؛": ";", "؟": "?",
    }
)  # fmt: skip


def clean_text(text: str) -> str:
    """Input in NFC without bidi controls, invisible characters and NUL; line ends and ZWNJ stay."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.translate(_HARMFUL).strip()


def clean_line(text: str) -> str:
    """As ``clean_text``, on one line and with single spaces."""
    return _SPACES.sub(" ", clean_text(text)).strip(f" {_ZWNJ}{_ZWJ}")


def require_visible(text: str, field: str | None = None) -> str:
    """``text`` in NFC for codes and numbers, where a hidden character is refused: ``hidden_characters``."""
    if text.isascii() and text.isprintable():
        return text
    found = _HIDDEN.search(text)
    if found is not None:
        raise InputError(
            "hidden_characters",
            _("There is a hidden character (U+%(code)s) at position %(position)s."),
            field,
            {"code": f"{ord(found.group()):04X}", "position": found.start() + 1},
        )
    return unicodedata.normalize("NFC", text)


def search_key(text: str) -> str:
    """The form in which all spellings of a text are equal; store it next to the text and search in it.

    Persian and Arabic ye, kaf, he and teh marbuta, alef and waw with or without hamza, diacritics, tatweel,
    ZWNJ, digits of three scripts, width, case and spaces make no difference.
    """
    if text.isascii():
        return _SPACES.sub(" ", text.lower().translate(_HARMFUL)).strip()
    # Some signs become capital letters only when they are taken apart, so case is folded in between.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    folded = to_latin(bare.translate(_LETTERS).translate(_HARMFUL))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", folded)).strip()


def search_words(text: str) -> list[str]:
    """The words of a search; a record matches when its ``search_key`` contains each.

    So ``صورت حساب`` finds ``صورت‌حساب`` and ``صورتحساب``.
    """
    return search_key(text).split()


def slug(text: str, max_length: int = 60) -> str:
    """Lower-case letters and digits of any script joined by hyphens, for addresses; may be empty."""
    spaced = clean_line(text).replace(_ZWNJ, " ")
    return slugify(to_latin(spaced), allow_unicode=True)[:max_length].strip("-")
