"""What a forwarded mail says of a deal: lines such as ``Customer: Golden Gate`` in three languages, else what can be told.

A mail is text of a stranger: nothing in it is trusted beyond what a partner could type into a draft.
"""

import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Any, Final

from catalog.matching import domain_key
from common.digits import to_latin
from common.text import clean_line, clean_text, search_key

_MOST_TEXT: Final = 3900
_WORDS: Final = {
    "customer_name": "customer;company;client;مشتری;شرکت مشتری;نام مشتری;العميل;اسم العميل;الشركة",
    "legal_id": "legal id;registration number;national id;شناسه ملی;شناسه;الرقم الموحد;السجل التجاري;رقم السجل",
    "country": "country;کشور;الدولة;البلد",
    "customer_number": "customer number;شماره مشتری;رقم العميل",
    "domain": "domain;website;web;وب سایت;وب‌سایت;دامنه;الموقع;موقع الويب",
    "city": "city;شهر;المدينة",
    "contact_name": "contact;contact name;contact person;رابط;نام رابط;شخص تماس;جهة الاتصال;المسؤول",
    "contact_email": "contact e-mail;contact email;e-mail;email;ایمیل;رایانامه;البريد;البريد الإلكتروني",
    "contact_phone": "phone;telephone;mobile;contact phone;تلفن;موبایل;شماره تماس;الهاتف;الجوال",
    "expected_close": "expected close;close date;closing;تاریخ بستن;بسته شدن;تاریخ پیش‌بینی;تاريخ الإغلاق;الإغلاق المتوقع",
    "competitor": "competitor;رقیب;المنافس",
    "territory": "territory;region;منطقه;المنطقة",
    "segment": "segment;بخش;القطاع",
    "help_wanted": "help wanted;help;کمک;کمک مورد نیاز;المساعدة",
    "product": "product;item;محصول;کالا;المنتج",
}
_FIELD_OF: Final = {search_key(word): name for name, words in _WORDS.items() for word in words.split(";")}
_PAIR: Final = re.compile(r"^[\s>*•\-]*([^:：\n]{2,40}?)\s*[:：]\s*(\S.*)$")
_PRODUCT: Final = re.compile(
    r"^(?P<code>\S+)(?:\s*[x×*]\s*(?P<quantity>[\d.,٫٬]+))?(?:\s*[=@]\s*(?P<amount>[\d.,٫٬]+))?"
)
#: Where the mail that is forwarded begins, and its sender.
_FROM: Final = re.compile(r"^[\s>*]*\**(?:from|از|من|فرستنده|المرسل)\**\s*[:：]\**\s*(.+)$", re.I | re.M)


@dataclass(slots=True)
class Mail:
    """``fields`` as ``deals.fields`` knows them. ``files``: name and content of each attachment."""

    message_id: str
    sender: str
    subject: str
    automatic: bool
    fields: dict[str, Any]
    files: list[tuple[str, bytes]] = field(default_factory=list)


def read_mail(content: bytes) -> Mail:
    """The mail in ``content`` (RFC 5322). Never raises for what is odd in it: what cannot be read is left out."""
    message = message_from_bytes(content, policy=default)
    text = _body(message)
    sender = _address(message)
    subject = clean_line(str(message.get("subject", "")))[:250]
    return Mail(
        message_id=clean_line(str(message.get("message-id", "")))[:250],
        sender=sender,
        subject=subject,
        automatic=_is_automatic(message),
        fields=_fields(text, subject, sender),
        files=list(_files(message)),
    )


def _address(message: EmailMessage) -> str:
    """The one sender, in small letters; empty for none or several."""
    try:
        found: tuple[Address, ...] = message["from"].addresses
    except (AttributeError, IndexError, ValueError):
        return ""
    return found[0].addr_spec.lower() if len(found) == 1 else ""


def _is_automatic(message: EmailMessage) -> bool:
    """Answers of machines, bounces and lists: they must never start a loop."""
    kind = str(message.get("auto-submitted", "no")).strip().lower()
    bulk = str(message.get("precedence", "")).strip().lower() in ("bulk", "junk", "list")
    return kind != "no" or bulk or str(message.get("return-path", "")).strip() == "<>"


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, ValueError):
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return clean_text(_plain(text) if part.get_content_type() == "text/html" else text)


class _Text(HTMLParser):
    """The words of a page, a line per block."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in ("script", "style")
        if tag in ("br", "p", "div", "tr", "li"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def _plain(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    return "".join(reader.parts)


def _fields(text: str, subject: str, sender: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    lines: list[dict[str, str]] = []
    for row in text.splitlines():
        pair = _PAIR.match(row)
        name = _FIELD_OF.get(search_key(pair.group(1))) if pair else None
        if pair is None or name is None:
            continue
        value = clean_line(pair.group(2))
        if name == "product":
            lines += _product(value)
        else:
            found.setdefault(
                name, to_latin(value) if name in ("expected_close", "legal_id", "contact_phone") else value
            )
    if lines:
        found["lines"] = lines
    _from_forwarded(found, text, sender)
    found["description"] = clean_text(f"{subject}\n\n{text}")[:_MOST_TEXT]
    return found


def _product(value: str) -> list[dict[str, str]]:
    """``FIBER x 10 = 1000``: code, quantity, value."""
    match = _PRODUCT.match(to_latin(value))
    if match is None:
        return []
    row = {"product": match["code"], "quantity": match["quantity"] or "1", "amount": match["amount"] or "0"}
    return [
        {
            name: text.replace(",", "").replace("٬", "").replace("٫", ".") if name != "product" else text
            for name, text in row.items()
        }
    ]


def _from_forwarded(found: dict[str, Any], text: str, sender: str) -> None:
    """Whoever wrote the forwarded mail is the contact, unless the mail says another or it is the partner itself."""
    for line in _FROM.findall(text):
        for name, address in getaddresses([line]):
            own = domain_key(address)
            if "@" not in address or address.lower() == sender or (own and own == domain_key(sender)):
                continue
            found.setdefault("contact_email", address.lower()[:254])
            if name:
                found.setdefault("contact_name", clean_line(name)[:120])
            if own:
                found.setdefault("domain", own)
            return


def _files(message: EmailMessage) -> Any:
    for part in message.iter_attachments():
        try:
            content = part.get_content()
        except (LookupError, ValueError, KeyError):
            content = part.get_payload(decode=True)
        if isinstance(content, EmailMessage):
            content = content.as_bytes()
        if isinstance(content, str):
            content = content.encode()
        if isinstance(content, bytes) and content:
            yield clean_line(part.get_filename() or "attachment.eml")[:200], content
