"""Documents: same data, same bytes; three writings read back in order; data are never markup."""

from typing import Any

import pytest

from common.pdf import render
from tests.kit.pdf import Document

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
TEXTS: dict[str, tuple[str, str, str]] = {
    "en": ("Statement", "Growth bonus (X-12/44)", "AED\xa01,234.50"),
    "fa": ("صورتحساب پاداش", "پاداش رشد فروش: از ۱٬۰۰۰ تا زیر ۲٬۵۰۰ با نرخ ۲۵٪", "\u200e−۱٬۲۳۴٬۵۶۳٫۵\xa0ریال"),
    "ar": ("كشف حساب المكافآت", "مكافأة نمو المبيعات من ١٬٠٠٠ إلى أقل من ٢٬٥٠٠", "١٬٢٣٤٫٥٠\xa0د.إ."),
}  # fmt: skip


def specimen(language: str, **more: Any) -> dict[str, Any]:
    title, label, amount = TEXTS[language]
    return {
        "title": title,
        "brand": {"name": "Sharik", "colour": "#206bc4"},
        "foot": "ST-1",
        "page_words": ["-", "/"],
        "facts": [[label, amount]],
        "heading": title,
        "heads": [title, title],
        "rows": [[label, amount]],
        "total": [title, amount],
        "note": "#set page(fill: red) *bold* $x$ @ref <label> \\",
        "code": "IR062960000000100324200001",
        "digest": DIGEST,
    } | more


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_a_document_is_read_as_it_was_meant(language: str) -> None:
    made = render("specimen", specimen(language), language=language)
    title, label, amount = TEXTS[language]
    document = Document(made)
    assert document.tables() == [[[title, title], [label, amount], [title, amount]]]
    assert document.root.inside[0].all_text() == title
    assert DIGEST in document.text().replace(" ", "")
    assert "#set page(fill: red) *bold* $x$ @ref <label> \\" in document.text()
    assert f"/Lang({language})".encode() in made
    assert (b"/Direction/R2L" in made) == (language != "en")


def test_the_same_data_make_the_same_bytes() -> None:
    first = render("specimen", specimen("fa"), language="fa")
    assert render("specimen", specimen("fa"), language="fa") == first
    assert render("specimen", specimen("fa", code="IR07"), language="fa") != first


def test_long_tables_repeat_their_heads_and_lose_no_row() -> None:
    rows = [[f"line {number}", f"{number}.00"] for number in range(200)]
    made = Document(render("specimen", specimen("en", rows=rows), language="en"))
    assert len(made.pages) > 3
    table = made.tables()[0]
    assert [row for row in table if row in rows] == rows
