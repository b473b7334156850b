"""The text of a contract: kept as Markdown, shown as clean HTML, named by its hash."""

import hashlib

import nh3
from markdown_it import MarkdownIt

from common.text import clean_text

#: Text only: no pictures, no links to elsewhere, no markup of one's own.
TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "hr", "br", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
_reader = MarkdownIt("commonmark", {"html": False}).enable("table")
LONGEST = 200_000


def html_of(text: str) -> str:
    """Clean HTML; a first-level heading becomes a second-level one, because the page has its own."""
    drawn = _reader.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return nh3.clean(drawn, tags=TAGS, attributes={"ol": {"start"}})


def plain_of(text: str) -> list[tuple[str, str]]:
    """Blocks for a document: kind (``heading``, ``item``, ``text``) and its words without markup."""
    blocks: list[tuple[str, str]] = []
    kind = "text"
    for token in _reader.parse(text):
        if token.type == "heading_open":
            kind = "heading"
        elif token.type == "list_item_open":
            kind = "item"
        elif token.type in ("heading_close", "list_item_close"):
            kind = "text"
        elif token.type == "inline":
            words = "".join(
                " " if child.type in ("softbreak", "hardbreak") else child.content
                for child in token.children or []
            )
            blocks.append((kind, words))
    return blocks


def kept(text: str) -> str:
    """The text as it is kept: one spelling of its letters, so that its hash is one, too."""
    return clean_text(text)


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
