"""What the reader's language calls countries and languages, and how it writes several words in one line."""

from collections.abc import Iterable

from babel import Locale
from django.utils.translation import get_language

#: By language; elsewhere it is the comma of English.
_SEPARATORS = {"fa": "، ", "ar": "، "}


def reader_locale() -> Locale:
    """The names that the active language has: ``territories`` and ``languages`` by code."""
    return Locale.parse((get_language() or "en").split("-")[0])


def list_separator() -> str:
    """What stands between two things of a list in the active language."""
    return _SEPARATORS.get((get_language() or "en").split("-")[0], ", ")


def listed(words: Iterable[object]) -> str:
    """The words in one line."""
    return list_separator().join(map(str, words))
