"""A notification in the reader's words: its language, the operator's calendar, zone and currency."""

from functools import partial

from portal.shell.formats import Formats
from workflow.models import Notification
from workflow.notices import text_of
from workflow.words import FIRST_STRONG, POP, written

__all__ = ["FIRST_STRONG", "POP", "notice_text"]


def notice_text(row: Notification, formats: Formats) -> str:
    """The sentence, as plain text."""
    return text_of(row.kind, row.params, partial(written, formats))
