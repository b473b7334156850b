"""Reads our own PDFs as a screen reader does: by their tags, in the order in which the text is meant.

Only what Typst writes is understood: plain objects, Flate streams, fonts with a ToUnicode map, tagged content. Words with
vowel signs above their letters come out of order; nothing that tests read has any.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

_OBJECT = re.compile(rb"(?m)^(\d+) 0 obj\s(.*?)\nendobj", re.S)
_STRING = rb"\((?:[^()\\]|\\.)*\)"
for _ in range(4):  # brackets inside, as deep as fonts ever have them
    _STRING = rb"\((?:[^()\\]|\\.|" + _STRING + rb")*\)"
_TOKEN = re.compile(
    rb"/MCID\s+(?P<mcid>\d+)|/ActualText\s*(?P<instead><[0-9A-Fa-f]*>|\((?:[^()\\]|\\.)*\))|/(?P<name>[A-Za-z0-9]+)"
    rb"|(?P<text>" + _STRING + rb")|(?P<hex><[0-9A-Fa-f]+>)|(?P<word>[A-Za-z*']+)",
    re.S,
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass
class Element:
    """A tag (``H1``, ``P``, ``TR``, ``TD``, ...) with its own text and the tags inside."""

    tag: str
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    def all_text(self) -> str:
        return self.text + "".join(each.all_text() for each in self.inside)

    def every(self, tag: str) -> Iterator["Element"]:
        """The elements with this tag, from outside to inside, in order."""
        if self.tag == tag:
            yield self
        for each in self.inside:
            yield from each.every(tag)


class Document:
    def __init__(self, content: bytes) -> None:
        assert content.startswith(b"%PDF-")
        self.objects = {int(number): body for number, body in _OBJECT.findall(content)}
        pages = next(body for body in self.objects.values() if b"/Type/Pages" in body)
        kids = re.findall(rb"(\d+) 0 R", pages.split(b"/Kids", 1)[1].split(b"]", 1)[0])
        self.pages = [int(kid) for kid in kids]
        self.marked = {page: self._marked(page) for page in self.pages}
        root = next(body for body in self.objects.values() if b"/Type/StructTreeRoot" in body)
        self.root = self._element(int(re.findall(rb"/K\[(\d+) 0 R", root)[0]), 0)

    def text(self) -> str:
        """Everything that is read out, a line per block."""
        lines = [
            each.all_text() for tag in ("H1", "H2", "P", "TH", "TD", "Span") for each in self.root.every(tag)
        ]
        return "\n".join(lines)

    def tables(self) -> list[list[list[str]]]:
        """Tables as rows of cells, heads included."""
        return [
            [
                [cell.all_text() for cell in row.inside if cell.tag in ("TH", "TD")]
                for row in table.every("TR")
            ]
            for table in self.root.every("Table")
        ]

    def _element(self, number: int, page: int) -> Element:
        body = self.objects[number]
        tag = re.findall(rb"/S/(\w+)", body)[0].decode()
        place = re.findall(rb"/Pg (\d+) 0 R", re.sub(rb"<</Type/MCR.*?>>", b"", body))
        page = int(place[0]) if place else page
        element = Element(tag)
        inner = body.split(b"/K[", 1)
        for child in re.finditer(
            rb"<<(.*?)>>|(\d+) 0 R|(\d+)", _bracket(inner[1]) if len(inner) > 1 else b""
        ):
            marked, reference, mcid = child.groups()
            if reference:
                element.inside.append(self._element(int(reference), page))
            elif marked and b"/MCID" in marked:
                of = re.findall(rb"/Pg (\d+) 0 R", marked)
                number_in = int(re.findall(rb"/MCID (\d+)", marked)[0])
                element.inside.append(Element("text", self.marked[int(of[0]) if of else page][number_in]))
            elif mcid:
                element.inside.append(Element("text", self.marked[page][int(mcid)]))
        return element

    def _marked(self, page: int) -> dict[int, str]:
        """The text of each marked piece of a page."""
        body = self.objects[page]
        fonts = self._fonts(int(re.findall(rb"/Resources (\d+) 0 R", body)[0]))
        content = self._stream(int(re.findall(rb"/Contents (\d+) 0 R", body)[0]))
        found: dict[int, str] = defaultdict(str)
        stack: list[tuple[int | None, str | None]] = []
        run: list[str] = []
        font: dict[int, str] = {}
        backwards = False
        number: int | None = None
        instead: str | None = None
        name = b""
        for token in _TOKEN.finditer(content):
            kind, value = token.lastgroup, token.group(token.lastgroup or 0)
            if kind == "name":
                name, font = value, fonts.get(value, font)
            elif kind == "mcid":
                number = int(value)
            elif kind == "instead":
                instead = _read_text(value)
            elif kind in ("text", "hex"):
                raw = _unescaped(value[1:-1]) if kind == "text" else bytes.fromhex(value[1:-1].decode())
                if all(each[1] is None for each in stack):
                    run += _glyphs(raw, font)
            elif value in (b"BDC", b"BMC"):
                if instead is not None:
                    run.append(instead)
                backwards = backwards or name == b"ReversedChars"
                stack.append((number, instead))
                number = instead = None
            elif value == b"EMC":
                stack.pop()
            elif value == b"ET":
                place = next((each[0] for each in reversed(stack) if each[0] is not None), None)
                if place is not None:
                    found[place] += "".join(reversed(run) if backwards else run)
                run, backwards = [], False
        return found

    def _fonts(self, resources: int) -> dict[bytes, dict[int, str]]:
        listed = self.objects[resources].split(b"/Font<<", 1)[1].split(b">>", 1)[0]
        return {name: self._letters(int(number)) for name, number in re.findall(rb"/(\w+) (\d+) 0 R", listed)}

    def _letters(self, font: int) -> dict[int, str]:
        source = self._stream(int(re.findall(rb"/ToUnicode (\d+) 0 R", self.objects[font])[0]))
        return {
            int(glyph, 16): bytes.fromhex(letters.decode()).decode("utf-16-be")
            for glyph, letters in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", source)
            if len(letters) > 3
        }

    def _stream(self, number: int) -> bytes:
        head, content = self.objects[number].split(b"stream\n", 1)
        raw = content.rsplit(b"\nendstream", 1)[0]
        return zlib.decompress(raw) if b"FlateDecode" in head else raw


def _bracket(rest: bytes) -> bytes:
    """What stands before the bracket that closes."""
    return rest[: rest.index(b"]")]


def _unescaped(text: bytes) -> bytes:
    def plain(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8)]) if code[:1].isdigit() else _PLAIN.get(code, code)

    return _ESCAPE.sub(plain, text)


def _read_text(value: bytes) -> str:
    raw = bytes.fromhex(value[1:-1].decode()) if value.startswith(b"<") else _unescaped(value[1:-1])
    return raw[2:].decode("utf-16-be") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")


def _glyphs(codes: bytes, font: dict[int, str]) -> list[str]:
    return [font.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2)]
