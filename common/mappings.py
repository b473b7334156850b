"""Mapping files: which of their columns become which of our fields.

    [columns]    # our field = "their column" or a template of several
    external_id = "{SalesOrderNumber}-{SalesOrderLineNumber}"
    partner = "ResellerKey"
    [constants]
    source = "erp"

In a template every ``{...}`` is the name of a column, whatever characters it has, and ``{{`` and ``}}`` are
braces. A text without braces is the name of one column. Templates are no format strings: nothing is looked
up or formatted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from common.errors import InputError, Invalid

Record = dict[str, str]
MAX_TEXT: Final = 64_000
_FIELD: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)?")
_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")
_TOP: Final = frozenset({"columns", "constants"})


@dataclass(frozen=True, slots=True)
class Template:
    """Literal texts and columns in turn: ``literals`` has one more than ``columns``."""

    literals: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def plain(self) -> bool:
        """Whether this is just one column."""
        return self.literals == ("", "")

    def fill(self, row: Mapping[str, str]) -> str:
        """The text for ``row``; empty when each of its columns is."""
        values = [row[column] for column in self.columns]
        if not any(values):
            return ""
        pieces = [self.literals[0]]
        for value, literal in zip(values, self.literals[1:], strict=True):
            pieces += (value, literal)
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A mapping file that was read: templates per field, and constants."""

    columns: Mapping[str, Template]
    constants: Mapping[str, str]

    @property
    def fields(self) -> frozenset[str]:
        """All fields that a record will have."""
        return frozenset(self.columns) | frozenset(self.constants)

    def compile(self, header: Iterable[str]) -> Callable[[Mapping[str, str]], Record]:
        """A function from a row to a record; ``Invalid`` of ``unknown_column`` when ``header`` lacks a column."""
        known = frozenset(header)
        missing = [
            _unknown(field, column)
            for field, template in self.columns.items()
            for column in template.columns
            if column not in known
        ]
        if missing:
            raise Invalid(missing)
        constants = dict(self.constants)
        single = [(field, each.columns[0]) for field, each in self.columns.items() if each.plain]
        filled = [(field, each.fill) for field, each in self.columns.items() if not each.plain]

        def record(row: Mapping[str, str]) -> Record:
            made = {field: row[column] for field, column in single}
            for field, fill in filled:
                made[field] = fill(row)
            made.update(constants)
            return made

        return record


def load_mapping(text: str | bytes) -> ColumnMapping:
    """Reads a mapping file. ``InputError``: ``invalid_mapping``; ``Invalid`` with one error per wrong field."""
    document = _document(text)
    columns, constants = document.get("columns", {}), document.get("constants", {})
    if not (isinstance(columns, dict) and isinstance(constants, dict)) or document.keys() - _TOP:
        raise _invalid(_("A mapping has the tables [columns] and [constants] and nothing else."))
    errors: list[InputError] = []
    templates: dict[str, Template] = {}
    fixed: dict[str, str] = {}
    for field, value in _flat(columns):
        try:
            templates[field] = parse_template(_checked(field, value))
        except InputError as error:
            errors.append(_at(error, field))
    for field, value in _flat(constants):
        try:
            fixed[field] = _constant(_checked(field, value, templates))
        except InputError as error:
            errors.append(_at(error, field))
    if errors:
        raise Invalid(errors)
    return ColumnMapping(templates, fixed)


def parse_template(text: Any) -> Template:
    """``Code`` or ``{A}-{B}`` as literals and columns; ``InputError("invalid_template")``."""
    if not isinstance(text, str) or not text.strip():
        raise InputError("invalid_template", _("Give the name of a column or a template in quotes."))
    if "{" not in text and "}" not in text:
        return Template(("", ""), (text.strip(),))
    literals, columns = [""], []
    for match in _PART.finditer(text):
        part, name = match.group(), match.group(1)
        if name is not None and name.strip():
            columns.append(name.strip())
            literals.append("")
        elif part in ("{", "}") or name is not None:
            raise InputError(
                "invalid_template",
                _("In “%(text)s” a brace is not closed or empty. A brace itself is written twice."),
                params={"text": text[:80]},
            )
        else:
            literals[-1] += part[0] if part in ("{{", "}}") else part
    if not columns:
        columns, literals = ["".join(literals).strip()], ["", ""]
    return Template(tuple(literals), tuple(columns))


def identity(fields: Iterable[str]) -> ColumnMapping:
    """The mapping of a file whose columns have our names."""
    return ColumnMapping({field: Template(("", ""), (field,)) for field in fields}, {})


def _document(text: str | bytes) -> dict[str, Any]:
    if len(text) > MAX_TEXT:
        raise _invalid(_("The mapping is too long."))
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return tomllib.loads(decoded.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            "invalid_mapping",
            _("The mapping is no TOML text: %(reason)s"),
            params={"reason": str(error)[:200]},
        ) from None


def _flat(table: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Fields with those of ``[columns.attributes]`` as ``attributes.name``."""
    for field, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{field}.{name}", inner) for name, inner in value.items())
        else:
            yield field, value


def _checked(field: str, value: Any, taken: Mapping[str, Any] | None = None) -> Any:
    if _FIELD.fullmatch(field) is None:
        raise InputError("invalid_field", _("This is not the name of a field."))
    if taken and field in taken:
        raise InputError("double_field", _("The field has a column and a constant."))
    return value


def _constant(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    raise InputError("invalid_constant", _("Write the constant as text in quotes."))


def _at(error: InputError, field: str) -> InputError:
    error.field = field
    return error


def _unknown(field: str, column: str) -> InputError:
    return InputError(
        "unknown_column", _("The file has no column “%(column)s”."), field, {"column": column[:80]}
    )


def _invalid(message: Any) -> InputError:
    return InputError("invalid_mapping", message)
