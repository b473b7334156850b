"""What people write about an object, and the files they add. The object's own service decides who may."""

import hashlib
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Forbidden, InputError, NotFound
from tenancy import audit
from tenancy.actors import Actor
from workflow.filetypes import type_of
from workflow.models import Attachment, Message, StoredFile
from workflow.states import partner_of

LONGEST = 10_000
LARGEST = 20_000_000
FOLDER = "attachments"
#: Controls, and marks that turn the direction of text: ``gpj.exe`` would read as ``exe.jpg``. Joiners stay.
STEERING = frozenset(
    chr(code) for code in (0x7F, *range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)

_MESSAGE = f"""
insert into {Message._meta.db_table}
  (operator_id, object_type, object_id, partner_id, membership_id, author, by_partner, text, internal)
values ((select app.op()), %s, %s, %s, %s, %s, %s, %s, %s)
"""


def write_message(actor: Actor, obj: Any, text: str, *, internal: bool = False) -> None:
    """A comment on ``obj``, or a note among the operator's people. Notes by partners are refused."""
    if internal and actor.is_partner:
        raise Forbidden()
    text = text.strip()
    if not text:
        raise InputError("required", _("Write something."), "text")
    if len(text) > LONGEST:
        raise InputError("too_long", _("At most %(most)s characters."), "text", {"most": LONGEST})
    values = [partner_of(obj), actor.membership_id, actor.name, actor.is_partner, text, internal]
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGE, [obj._meta.label_lower, obj.pk, *values])


def messages_about(obj: Any) -> models.QuerySet[Message]:
    """Comments, and notes where the open scope may see them, oldest first."""
    found: models.QuerySet[Message] = Message.objects.filter(**_about(obj))
    return found


def attach_file(
    actor: Actor,
    obj: Any,
    *,
    name: str,
    chunks: Iterable[bytes],
    purpose: str = "",
    internal: bool = False,
) -> Attachment:
    """Keep a file with ``obj``. Raises what ``keep_file`` raises."""
    if internal and actor.is_partner:
        raise Forbidden()
    row: Attachment = Attachment.objects.create(
        **_about(obj),
        **keep_file(actor, name=name, chunks=chunks),
        partner_id=partner_of(obj),
        membership_id=actor.membership_id,
        author=actor.name,
        purpose=purpose,
        internal=internal,
    )
    audit.record(actor, "attachment.add", obj, changes={"file": row.name, "sha256": row.sha256})
    return row


def keep_file(actor: Actor, *, name: str, chunks: Iterable[bytes]) -> dict[str, Any]:
    """Put a file away; returns the columns of a ``StoredFile``.

    What it is is told from its content; other types and too much of it are refused (``InputError``).
    """
    content = _read(chunks)
    content_type = type_of(content, name)
    stored = f"{FOLDER}/{actor.operator.pk}/{uuid.uuid4().hex}"
    path = Path(settings.MEDIA_ROOT) / stored
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {
        "name": _file_name(name),
        "content_type": content_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "stored_path": stored,
    }


def forget_file(row: StoredFile) -> None:
    """Remove the content of a file whose last row is gone, once the transaction has ended well."""
    path = Path(settings.MEDIA_ROOT) / row.stored_path
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def attachments_of(obj: Any) -> models.QuerySet[Attachment]:
    """The files of ``obj`` that the open scope may see, oldest first."""
    found: models.QuerySet[Attachment] = Attachment.objects.filter(**_about(obj))
    return found


def get_attachment(pk: int) -> Attachment:
    """A file that the open scope may see; raises ``NotFound``."""
    row: Attachment | None = Attachment.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def path_of(row: StoredFile) -> Path:
    """Where the content of a file lies; raises ``NotFound`` where it is gone."""
    path = Path(settings.MEDIA_ROOT) / row.stored_path
    if not path.is_file():
        raise NotFound()
    return path


def open_attachment(pk: int) -> tuple[Attachment, bytes]:
    """A file that the open scope may see, with its content; raises ``NotFound``."""
    row = get_attachment(pk)
    return row, path_of(row).read_bytes()


def _file_name(name: str) -> str:
    """The last part of a path, without characters that steer a terminal, a header or the direction of text."""
    last = Path(name.replace("\\", "/")).name
    return "".join(char for char in last if char >= " " and char not in STEERING)[-200:] or "file"


def _about(obj: Any) -> dict[str, Any]:
    return {"object_type": obj._meta.label_lower, "object_id": obj.pk}


def _read(chunks: Iterable[bytes]) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > LARGEST:
            most = {"most": LARGEST // 1_000_000}
            raise InputError("file_too_large", _("The file has more than %(most)s MB."), "file", most)
    if not content:
        raise InputError("empty_file", _("The file is empty."), "file")
    return bytes(content)
