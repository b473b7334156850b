"""Companies of the channel, their sellers, their tree, whose book they are in, and what is kept about them."""

from partners.models.book import HandOver, Meeting, Note, Task
from partners.models.core import BookEntry, Partner, PartnerLink, Rep

__all__ = [
    "BookEntry",
    "HandOver",
    "Meeting",
    "Note",
    "Partner",
    "PartnerLink",
    "Rep",
    "Task",
]
