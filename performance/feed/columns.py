"""From mappings to staged rows, column by column: a value that occurs often is checked once per batch."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import compress
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from performance.feed import checks
from performance.feed.checks import Check
from performance.feed.lines import MAX_CREDITS, Rejection, StagedLine

if TYPE_CHECKING:
    from tenancy.models import Operator

Record = Mapping[str, object]
#: Fields of the line itself, in the order of the staged row; ``occurred_at`` fills two columns.
LINE = (
    "source", "external_id", "kind", "occurred_at", "collected_at", "product", "customer", "segment", "territory",
    "engagement_model", "quantity", "amount", "margin", "currency", "reverses", "attributes",
)  # fmt: skip
#: Fields of one credited partner.
CREDIT = ("partner", "rep", "contribution", "share")
KNOWN = frozenset({*LINE, *CREDIT, "credits"})
REQUIRED = ("source", "external_id", "occurred_at")
#: A reversal takes these from its original where it leaves them out.
REQUIRED_UNLESS_REVERSAL = ("kind", "partner")
_TEXTS = frozenset({str, type(None)})


@dataclass(slots=True)
class Staged:
    """The valid lines of a batch in their order, where they stood in it, and why the others were refused."""

    lines: list[StagedLine] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


class Validator:
    """Checks lines for one operator: its zone gives days, its currency is the only one."""

    def __init__(self, operator: "Operator") -> None:
        code = checks.code(64)
        number = checks.number
        self.currency = operator.currency
        self.checks: dict[str, Check] = {
            "source": checks.code(40),
            "external_id": checks.code(120),
            "kind": checks.kind,
            "occurred_at": checks.moment_and_day(operator.zone),
            "collected_at": checks.day(operator.zone),
            "engagement_model": checks.engagement_model,
            "quantity": number,
            "amount": number,
            "margin": number,
            "currency": checks.currency(operator.currency),
            "reverses": checks.code(120),
            "attributes": checks.attributes,
            "contribution": checks.contribution,
            "share": checks.share,
            **dict.fromkeys(("product", "customer", "segment", "territory", "partner", "rep"), code),
        }

    def stage(self, records: Sequence[object]) -> Staged:
        """All lines of one batch. Never raises for what a line holds."""
        errors: dict[int, InputError] = {}
        rows = [self._mapping(index, record, errors) for index, record in enumerate(records)]
        columns = {name: self._column(name, rows, errors) for name in (*LINE, *CREDIT)}
        several = self._several(rows, columns, errors)
        self._require(columns, several, errors)
        self._defaults(columns, len(rows))
        return _assemble(columns, several, errors)

    def _mapping(self, index: int, record: object, errors: dict[int, InputError]) -> Record:
        if type(record) is not dict and not isinstance(record, Mapping):
            errors[index] = InputError("not_an_object", _("A line is an object of fields."))
            return {}
        if not record.keys() <= KNOWN:
            name = min(str(key) for key in record if key not in KNOWN)
            errors[index] = InputError("unknown_field", _("There is no such field."), name[:60])
        return record

    def _column(self, name: str, rows: Sequence[Record], errors: dict[int, InputError]) -> list[str]:
        values = [row.get(name) for row in rows]
        as_text = json_text if name == "attributes" else plain_text
        kinds = set(map(type, values))
        if kinds == {type(None)}:
            return [""] * len(rows)
        quick = checks.AT_ONCE.get(self.checks[name])
        if kinds == {str} and quick is not None:
            whole = quick(cast("list[str]", values))
            if whole is not None:
                return whole
        if kinds - _TEXTS:
            values = [_guarded(as_text, value, index, name, errors) for index, value in enumerate(values)]
        canonical, bad = self._distinct(name, values)
        if bad:
            for index, value in enumerate(values):
                if value in bad:
                    errors.setdefault(index, bad[value])
        return list(map(canonical.__getitem__, values))

    def _distinct(
        self, name: str, values: Sequence[object]
    ) -> tuple[dict[object, str], dict[object, InputError]]:
        check, canonical, bad = self.checks[name], dict[object, str](), dict[object, InputError]()
        for value in set(values):
            canonical[value] = ""
            if isinstance(value, str) and value and not value.isspace():
                try:
                    canonical[value] = check(value)
                except InputError as error:
                    error.field = name
                    bad[value] = error
        return canonical, bad

    def _several(
        self, rows: Sequence[Record], columns: Mapping[str, list[str]], errors: dict[int, InputError]
    ) -> dict[int, list[tuple[str, ...]]]:
        """The credits of the lines that list them, by line."""
        found: dict[int, list[tuple[str, ...]]] = {}
        for index, row in enumerate(rows):
            if row.get("credits"):
                try:
                    found[index] = self._credits(row["credits"])
                    if any(columns[name][index] for name in CREDIT):
                        raise InputError("credits_twice", _("Either partner or credits, not both."))
                except InputError as error:
                    error.field = "credits"
                    errors.setdefault(index, error)
        return found

    def _credits(self, given: object) -> list[tuple[str, ...]]:
        if isinstance(given, str):
            try:
                given = json.loads(given)
            except (ValueError, RecursionError):
                given = None
        if not isinstance(given, list) or not 1 <= len(given) <= MAX_CREDITS:
            raise InputError(
                "bad_credits", _("Credits are a list of 1 to %(most)s."), params={"most": MAX_CREDITS}
            )
        out = []
        for item in given:
            if not isinstance(item, Mapping) or not item.keys() <= set(CREDIT):
                raise InputError("bad_credits", _("A credit has partner, rep, contribution and share."))
            values = [plain_text(item.get(name)) or "" for name in CREDIT]
            checked = [
                self.checks[name](value) if value else "" for name, value in zip(CREDIT, values, strict=True)
            ]
            if not checked[0]:
                raise InputError("missing_field", _("A credit needs its partner."))
            out.append((*checked[:3], checked[3] or "1"))
        return out

    def _require(
        self, columns: Mapping[str, list[str]], several: Mapping[int, object], errors: dict[int, InputError]
    ) -> None:
        reverses = columns["reverses"]
        for name in (*REQUIRED, *REQUIRED_UNLESS_REVERSAL):
            if "" not in columns[name]:
                continue
            for index, value in enumerate(columns[name]):
                spared = (name == "partner" and index in several) or (
                    name not in REQUIRED and reverses[index]
                )
                if not value and not spared:
                    errors.setdefault(index, InputError("missing_field", _("This is needed."), name))
        for index, (reference, own) in enumerate(zip(reverses, columns["external_id"], strict=True)):
            if reference and reference == own:
                error = InputError("reverses_itself", _("A line cannot take back itself."), "reverses")
                errors.setdefault(index, error)

    def _defaults(self, columns: dict[str, list[str]], length: int) -> None:
        columns["currency"] = [self.currency] * length
        columns["share"] = [value or "1" for value in columns["share"]]
        reverses = columns["reverses"]
        for name, default in (("quantity", "1"), ("amount", "0")):
            if "" in columns[name]:
                columns[name] = [
                    value or ("" if back else default)
                    for value, back in zip(columns[name], reverses, strict=True)
                ]


def plain_text(value: object) -> str | None:
    """The text of a value as JSON, a sheet or Python code gives it; raises ``InputError`` for anything else."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | float):
        raise InputError("not_text", _("Write numbers as text, so that no digit is lost."))
    if isinstance(value, int) and abs(value) < 10**20:
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 30:
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise InputError("not_text", _("This is not a plain value."))


def json_text(value: object) -> str | None:
    """Attributes as JSON text."""
    if value is None or isinstance(value, str):
        return value
    try:
        return json.dumps(value, default=str) if value else None
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError("bad_attributes", _("This is not a plain value.")) from error


def _guarded(
    convert: Callable[[object], str | None],
    value: object,
    index: int,
    name: str,
    errors: dict[int, InputError],
) -> str | None:
    try:
        return convert(value)
    except InputError as error:
        error.field = name
        errors.setdefault(index, error)
        return None


def _assemble(
    columns: Mapping[str, list[str]],
    several: Mapping[int, list[tuple[str, ...]]],
    errors: Mapping[int, InputError],
) -> Staged:
    count = len(columns["source"])
    keep = [index not in errors for index in range(count)] if errors else None
    used = [columns[name] for name in (*LINE[2:], *CREDIT)]
    ends = ["\t".join(values) for values in zip(*used, strict=True)]
    every = zip(
        columns["source"], columns["external_id"], columns["reverses"], ends, range(count), strict=True
    )
    staged = Staged(rejected=[Rejection(index, error) for index, error in sorted(errors.items())])
    for source, external_id, reverses, end, index in compress(every, keep) if keep else every:
        if index in several:
            line = end.rsplit("\t", len(CREDIT))[0]
            parts = ["\t".join((line, *credit)) for credit in several[index]]
            digest = sha256("\n".join(parts).encode()).hexdigest()[:32]
            rows = tuple(
                f"{position}\t{source}\t{external_id}\t{digest}\t{part}"
                for position, part in enumerate(parts)
            )
        else:
            digest = sha256(end.encode()).hexdigest()[:32]
            rows = (f"0\t{source}\t{external_id}\t{digest}\t{end}",)
        staged.lines.append(StagedLine(source, external_id, reverses, digest, rows))
        staged.indexes.append(index)
    return staged
