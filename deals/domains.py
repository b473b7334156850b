"""Web and mail domains: which part of a name is somebody's own."""

from typing import Final

from common.digits import to_latin

#: Mail services that anybody may use; they say nothing about a company.
FREE_MAIL: Final = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "yahoo.co.uk",
        "ymail.com",
        "rocketmail.com",
        "hotmail.com",
        "hotmail.co.uk",
        "outlook.com",
        "live.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "gmx.com",
        "gmx.net",
        "gmx.de",
        "web.de",
        "mail.com",
        "mail.ru",
        "bk.ru",
        "inbox.ru",
        "list.ru",
        "yandex.ru",
        "yandex.com",
        "ya.ru",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "tutanota.com",
        "zoho.com",
        "fastmail.com",
        "hey.com",
        "qq.com",
        "163.com",
        "126.com",
        "sina.com",
        "naver.com",
        "daum.net",
        "rediffmail.com",
        "libero.it",
        "orange.fr",
        "free.fr",
        "laposte.net",
        "t-online.de",
        "chmail.ir",
        "mihanmail.ir",
        "vatanmail.ir",
        "iran.ir",
        "mailfa.com",
        "maktoob.com",
        "emirates.net.ae",
        "yandex.com.tr",
        "mynet.com",
    ]
)
#: Second levels under which a country registers names.
_SECOND: Final = frozenset(
    [
        "co",
        "com",
        "net",
        "org",
        "ac",
        "edu",
        "gov",
        "gob",
        "gen",
        "mil",
        "sch",
        "id",
        "info",
        "biz",
        "name",
        "web",
        "med",
        "plc",
        "ltd",
        "firm",
        "k12",
        "bel",
        "pol",
        "tv",
        "tel",
        "av",
        "dr",
    ]
)


def host_of(text: str) -> str:
    """The host in an address, URL or mail address, in lower-case ASCII; empty where there is none."""
    written = to_latin(text).strip().lower().rpartition("@")[2]
    host = written.split("//", 1)[-1].split("/", 1)[0].split("?", 1)[0].split(":", 1)[0].strip(".")
    try:
        return host.encode("idna").decode("ascii") if "." in host else ""
    except UnicodeError:
        return ""


def registrable(text: str) -> str:
    """The domain that somebody registered, the same for all its sub-domains; empty for free mail and for none."""
    labels = host_of(text).split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        return ""
    second = len(labels[-1]) == 2 and labels[-2] in _SECOND
    if second and len(labels) == 2:
        return ""
    found = ".".join(labels[-3:] if second else labels[-2:])
    return "" if found in FREE_MAIL else found
