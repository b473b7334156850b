"""When two spellings of a company's name mean the same company, in Persian, Arabic and Latin writing.

``tokens`` folds what only spelling does: forms of letters, marks, digits, legal forms, articles, "and", usual abbreviations.
``similarity`` then compares words, so that one word more or another word of the same length is another company.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from catalog.matching.words import FORM_PHRASES, FORMS, SKIPPED, SPELLINGS
from common.text import search_key

#: A name that differs in a word (not in its spelling) reaches this at most.
OTHER_WORD: Final = 0.85
_WORD: Final = re.compile(r"[^\W_]+")
_DOTTED: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]\s*[./]\s*)+[^\W\d_](?![^\W_])")
_GLUED: Final = re.compile("['’`ʼ´]")
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
#: The ye of the Persian ezafe after a silent he, written apart: ``مبارکه‌ی``.
_EZAFE: Final = re.compile("(?<=ه)[\u200c ][یي](?![^\\W_])")
_ABD: Final = re.compile("(?<![^\\W_])عبد ال")
_LATIN_FOLD: Final = (
    ("ß", "ss"), ("æ", "a"), ("œ", "o"), ("ø", "o"), ("ł", "l"), ("ı", "i"), ("đ", "d"), ("ae", "a"), ("oe", "o"),
    ("ue", "u"),
)  # fmt: skip


def name_key(text: str) -> str:
    """The name without what spelling and legal form add; equal for spellings of one name, order and spaces apart."""
    return " ".join(tokens(text))


@lru_cache(maxsize=200_000)
def tokens(text: str) -> tuple[str, ...]:
    """The folded words that tell the company; the legal form alone where there is nothing else."""
    written = _words(text)
    kept = _without_forms(written)
    folded = tuple(word for word in map(_fold, kept) if word and word not in SKIPPED)
    return folded or tuple(map(_fold, written))


def _words(text: str) -> list[str]:
    plain = search_key(_GLUED.sub("", _EZAFE.sub("", text).replace("\u200c", " ").replace("&", " & ")))
    plain = _DOTTED.sub(lambda found: re.sub(r"[\s./]", "", found.group()), plain)
    return _joined(_WORD.findall(_ABD.sub("عبدال", plain)))


def _joined(words: list[str]) -> list[str]:
    """Single letters in a row are one abbreviation: ``l l c``, ``ش م م``."""
    out: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha() and word != "و":
            run.append(word)
            continue
        out += ["".join(run)] if run else []
        run = []
        out += [word] if word else []
    return out


def _without_forms(words: list[str]) -> list[str]:
    """Words without legal forms; a form of several words goes as a whole."""
    out: list[str] = []
    place = 0
    while place < len(words):
        size = next((n for n in (4, 3, 2) if tuple(words[place : place + n]) in FORM_PHRASES), 0)
        if size:
            place += size
            continue
        if words[place] not in FORMS:
            out.append(words[place])
        place += 1
    return out


@lru_cache(maxsize=200_000)
def _fold(word: str) -> str:
    """One word in the spelling that stands for all of its spellings."""
    folded = _fold_letters(word)
    return _SAME.get(folded, folded)


def _fold_letters(word: str) -> str:
    return _fold_arabic(word) if _ARABIC.search(word) else _fold_latin(word)


def _fold_arabic(word: str) -> str:
    if word.startswith("وال") and len(word) > 5:
        word = word[1:]
    if word.startswith("ال") and len(word) > 4:
        word = word[2:]
    word = word.replace("وو", "و").replace("یی", "ی")
    return word[:-1] if word.endswith("ه") and len(word) > 3 else word


def _fold_latin(word: str) -> str:
    for written, plain in _LATIN_FOLD:
        word = word.replace(written, plain)
    return word


_SAME: Final = {_fold_letters(written): _fold_letters(plain) for written, plain in SPELLINGS.items()}


def similarity(a: str, b: str) -> float:
    """How surely two names mean one company, 0 to 1. Symmetric; 1 for spellings of the same words in any order."""
    return score(tokens(a), tokens(b))


def score(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """As ``similarity``, of names that are taken apart already."""
    if not one or not other:
        return 0.0
    left, right = (
        sorted((Counter(one) - Counter(other)).elements()),
        sorted((Counter(other) - Counter(one)).elements()),
    )
    if not left and not right:
        return 1.0
    whole = max(_alike(one, other), _alike(sorted(one), sorted(other)))
    if _numbers(one) != _numbers(other):
        return min(whole, OTHER_WORD)
    return _of_rest(_in_order(one, left), _in_order(other, right), whole)


def _alike(one: tuple[str, ...] | list[str], other: tuple[str, ...] | list[str]) -> float:
    return ratio("".join(one), "".join(other)) / 100


def _in_order(words: tuple[str, ...], rest: list[str]) -> list[str]:
    """``rest`` in the order in which the words stand in the name."""
    left = Counter(rest)
    out = []
    for word in words:
        if left[word] > 0:
            left[word] -= 1
            out.append(word)
    return out


def _of_rest(left: list[str], right: list[str], whole: float) -> float:
    """The score from the words that only one of the names has."""
    one, other = "".join(left), "".join(right)
    if _is_spacing(one, other) or _is_spacing("".join(sorted(left)), "".join(sorted(right))):
        return 1.0
    if one and other and _is_slip(one, other):
        return max(whole, 0.9)
    return min(whole, OTHER_WORD)


def _is_spacing(one: str, other: str) -> bool:
    """The same letters, where a join may also have swallowed an article or hold an "and"."""
    if one == other or one.replace("ال", "") == other.replace("ال", ""):
        return True
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(shorter) > 2 and any(
        sign == "و" and longer[:place] + longer[place + 1 :] == shorter for place, sign in enumerate(longer)
    )


def _is_slip(one: str, other: str) -> bool:
    """A letter or two typed wrongly, not another word: never the first letter, never in a short word."""
    shorter = min(len(one), len(other))
    allowed = 0 if shorter < 5 else 1 if shorter < 12 else 2
    return one[0] == other[0] and OSA.distance(one, other, score_cutoff=allowed) <= allowed


def _numbers(words: tuple[str, ...]) -> list[str]:
    return sorted(digits for word in words for digits in re.findall(r"\d+", word))
