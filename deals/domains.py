"""Host names in what people type."""

from common.digits import to_latin


def host_of(text: str) -> str:
    """The host in an address, URL or mail address, in lower-case ASCII; empty where there is none."""
    written = to_latin(text).strip().lower().rpartition("@")[2]
    host = written.split("//", 1)[-1].split("/", 1)[0].split("?", 1)[0].split(":", 1)[0].strip(".")
    try:
        return host.encode("idna").decode("ascii") if "." in host else ""
    except UnicodeError:
        return ""
