"""Message catalogues without the gettext tools: ``python -m config.translations [compile | collect]``.

``compile`` makes a ``.mo`` beside each ``.po`` that is newer. ``collect`` reads the texts out of the sources and
templates, adds new ones to every ``.po``, keeps what is translated, and drops what no source uses any more.
"""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("fa", "ar")
IGNORED = {"tests", "bench", "docs", "node_modules", "deploy", "locale", "static"}
LAZY = {f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")}
KEYWORDS = DEFAULT_KEYWORDS | LAZY | {"gettext_noop": None}
# Languages differ in how many plural forms they have; the header says which form a number takes.
HEADER = "# Sharik\n# Texts of the portal, the mails and the documents"


def po_file(language: str, root: Path = ROOT) -> Path:
    """Where a language's texts stand."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def compile_all(root: Path = ROOT) -> list[Path]:
    """Make every ``.mo`` that is missing or older than its ``.po``; returns those made."""
    made = []
    for source in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        fresh = target.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(target)
        made.append(target)
    return made


def collect(root: Path = ROOT) -> dict[str, int]:
    """Bring the ``.po`` files up to date with the sources; returns the number of texts by language."""
    template = texts_of_sources(root)
    return {language: _update(po_file(language, root), language, template) for language in LANGUAGES}


def texts_of_sources(root: Path = ROOT) -> Catalog:
    """Every text that the sources and templates have to be translated, without translations."""
    template = Catalog(header_comment=HEADER, project="Sharik")
    for path, content in _sources(root):
        where = str(path.relative_to(root))
        for _line, message, comments, context in extract("python", content, KEYWORDS, ("Translators:",)):
            template.add(message, None, [(where, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return template


def _update(path: Path, language: str, template: Catalog) -> int:
    catalog = Catalog(locale=language, header_comment=HEADER, project="Sharik", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return len(catalog)


def _sources(root: Path) -> Iterator[tuple[Path, io.BytesIO]]:
    """Our Python modules, and our templates in the form that an extractor for Python reads."""
    from django.utils.translation.template import templatize

    for path in sorted(root.rglob("*.py")):
        inside = path.relative_to(root).parts
        if inside[0] not in IGNORED and not inside[0].startswith(".") and "migrations" not in inside:
            yield path, io.BytesIO(path.read_bytes())
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".typ"}:
            # Inside parentheses indentation means nothing, so the blanked-out markup does not disturb.
            yield path, io.BytesIO(f"(\n{templatize(path.read_text())}\n)".encode())


def main(arguments: list[str]) -> int:
    """Returns the exit status: 2 for an unknown verb."""
    verb = arguments[0] if arguments else "compile"
    if verb == "collect":
        sys.stdout.write("".join(f"{language}: {count} texts\n" for language, count in collect().items()))
    elif verb != "compile":
        sys.stderr.write(f"{__doc__}\n")
        return 2
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
