"""What a file is, told from its content; the name only decides between formats that share a container."""

from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from common.errors import InputError

_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_OFFICE = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_TEXTS = {".txt": "text/plain", ".csv": "text/csv", ".eml": "message/rfc822", ".xml": "text/xml"}
#: Endings for the file picker; what counts is the content.
ACCEPTED = (".pdf", ".png", ".jpg", ".jpeg", ".gif", *_OFFICE, *_TEXTS)


def type_of(content: bytes, name: str) -> str:
    """The media type; raises ``InputError`` for a type that nobody needs here (programs, pages, SVG)."""
    for start, found in _STARTS:
        if content.startswith(start):
            return found
    ending = PurePath(name).suffix.lower()
    if content.startswith(b"PK\x03\x04") and ending in _OFFICE:
        return _OFFICE[ending]
    if ending in _TEXTS and _is_text(content):
        return _TEXTS[ending]
    raise InputError(
        "file_type", _("Files can be PDF, PNG, JPEG, GIF, XLSX, DOCX, PPTX, TXT, CSV, XML or EML."), "file"
    )


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    head = text[:2000].lower()
    return "\x00" not in text and not any(
        tag in head for tag in ("<html", "<svg", "<script", "<!doctype html")
    )
