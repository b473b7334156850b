"""Several words in one line, as the reader's language separates them."""

from collections.abc import Iterable

from django.utils.translation import get_language

#: By language; elsewhere it is the comma of English.
_SEPARATORS = {"fa": "، ", "ar": "، "}


def list_separator() -> str:
    """What stands between two things of a list in the active language."""
    return _SEPARATORS.get((get_language() or "en").split("-")[0], ", ")


def listed(words: Iterable[object]) -> str:
    """The words in one line."""
    return list_separator().join(map(str, words))
