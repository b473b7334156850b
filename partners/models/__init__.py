"""Companies of the channel, their sellers, their tree, and whose book they are in."""

from partners.models.core import BookEntry, Partner, PartnerLink, Rep

__all__ = [
    "BookEntry",
    "Partner",
    "PartnerLink",
    "Rep",
]
