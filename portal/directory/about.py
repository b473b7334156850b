"""Histories of listings and contact requests; contact requests are talked about by company and account manager."""

from django.urls import reverse

from portal.workflow.about import register_about
from programs.directory.contacts import contact_by_pk, may_answer
from programs.directory.listings import listing_by_pk, may_decide, may_write
from tenancy.enums import Permission

register_about(
    "programs.contactrequest",
    fetch=contact_by_pk,
    may_write=lambda actor, request: may_answer(actor),
    title=lambda request: str(request.company or request.name),
    path=lambda request: reverse("directory:contact", args=[request.pk]),
    tells=Permission.MANAGE_COMPANY,
)
register_about(
    "programs.directorylisting",
    fetch=listing_by_pk,
    may_write=lambda actor, listing: may_write(actor) or may_decide(actor),
    title=lambda listing: str(listing.partner.label()),
    path=lambda listing: reverse("directory:decide", args=[listing.pk]),
)
