"""When two names of companies mean the same company."""

from rapidfuzz import fuzz

from common.text import search_key

__all__ = ["name_key", "similarity"]


def name_key(text: str) -> str:
    """The form in which spellings of a company's name are compared."""
    return search_key(text)


def similarity(a: str, b: str) -> float:
    """How alike two ``name_key``s are: 0 to 1."""
    return fuzz.token_sort_ratio(a, b) / 100
