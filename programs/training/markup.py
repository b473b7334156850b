"""Material of a course: Markdown in, clean HTML out, section by section."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

#: Markdown needs no more; raw HTML is shown as text.
_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote", "a", "br", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_READER = MarkdownIt("commonmark", {"html": False, "breaks": False}).enable(["table", "strikethrough"])
_HEADING = re.compile(r"^## +(.+?) *#*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the material; ``number`` counts from 1, ``title`` is empty before the first heading."""

    number: int
    title: str
    html: SafeString


def render(text: str) -> SafeString:
    """Clean HTML of Markdown: no scripts, styles, images or addresses other than http, https and mailto."""
    clean = nh3.clean(
        _READER.render(text),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308  (cleaned just now)


def sections_of(text: str) -> list[Section]:
    """The material cut at its headings of the second level; one section where there is none."""
    parts = _HEADING.split(text)
    found = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    kept = [(title, body) for title, body in found if title or body.strip()]
    return [Section(number, title.strip(), render(body)) for number, (title, body) in enumerate(kept, 1)]


def in_language(texts: Mapping[str, str], language: str, fallback: str) -> str:
    """The text in ``language``, else in ``fallback``, else in whatever there is."""
    return texts.get(language_of(texts, language, fallback), "")


def language_of(texts: Mapping[str, str], language: str, fallback: str) -> str:
    """The language that ``in_language`` chooses."""
    wanted = (language.split("-")[0], fallback, *texts)
    return next((code for code in wanted if texts.get(code)), fallback)
