"""What tells a company whatever it calls itself: legal ids, its own domain, its phone numbers."""

from __future__ import annotations

from typing import Final

import phonenumbers

from catalog.services.legal_ids import clean_legal_id
from common.digits import to_latin
from common.errors import InputError

#: Domains under which everybody has an address.
FREE_MAIL: Final = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "ymail.com",
        "rocketmail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.ru",
        "yandex.com",
        "yandex.ru",
        "list.ru",
        "bk.ru",
        "inbox.ru",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "tutanota.com",
        "zoho.com",
        "mail.com",
        "fastmail.com",
        "hey.com",
        "chmail.ir",
        "mailfa.com",
        "yahoo.co.uk",
        "yahoo.fr",
        "hotmail.co.uk",
        "hotmail.fr",
        "outlook.fr",
        "outlook.sa",
        "live.co.uk",
        "qq.com",
        "163.com",
        "126.com",
        "naver.com",
        "rediffmail.com",
        "maktoob.com",
        "vatanmail.ir",
        "iran.ir",
        "post.ir",
        "mail.ir",
        "t-online.de",
        "orange.fr",
        "free.fr",
    ]
)
#: Names below a country's domain under which companies have their own: ``x.co.ir``, ``x.com.sa``.
_SECOND: Final = frozenset(
    [
        "co",
        "com",
        "org",
        "net",
        "gov",
        "edu",
        "ac",
        "sch",
        "id",
        "ltd",
        "plc",
        "me",
        "gen",
        "biz",
        "info",
        "mil",
        "nic",
        "web",
        "firm",
        "law",
        "med",
        "pro",
    ]
)


def domain_key(text: str) -> str:
    """The company's domain in a web address, mail address or host name: ``mail.shop.example.co.ir`` is ``example.co.ir``.

    Empty for free mail, addresses by number and what is no domain.
    """
    host = to_latin(text.strip().lower()).rpartition("@")[2]
    host = host.partition("://")[2] or host
    for sign in "/?#":
        host = host.partition(sign)[0]
    host = host.partition(":")[0].strip(".")
    try:
        labels = host.encode("idna").decode().split(".") if host else []
    except UnicodeError:
        return ""
    if len(labels) < 2 or not all(labels) or labels[-1].isdecimal() or " " in host:
        return ""
    size = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND and len(labels) > 2 else 2
    own = ".".join(labels[-size:])
    return "" if own in FREE_MAIL or (size == 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND) else own


def phone_key(text: str, country: str = "") -> str:
    """A phone number in its one spelling (``+982188001122``), read as one of ``country``; empty when it cannot exist.

    Extensions make no difference: they belong to the same company.
    """
    try:
        number = phonenumbers.parse(to_latin(text), country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    number.extension = None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def legal_key(text: str, country: str = "") -> str:
    """A legal id as ``country:ID`` in its one spelling; as written, without signs between, where it is no valid one."""
    try:
        written = clean_legal_id(text, country)
    except InputError:
        written = to_latin(text).upper()
    bare = "".join(sign for sign in written if sign.isalnum())
    return f"{country}:{bare}" if bare else ""
