"""The front-end files that pages refer to are the ones that set-up puts there."""

import re
from pathlib import Path

import pytest

from config.assets import BUILD, ROOT, SERVED, AssetMissing, collect, wheel_npm

NEEDED = [
    "tabler/css/tabler.min.css",
    "tabler/css/tabler.rtl.min.css",
    "tabler/js/tabler.min.js",
    "icons/tabler-icons.min.css",
    "fonts/vazirmatn/Vazirmatn[wght].woff2",
    "fonts/vazirmatn/Vazirmatn-Regular.ttf",
    "fonts/inter/inter-latin-wght-normal.woff2",
    "htmx/htmx.min.js",
    "plotly/plotly.min.js",
]


@pytest.mark.parametrize("name", NEEDED)
def test_served_files_are_there(name: str) -> None:
    assert (BUILD / "vendor" / name).stat().st_size > 1000


def test_every_reference_of_our_pages_and_styles_is_served() -> None:
    texts = [
        path.read_text() for folder in ("templates", "static") for path in (ROOT / folder).rglob("*.*ml")
    ]
    texts += [path.read_text() for path in (ROOT / "static").rglob("*.css")]
    wanted = {name for text in texts for name in re.findall(r"""vendor/([^'"?#)]+)""", text)}
    assert wanted
    assert sorted(name for name in wanted if not (BUILD / "vendor" / name).is_file()) == []


def test_everything_a_vendor_style_sheet_loads_is_served() -> None:
    """The manifest of the static files refuses a style sheet that names a file that is not there."""
    sheet = BUILD / "vendor" / "icons" / "tabler-icons.min.css"
    loaded = re.findall(r"""url\(["']?([^"')?]+)""", sheet.read_text())
    assert loaded
    assert [name for name in loaded if not (sheet.parent / name).is_file()] == []


def test_no_served_file_names_a_source_map() -> None:
    texts = [path.read_text() for path in (BUILD / "vendor").rglob("*") if path.suffix in {".css", ".js"}]
    assert texts
    assert not any(re.search(r"# sourceMappingURL=\S+(\s*\*/)?\s*\Z", text) for text in texts)


def test_a_package_without_a_file_that_we_serve_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing, match=re.escape(next(iter(SERVED)))):
        collect(tmp_path, tmp_path / "vendor")


def test_npm_comes_from_a_wheel_where_the_system_has_none() -> None:
    assert all(Path(part).is_file() for part in wheel_npm())
