"""Whose book a partner is in."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from common.errors import InputError, Invalid
from partners.models import BookEntry, Partner
from tenancy import audit, outbox
from tenancy.actors import Actor
from tenancy.enums import Permission, Role
from tenancy.models import Membership


def assign_book(actor: Actor, member_id: int, partner_codes: Iterable[str]) -> list[Partner]:
    """Put partners into a PAM's book; returns those that were not in it. Locks the membership."""
    member, partners = _found(actor, member_id, partner_codes)
    present = set(BookEntry.objects.filter(member=member).values_list("partner_id", flat=True))
    added = [partner for partner in partners if partner.pk not in present]
    BookEntry.objects.bulk_create([BookEntry(member=member, partner=partner) for partner in added])
    _note(actor, "book.assign", member, added)
    return added


def remove_from_book(actor: Actor, member_id: int, partner_codes: Iterable[str]) -> list[Partner]:
    """Take partners out of a PAM's book; returns those that were in it."""
    member, partners = _found(actor, member_id, partner_codes)
    entries = BookEntry.objects.filter(member=member, partner__in=partners)
    present = set(entries.values_list("partner_id", flat=True))
    entries.delete()
    removed = [partner for partner in partners if partner.pk in present]
    _note(actor, "book.remove", member, removed)
    return removed


def _found(actor: Actor, member_id: int, codes: Iterable[str]) -> tuple[Membership, Sequence[Partner]]:
    actor.require(Permission.ASSIGN_BOOKS)
    members = Membership.objects.select_for_update(no_key=True)
    member = members.filter(pk=member_id, role=Role.PAM, active=True).first()
    if member is None:
        raise InputError("no_pam", _("Choose a partner account manager."), "member")
    wanted = list(dict.fromkeys(codes))
    found = {partner.code: partner for partner in Partner.objects.filter(code__in=wanted)}
    unknown = [code for code in wanted if code not in found]
    if unknown:
        raise Invalid(
            InputError("unknown_code", _("There is no “%(code)s”."), "partners", {"code": code})
            for code in unknown
        )
    return member, [found[code] for code in wanted]


def _note(actor: Actor, action: str, member: Membership, partners: Sequence[Partner]) -> None:
    if partners:
        codes = [partner.code for partner in partners]
        audit.record(actor, action, member, ref=member.email, changes={"partners": codes})
        payload = {"member_id": member.pk, "partner_ids": [partner.pk for partner in partners]}
        outbox.emit("partners.book_changed", payload)
