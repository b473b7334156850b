"""Histories of listings."""

from django.urls import reverse

from portal.workflow.about import register_about
from programs.directory.listings import listing_by_pk, may_decide, may_write

register_about(
    "programs.directorylisting",
    fetch=listing_by_pk,
    may_write=lambda actor, listing: may_write(actor) or may_decide(actor),
    title=lambda listing: str(listing.partner.label()),
    path=lambda listing: reverse("directory:decide", args=[listing.pk]),
)
