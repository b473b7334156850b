"""Whom the operator does not want as a partner. Kept by programme managers; read by the screening."""

from django.utils.translation import gettext_lazy as _

from catalog.matching import domain_key, legal_key, name_key, phone_key
from catalog.services import values
from common.errors import InputError, NotFound
from partners.enums import BlockKind
from partners.models import Application, BlockEntry
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission


def add_block(actor: Actor, *, kind: str, value: str, reason: str, country: str = "") -> BlockEntry:
    """Block a legal id, name, domain or phone. Again with the same value is no error. Raises ``InputError``."""
    actor.require(Permission.MANAGE_PROGRAMS)
    kind = values.choice(BlockKind)(kind)
    country = values.country(country)
    written = values.text(240, required=True)(value)
    why = values.text(400)(reason)
    if not why:
        raise InputError("required", _("Give a reason."), "reason")
    key = _key(kind, written, country)
    if not key:
        raise InputError("invalid", _("This cannot be recognised."), "value")
    row: BlockEntry
    fields = {"written": written, "country": country, "reason": why, "author": actor.name}
    row, made = BlockEntry.objects.get_or_create(kind=kind, value=key[:240], defaults=fields)
    if made:
        audit.record(actor, "block.add", row, ref=written, changes={"reason": why})
    return row


def _key(kind: str, written: str, country: str) -> str:
    if kind == BlockKind.LEGAL_ID:
        return legal_key(written, country).partition(":")[2]
    if kind == BlockKind.PHONE:
        return phone_key(written, country)
    if kind == BlockKind.DOMAIN:
        return domain_key(written) or written.rpartition("@")[2].lower()
    return name_key(written)


def remove_block(actor: Actor, *, entry_id: int) -> None:
    """Raises ``NotFound``."""
    actor.require(Permission.MANAGE_PROGRAMS)
    row = BlockEntry.objects.filter(pk=entry_id).first()
    if row is None:
        raise NotFound()
    audit.record(actor, "block.remove", row, ref=row.written)
    row.delete()


def block_applicant(actor: Actor, application: Application, reason: str) -> None:
    """Everything by which a rejected applicant would be recognised again."""
    told = (
        (BlockKind.LEGAL_ID, application.legal_id),
        (BlockKind.NAME, application.company_name),
        (BlockKind.PHONE, application.phone),
        (BlockKind.DOMAIN, application.contact_email if domain_key(application.contact_email) else ""),
    )
    for kind, value in told:
        if value and _key(kind, value, application.country):
            add_block(actor, kind=kind, value=value, reason=reason[:400], country=application.country)
