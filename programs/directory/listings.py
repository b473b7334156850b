"""A partner's listing: written in its languages, approved by the operator, shown, changed, taken out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Family
from catalog.services import values
from common.errors import Conflict, Forbidden, InputError, NotFound
from common.text import clean_text
from partners.enums import PartnerState
from partners.models import Partner
from partners.selectors import get_partner
from programs.benefits import may_have
from programs.directory import notices
from programs.directory.entries import refresh_entries
from programs.enums import BenefitKind, ListingState
from programs.honoured import honours
from programs.models import DirectoryListing
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import Machine, move, note

LONGEST = 3000
honours(BenefitKind.DIRECTORY, _("Your listing can stand in the public directory."))
S = ListingState
MACHINE = Machine(
    ways={
        S.DRAFT: (S.SUBMITTED, S.WITHDRAWN),
        S.SUBMITTED: (S.APPROVED, S.REJECTED, S.WITHDRAWN),
        S.APPROVED: (S.SUBMITTED, S.WITHDRAWN),
        S.REJECTED: (S.SUBMITTED, S.WITHDRAWN),
        S.WITHDRAWN: (S.SUBMITTED,),
    },
    labels=S,
    reasons=frozenset({S.REJECTED}),
)


def may_write(actor: Actor) -> bool:
    return actor.is_partner and actor.can(Permission.MANAGE_COMPANY)


def may_decide(actor: Actor) -> bool:
    return actor.is_staff and (actor.can(Permission.MANAGE_PROGRAMS) or actor.can(Permission.WORK_BOOK))


def listings_for(actor: Actor) -> QuerySet[DirectoryListing]:
    """The own company's for its owner; those that they see for the staff who decide. Raises ``Forbidden``."""
    found: QuerySet[DirectoryListing] = DirectoryListing.objects.select_related("partner")
    if may_write(actor):
        return found.filter(partner_id=actor.partner_id or 0)
    if may_decide(actor):
        return found
    raise Forbidden()


def listing_by_pk(actor: Actor, pk: int) -> DirectoryListing:
    """Raises ``NotFound``, ``Forbidden``."""
    found = listings_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def own_listing(actor: Actor) -> DirectoryListing | None:
    return listings_for(actor).first() if may_write(actor) else None


def submit_listing(
    actor: Actor,
    *,
    texts: Mapping[str, str],
    website: str = "",
    phone: str = "",
    families: Sequence[str] = (),
) -> DirectoryListing:
    """Say what the directory shall say; the operator approves it. What is shown stays until then. Raises ``InputError``."""
    if not may_write(actor):
        raise Forbidden()
    given = {
        "texts": _texts(actor, texts),
        "website": _read(values.website, website, "website"),
        "phone": _read(values.phone, phone, "phone"),
        "families": _families(families),
    }
    with office(actor):
        listing: DirectoryListing
        locked = DirectoryListing.objects.select_for_update(no_key=True)
        listing, created = locked.get_or_create(partner_id=actor.partner_id)
        _check_partner(listing.partner)
        for name, value in given.items():
            setattr(listing, name, value)
        listing.submitted_at, listing.reason = timezone.now(), ""
        fields = [*given, "submitted_at", "reason"]
        if listing.state == S.SUBMITTED:
            listing.save(update_fields=fields)
            note(actor, listing, S.SUBMITTED, S.SUBMITTED)
        else:
            move(actor, listing, S.SUBMITTED, MACHINE, save=fields)
        audit.record(actor, "listing.submit", listing, changes={"created": created})
        notices.tell_submitted(listing)
    return listing


def is_entitled(partner: Partner) -> bool:
    """Whether the partner's tier gives it a place in the directory, or every partner has one."""
    return may_have(partner, BenefitKind.DIRECTORY)


def _check_partner(partner: Partner) -> None:
    if partner.state != PartnerState.ACTIVE:
        raise Conflict("not_active", _("Only active partners are listed."))
    if not is_entitled(partner):
        raise Conflict("not_entitled", _("The tier of this company does not include the directory."))


def _read(reader: Any, value: str, field: str) -> str:
    try:
        return str(reader(value))
    except InputError as error:
        raise error.at(field) from None


def _texts(actor: Actor, texts: Mapping[str, str]) -> dict[str, str]:
    found = {
        code: clean_text(text).strip()
        for code, text in texts.items()
        if code in actor.operator.languages and text.strip()
    }
    if not found:
        raise InputError("required", _("Write something in at least one language."), "texts")
    if any(len(text) > LONGEST for text in found.values()):
        raise InputError("too_long", _("At most %(most)s characters."), "texts", {"most": LONGEST})
    return found


def _families(codes: Sequence[str]) -> list[str]:
    known = set(Family.objects.filter(code__in=codes, active=True).values_list("code", flat=True))
    if set(codes) - known:
        words = {"code": sorted(set(codes) - known)[0]}
        raise InputError("unknown_code", _("There is no “%(code)s”."), "families", words)
    return sorted(known)


@contextmanager
def _step(actor: Actor, listing_id: int, allowed: bool) -> Iterator[DirectoryListing]:
    found = listing_by_pk(actor, listing_id)
    if not allowed:
        raise Forbidden()
    with office(actor):
        listing: DirectoryListing = DirectoryListing.objects.select_for_update(no_key=True).get(pk=found.pk)
        yield listing
        refresh_entries([listing.partner_id])


def approve_listing(actor: Actor, *, listing_id: int) -> DirectoryListing:
    """Show it as it was submitted. Raises ``Conflict`` for a partner whose tier does not include the directory."""
    with _step(actor, listing_id, may_decide(actor)) as listing:
        _check_partner(listing.partner)
        listing.shown = {
            "texts": listing.texts,
            "website": listing.website,
            "phone": listing.phone,
            "families": listing.families,
        }
        listing.decided_by, listing.decided_at = actor.name, timezone.now()
        move(actor, listing, S.APPROVED, MACHINE, save=["shown", "decided_by", "decided_at"])
        notices.tell_decided(listing)
    return listing


def reject_listing(actor: Actor, *, listing_id: int, reason: str) -> DirectoryListing:
    """Not as it was submitted; what was approved before stays shown. Raises ``InputError`` without a reason."""
    with _step(actor, listing_id, may_decide(actor)) as listing:
        listing.decided_by, listing.decided_at = actor.name, timezone.now()
        listing.reason = reason.strip()[:2000]
        fields = ["decided_by", "decided_at", "reason"]
        move(actor, listing, S.REJECTED, MACHINE, text=listing.reason, save=fields)
        notices.tell_decided(listing)
    return listing


def withdraw_listing(actor: Actor, *, listing_id: int) -> DirectoryListing:
    """Out of the directory at once: by the partner, or by the operator."""
    with _step(actor, listing_id, may_write(actor) or may_decide(actor)) as listing:
        listing.shown = None
        move(actor, listing, S.WITHDRAWN, MACHINE, save=["shown"])
    return listing


def list_partner(
    actor: Actor, *, partner: str, texts: Mapping[str, str], families: Sequence[str] = ()
) -> DirectoryListing:
    """The operator lists a partner itself, with words that the partner agreed to elsewhere."""
    if not may_decide(actor):
        raise Forbidden()
    company = get_partner(actor, partner)
    with office(actor):
        listing, _made = DirectoryListing.objects.get_or_create(partner=company)
        listing.texts, listing.families = _texts(actor, texts), _families(families)
        listing.website, listing.phone = company.website, company.phone
        listing.submitted_at = timezone.now()
        fields = ["texts", "families", "website", "phone", "submitted_at"]
        if listing.state != S.SUBMITTED:
            move(actor, listing, S.SUBMITTED, MACHINE, save=fields)
    return approve_listing(actor, listing_id=listing.pk)
