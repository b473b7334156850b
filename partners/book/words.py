"""Sentences of the registry, written for one reader."""

from common.formats import Formats
from partners.book.registry import Said
from workflow.words import sentence


def said(what: Said, formats: Formats) -> str:
    """The sentence with its values in the reader's language, calendar and currency; plain text."""
    return sentence(what.text, what.params, formats)
