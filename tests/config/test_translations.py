"""Message catalogues are collected and compiled without the gettext tools."""

import gettext
import os
import re
from pathlib import Path

import pytest

from config.translations import collect, compile_all, po_file

TEMPLATE = """{% load i18n %}<p title="{% translate "Send" %}">
    {% blocktranslate count n=rows|length trimmed %}One
      line{% plural %}{{ n }} lines{% endblocktranslate %}</p>"""
MODULE = """
from django.utils.translation import gettext_lazy as _, pgettext_lazy
TEXTS = [_("Gold"), pgettext_lazy("month", "May"), _("%(name)s left")]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with one template and one module."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "texts.py").write_text(MODULE)
    collect(tmp_path)
    return tmp_path


def translate(project: Path, english: str, persian: str) -> None:
    path = po_file("fa", project)
    text = path.read_text()
    assert f'msgid "{english}"\nmsgstr ""' in text
    path.write_text(text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{persian}"'))


def test_texts_of_templates_and_modules_are_collected(project: Path) -> None:
    text = po_file("ar", project).read_text()
    for english in ("Send", "Gold", "One line", "%(name)s left"):
        assert f'msgid "{english}"' in text
    assert 'msgid_plural "%(n)s lines"' in text
    assert 'msgctxt "month"\nmsgid "May"' in text
    assert "#, python-format" in text


def test_translations_survive_and_unused_texts_go(project: Path) -> None:
    translate(project, "Gold", "طلا")
    translate(project, "Send", "ارسال")
    (project / "templates" / "page.html").write_text('{% load i18n %}{% translate "Keep" %}')
    collect(project)
    text = po_file("fa", project).read_text()
    assert 'msgid "Gold"\nmsgstr "طلا"' in text
    assert 'msgid "Keep"' in text
    assert "Send" not in text


def test_compiled_catalogues_are_what_gettext_reads(project: Path) -> None:
    translate(project, "Gold", "طلا")
    made = compile_all(project)
    assert po_file("fa", project).with_suffix(".mo") in made
    catalogue = gettext.translation("django", project / "locale", ["fa"])
    assert catalogue.gettext("Gold") == "طلا"


def test_only_changed_catalogues_are_compiled_again(project: Path) -> None:
    compile_all(project)
    assert compile_all(project) == []
    path = po_file("ar", project)
    later = path.with_suffix(".mo").stat().st_mtime + 5
    os.utime(path, (later, later))
    assert compile_all(project) == [path.with_suffix(".mo")]


def test_no_text_hides_behind_another_name_of_gettext() -> None:
    """What is called by a name that the collector does not know, or inside an f-string, stays English for good."""
    root = Path(__file__).resolve().parents[2]
    alias = re.compile(r"import n?p?gettext(_lazy|_noop)? as (?!_$)", re.MULTILINE)
    inside = re.compile(r"""\bf"[^"\n]*\{[^}"\n]*\b(gettext|_)\(""")
    hidden = []
    packages = [path.parent for path in root.glob("*/__init__.py") if path.parent.name != "tests"]
    for package in packages:
        for path in package.rglob("*.py"):
            text = path.read_text()
            if alias.search(text) or inside.search(text):
                hidden.append(str(path.relative_to(root)))
    assert hidden == []
