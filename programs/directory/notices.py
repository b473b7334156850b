"""What people are told about listings."""

from django.utils.translation import gettext_lazy as _

from programs.enums import ListingState
from programs.models import DirectoryListing
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import declare, done, names_of, notify, pams_of, partner_people

SUBMITTED = declare(
    "directory.submitted", Urgency.ACTION, _("%(partner)s wants to be listed in the directory.")
)
DECIDED = declare(
    "directory.decided", Urgency.INFO, _("Your entry in the directory: %(state)s."), state=ListingState
)


def tell_submitted(listing: DirectoryListing) -> None:
    notify(
        SUBMITTED,
        listing,
        to=pams_of(listing.partner_id, Permission.MANAGE_PROGRAMS),
        path=f"/listings/{listing.pk}/",
        key=str(listing.submitted_at),
        partner=names_of(listing.partner),
    )


def tell_decided(listing: DirectoryListing) -> None:
    done(listing, [SUBMITTED])
    notify(
        DECIDED,
        listing,
        to=partner_people(listing.partner_id, Permission.MANAGE_COMPANY),
        path="/listing/",
        key=str(listing.decided_at),
        state=listing.state,
    )
