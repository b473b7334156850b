"""Notes of the operator's people about a partner."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.errors import InputError, NotFound
from partners.models import Note
from partners.selectors import get_partner
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

LONGEST = 10_000


def notes_for(actor: Actor) -> QuerySet[Note]:
    """Notes that the actor may see, pinned ones first, then the newest."""
    actor.require(Permission.WORK_BOOK)
    found: QuerySet[Note] = Note.objects.select_related("partner")
    return found


def add_note(actor: Actor, *, partner: str, text: str, pinned: bool = False) -> Note:
    """Write something down. Raises ``NotFound`` outside the book, ``InputError`` at ``text``."""
    actor.require(Permission.WORK_BOOK)
    row: Note = Note.objects.create(
        partner=get_partner(actor, partner),
        text=_text(text),
        pinned=pinned,
        member_id=actor.membership_id,
        author=actor.name,
    )
    audit.record(actor, "note.add", row)
    return row


def change_note(actor: Actor, *, note_id: int, text: str, pinned: bool) -> Note:
    """Write it anew, or pin it."""
    row = notes_for(actor).filter(pk=note_id).first()
    if row is None:
        raise NotFound()
    before = {"text": row.text, "pinned": row.pinned}
    row.text, row.pinned = _text(text), pinned
    row.save(update_fields=["text", "pinned"])
    after = {"text": row.text, "pinned": row.pinned}
    audit.record(actor, "note.change", row, changes=audit.difference(before, after))
    return row


def _text(text: str) -> str:
    text = text.strip()
    if not text:
        raise InputError("required", _("Write something."), "text")
    if len(text) > LONGEST:
        raise InputError("too_long", _("At most %(most)s characters."), "text", {"most": LONGEST})
    return text
