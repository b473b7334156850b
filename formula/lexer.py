"""Source text to tokens. Persian and Arabic digits and signs are read like their Latin forms."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from formula.errors import FormulaError
from formula.rounding import CONTEXT

# Length-preserving, so that offsets in the translated text are offsets in the source.
_LATIN = str.maketrans(
    "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٪،؛×÷−\r\u00a0\u202f",
    "01234567890123456789.%,;*/-\n  ",
)
_SKIP = re.compile(r"(?:[ \t\n]|#[^\n]*)+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_NUMBER = re.compile(r"([0-9]+(?:[_٬][0-9]+)*(?:\.[0-9]+)?)(?:(k|m|bn)|(\s*%))?", re.IGNORECASE | re.ASCII)
_WORD_TAIL = re.compile(r"[\w.]+")
_NAME = re.compile(r"[^\W\d]\w*")
_OPERATOR = re.compile(r"->|<=|>=|!=|<>|==|[-+*/=<>()\[\],;:→≤≥≠∞]")
_SAME = {"→": "->", "≤": "<=", "≥": ">=", "≠": "!=", "<>": "!=", "==": "="}
_QUOTES = {'"': '"', "'": "'", "“": "”", "«": "»", "`": "`"}
_SCALE = {"k": 3, "m": 6, "bn": 9}
_JOINERS = "\u200c\u200d"
_MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, percent, date, text, name, quoted (a name in backquotes), operator or end.

    `first` says that the token starts a line.
    """

    kind: str
    text: str
    start: int
    end: int
    first: bool
    value: Decimal | date | None = None


class LexError(Exception):
    def __init__(self, code: str, start: int, end: int, **params: str) -> None:
        self.error = FormulaError(code, params, start, end)
        super().__init__(code)


def tokenize(source: str) -> list[Token]:
    """All tokens and a last one of kind `end`. Raises LexError at the first character without meaning."""
    _refuse_invisible(source)
    text = source.translate(_LATIN)
    tokens: list[Token] = []
    position, first = 0, True
    while True:
        skipped = _SKIP.match(text, position)
        if skipped:
            first = first or "\n" in skipped.group()
            position = skipped.end()
        if position == len(text):
            tokens.append(Token("end", "", position, position, True))
            return tokens
        token = _next(source, text, position, first)
        tokens.append(token)
        position, first = token.end, False


def _next(source: str, text: str, position: int, first: bool) -> Token:
    if text[position] in _QUOTES:
        return _quoted(source, position, first)
    found = _DATE.match(text, position)
    if found:
        return _date(found, first)
    found = _NUMBER.match(text, position)
    if found:
        return _number(text, found, first)
    found = _NAME.match(text, position)
    if found:
        return Token("name", unicodedata.normalize("NFC", found.group()), position, found.end(), first)
    found = _OPERATOR.match(text, position)
    if found:
        return Token("operator", _SAME.get(found.group(), found.group()), position, found.end(), first)
    raise LexError("unknown_character", position, position + 1, character=source[position])


def _quoted(source: str, start: int, first: bool) -> Token:
    closing = _QUOTES[source[start]]
    line_end = source.find("\n", start)
    end = source.find(closing, start + 1, len(source) if line_end < 0 else line_end)
    if end < 0:
        raise LexError("unclosed_text", start, len(source) if line_end < 0 else line_end)
    content = unicodedata.normalize("NFC", source[start + 1 : end])
    return Token("quoted" if closing == "`" else "text", content, start, end + 1, first)


def _date(found: re.Match[str], first: bool) -> Token:
    try:
        value = date.fromisoformat(found.group())
    except ValueError:
        raise LexError("bad_date", found.start(), found.end(), text=found.group()) from None
    return Token("date", found.group(), found.start(), found.end(), first, value)


def _number(text: str, found: re.Match[str], first: bool) -> Token:
    start, end = found.span()
    tail = _WORD_TAIL.match(text, end)
    if tail:
        raise LexError("bad_number", start, tail.end(), text=text[start : tail.end()])
    digits = found.group(1).replace("_", "").replace("٬", "")
    whole, _, fraction = digits.partition(".")
    if len(whole.lstrip("0")) > _MAX_DIGITS or len(fraction) > _MAX_DIGITS:
        raise LexError("number_too_long", start, end)
    percent = found.group(3) is not None
    shift = -2 if percent else _SCALE.get((found.group(2) or "").lower(), 0)
    value = CONTEXT.scaleb(Decimal(digits), shift)
    if shift > 0:
        value = CONTEXT.add(value, Decimal(0))
        value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value
    return Token("percent" if percent else "number", text[start:end], start, end, first, value)


def _refuse_invisible(source: str) -> None:
    """Refuse controls, zero-width and direction characters; joiners stay legal inside quotes and comments."""
    for position, character in enumerate(source):
        category = unicodedata.category(character)
        if (
            category[0] == "C"
            and character not in "\t\n\r"
            and not (character in _JOINERS and _in_words(source, position))
        ):
            raise LexError("forbidden_character", position, position + 1, character=f"U+{ord(character):04X}")


def _in_words(source: str, position: int) -> bool:
    line = source[source.rfind("\n", 0, position) + 1 : position]
    return "#" in line or any(quote in line for quote in _QUOTES)
