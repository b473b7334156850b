"""The columns that a file of each kind may have, and which header means which of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from common.errors import InputError, Invalid
from common.mappings import ColumnMapping, parse_template
from common.text import search_key

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

#: How alike a header and a word have to be (0 to 100) to be taken for each other.
ALIKE: Final = 92


@dataclass(frozen=True, slots=True)
class Column:
    """One of our fields. ``words``: what others call it, in any language."""

    name: str
    label: "Text"
    words: tuple[str, ...] = ()
    required: bool = False


NAME = (
    Column("name", _("Name"), ("title", "english name", "full name", "نام", "عنوان", "الاسم", "اسم"), True),
    Column("name_en", _("Name in English"), ("english", "name english", "نام انگلیسی", "الاسم بالإنجليزية")),
    Column(
        "name_fa", _("Name in Persian"), ("persian", "farsi", "name persian", "نام فارسی", "الاسم بالفارسية")
    ),
    Column("name_ar", _("Name in Arabic"), ("arabic", "name arabic", "نام عربی", "الاسم بالعربية")),
)
ACTIVE = Column("active", _("Active"), ("enabled", "is active", "فعال", "نشط"))


def code(*words: str) -> Column:
    return Column(
        "code",
        _("Code"),
        ("id", "key", "no", "number", "کد", "شناسه", "الرمز", "رمز", "المعرف", *words),
        True,
    )


def bare(text: str) -> str:
    """A header or word without case, spaces, underscores and other separators."""
    return "".join(letter for letter in search_key(text) if letter.isalnum())


def guess(columns: Sequence[Column], header: Sequence[str]) -> dict[str, str]:
    """Field -> header, each header once: the same word first, then what is nearly the same."""
    left = {name: bare(name) for name in header}
    found: dict[str, str] = {}
    for least in (100, ALIKE):
        for column in columns:
            if column.name in found or not left:
                continue
            words = [bare(word) for word in (column.name, str(column.label), *column.words)]
            best = max(left, key=lambda name: max(fuzz.ratio(left[name], word) for word in words))
            if max(fuzz.ratio(left[best], word) for word in words) >= least:
                found[column.name] = best
                del left[best]
    return found


def mapping_of(columns: Mapping[str, str], constants: Mapping[str, str]) -> ColumnMapping:
    """A mapping from its stored form: field -> column or template, field -> constant."""
    errors: list[InputError] = []
    templates = {}
    for field, text in columns.items():
        try:
            templates[field] = parse_template(text)
        except InputError as error:
            error.field = field
            errors.append(error)
    if errors:
        raise Invalid(errors)
    return ColumnMapping(templates, dict(constants))


def as_template(header: str) -> str:
    """A header as the template that means just this column."""
    return header.replace("{", "{{").replace("}", "}}")


def check_fields(columns: Sequence[Column], mapping: ColumnMapping, *, open_fields: str = "") -> None:
    """Raises ``Invalid`` for fields that there are not and for required ones that are missing.

    ``open_fields``: names beginning with it (``attributes.``) are free.
    """
    known = {column.name for column in columns}
    errors: list[InputError] = [
        InputError("unknown_field", _("There is no field “%(field)s”."), field, {"field": field})
        for field in sorted(mapping.fields - known)
        if not (open_fields and field.startswith(open_fields))
    ]
    errors += [
        InputError(
            "missing_column",
            _("No column is chosen for “%(field)s”."),
            column.name,
            {"field": column.label},
        )
        for column in columns
        if column.required and column.name not in mapping.fields
    ]
    if errors:
        raise Invalid(errors)
