"""Documents: a Typst template and data become a PDF, the same bytes for the same data.

Templates are ``templates/pdf/<name>.typ``; what they share is ``templates/pdf/house.typ``. The data reach them as JSON and
are text there, never markup. Letters, joining and direction of Persian and Arabic are Typst's work; the fonts are those
that we serve ourselves. Nothing is fetched and no font of the machine is used, so a document looks the same everywhere.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from common.calendars import base_language

ROOT: Final = Path(__file__).resolve().parents[1]
TEMPLATES: Final = ROOT / "templates" / "pdf"
#: TTF files that ``python -m config.assets`` copies: Typst reads neither WOFF2 nor variable fonts.
FONTS: Final = ROOT / ".build" / "static" / "vendor" / "fonts" / "vazirmatn"
#: An archive format with tags: readers of the blind find headings and tables, and fonts are inside.
STANDARD: Final = "a-2a"
_compiling = threading.Lock()


class FontsMissing(RuntimeError):
    """The fonts of documents are not there: ``python -m config.assets`` brings them."""


def render(template: str, data: Mapping[str, Any], *, language: str) -> bytes:
    """The PDF that ``templates/pdf/<template>.typ`` makes of ``data`` (JSON values) in ``language`` (en, fa, ar).

    Amounts and dates are given as the reader should see them; a template only places them. Raises ``FontsMissing``, and
    ``typst.TypstError`` where a template is wrong.
    """
    values = {"language": base_language(language), "data": json.dumps(data, ensure_ascii=False)}
    with _compiling:
        made = _compiler().compile(
            TEMPLATES / f"{template}.typ",
            format="pdf",
            sys_inputs=values,
            pdf_standards=STANDARD,
            timestamp=0,
        )
    if not isinstance(made, bytes):
        raise TypeError("a document is one file")
    return made


@cache
def _compiler() -> typst.Compiler:
    """Made once: it keeps the fonts."""
    if not any(FONTS.glob("*.ttf")):
        raise FontsMissing(str(FONTS))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])
    return typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
