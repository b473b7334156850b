"""What both sides are told about documents."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.documents.enums import DocumentKind
from partners.models import PartnerDocument
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import Kind, To, declare, done, names_of, notify, pams_of, partner_people

ADDED = declare(
    "documents.added",
    Urgency.ACTION,
    _("%(partner)s has added a document: %(document)s. Check it."),
    document=DocumentKind,
)
VALID = declare(
    "documents.valid",
    Urgency.INFO,
    _("Your document was checked and is valid: %(document)s."),
    document=DocumentKind,
)
REFUSED = declare(
    "documents.refused", Urgency.ACTION, _("Your document was refused: %(document)s."), document=DocumentKind
)
ENDING = declare(
    "documents.ending",
    Urgency.ACTION,
    _("A document ends on %(day)s, in %(days)s days: %(document)s. Add the next one."),
    document=DocumentKind,
)
ENDING_OF = declare(
    "documents.ending_of",
    Urgency.INFO,
    _("A document of %(partner)s ends on %(day)s, in %(days)s days: %(document)s."),
    document=DocumentKind,
)
ENDED = declare(
    "documents.ended",
    Urgency.ACTION,
    _("A document is no longer valid: %(document)s. Add the next one."),
    document=DocumentKind,
)
ENDED_OF = declare(
    "documents.ended_of",
    Urgency.ACTION,
    _("A document of %(partner)s is no longer valid: %(document)s."),
    document=DocumentKind,
)


def people(document: PartnerDocument) -> To:
    return partner_people(document.partner_id, Permission.VIEW_ONBOARDING)


def managers(document: PartnerDocument) -> To:
    return pams_of(document.partner_id, Permission.MANAGE_ONBOARDING)


def tell(kind: Kind, document: PartnerDocument, to: To, *, key: str = "", **params: Any) -> None:
    notify(
        kind,
        document,
        to=to,
        path=f"/documents/{document.pk}/",
        key=key,
        partner=names_of(document.partner),
        document=document.kind,
        **params,
    )


def checked(document: PartnerDocument) -> None:
    """Nobody has to check it any more."""
    done(document, [ADDED])


def followed(document: PartnerDocument) -> None:
    """The next one is there."""
    done(document, [ENDING, ENDING_OF, ENDED, ENDED_OF, REFUSED])
