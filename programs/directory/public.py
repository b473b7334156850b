"""What a visitor without a login does in the directory: look, and ask. Works in the sight of the audience ``applicant``.

A visitor reads ``DirectoryEntry`` and writes nothing but an event; ``marketing`` makes a lead of it. So whatever a
visitor sends, no table of partners or people is within reach.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.services import values
from common.errors import DomainError, InputError, Invalid, NotFound
from common.text import clean_text, search_words
from programs.models import DirectoryEntry
from tenancy.access import as_applicant
from tenancy.models import Operator
from tenancy.outbox import emit

ASKED = "programs.contact_asked"
LONGEST = 4000
READERS: dict[str, tuple[Any, bool]] = {
    "name": (values.text(120), True),
    "company": (values.text(200), False),
    "email": (values.email, True),
    "phone": (values.phone, False),
    "city": (values.text(80), False),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A page's worth of entries with what they can be narrowed by: field -> [(value, names or label)]."""

    entries: list[DirectoryEntry]
    total: int
    cities: list[str] = field(default_factory=list)
    families: list[dict[str, Any]] = field(default_factory=list)
    tiers: list[dict[str, Any]] = field(default_factory=list)
    specialisations: list[dict[str, Any]] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    layers: set[str] = field(default_factory=set)


def find_entries(operator: Operator, wanted: Mapping[str, str], *, page: int = 1, size: int = 24) -> Found:
    """Entries that fit ``wanted`` (search, role, layer, city, family, tier, specialisation), best tier first."""
    with visiting(operator) as every:
        rows = narrowed(every, wanted)
        start = (max(page, 1) - 1) * size
        known = list(every.values("city", "families", "tier", "specialisations", "roles", "layers"))
        return Found(
            entries=list(rows[start : start + size]),
            total=rows.count(),
            cities=sorted({row["city"] for row in known if row["city"]}),
            families=_distinct(one for row in known for one in row["families"]),
            tiers=_distinct(row["tier"] for row in known if row["tier"]),
            specialisations=_distinct(one for row in known for one in row["specialisations"]),
            roles={role for row in known for role in row["roles"]},
            layers={layer for row in known for layer in row["layers"]},
        )


@contextmanager
def visiting(operator: Operator) -> Iterator[QuerySet[DirectoryEntry]]:
    """Every entry, to be read in the sight of a visitor."""
    with as_applicant(operator.pk):
        yield DirectoryEntry.objects.all()


def narrowed(rows: QuerySet[DirectoryEntry], wanted: Mapping[str, str]) -> QuerySet[DirectoryEntry]:
    """Those that fit ``wanted`` (see ``find_entries``)."""
    for word in search_words(wanted.get("search", ""))[:8]:
        rows = rows.filter(search_key__contains=word)
    if wanted.get("role"):
        rows = rows.filter(roles__contains=[wanted["role"]])
    if wanted.get("layer"):
        rows = rows.filter(layers__contains=[wanted["layer"]])
    if wanted.get("city"):
        rows = rows.filter(city=wanted["city"])
    if wanted.get("tier"):
        rows = rows.filter(tier__code=wanted["tier"])
    for name in ("family", "specialisation"):
        if wanted.get(name):
            column = "families" if name == "family" else "specialisations"
            rows = rows.filter(**{f"{column}__contains": [{"code": wanted[name]}]})
    return rows


def _distinct(things: Any) -> list[dict[str, Any]]:
    return list({thing["code"]: thing for thing in things}.values())


def entry_at(operator: Operator, slug: str) -> DirectoryEntry:
    """Raises ``NotFound``."""
    with as_applicant(operator.pk):
        entry: DirectoryEntry | None = DirectoryEntry.objects.filter(slug=slug).first()
    if entry is None:
        raise NotFound()
    return entry


def ask(operator: Operator, slug: str, *, language: str, fields: Mapping[str, str]) -> None:
    """Pass on what a visitor asks a listed partner. Raises ``Invalid``, ``NotFound``."""
    entry = entry_at(operator, slug)
    given = _read(fields)
    with as_applicant(operator.pk):
        emit(ASKED, {**given, "entry": entry.pk, "language": language[:2]})


def _read(fields: Mapping[str, str]) -> dict[str, str]:
    given: dict[str, str] = {}
    errors: list[DomainError] = []
    for name, (reader, required) in READERS.items():
        try:
            given[name] = reader(fields.get(name, ""))
            if required and not given[name]:
                raise InputError("required", "", name)
        except InputError as error:
            errors.append(_missing(name) if error.code == "required" else error.at(name))
    given["text"] = clean_text(fields.get("text", "")).strip()
    if not given["text"]:
        errors.append(_missing("text"))
    if len(given["text"]) > LONGEST:
        errors.append(values.too_long(LONGEST).at("text"))
    if errors:
        raise Invalid(errors)
    return given


def _missing(name: str) -> InputError:
    return InputError("required", _("This must not be empty."), name)
