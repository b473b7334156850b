"""The first lines of a file as they would come in, with what is wrong with them."""

from dataclasses import dataclass, field
from itertools import islice

from performance.imports.master import Part
from performance.imports.running import Summary, reasons
from performance.imports.services import opened_job
from performance.models import ImportJob
from tenancy.actors import Actor

#: Lines that are tried, and of these the ones that are shown.
TRIED = 500
SHOWN = 12


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """``cells`` in the order of the fields; ``bad`` are the names of fields to blame, ``reason`` says why."""

    line: int
    cells: list[tuple[str, str]]
    bad: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(slots=True)
class Preview:
    """What the first ``TRIED`` lines would do. Refused lines are shown before the others."""

    fields: list[str]
    lines: list[PreviewLine] = field(default_factory=list)
    summary: Summary = field(default_factory=lambda: Summary(""))


def preview(actor: Actor, job: ImportJob) -> Preview:
    """Try the beginning of the file and keep nothing; works inside an open scope. Raises what ``open_file`` raises."""
    opened = opened_job(job)
    fields = [column.name for column in opened.kind.columns if column.name in opened.mapping.fields]
    fields += sorted(opened.mapping.fields - set(fields))
    found = Preview(fields, summary=Summary(opened.kind.name, dry_run=True, ignored=opened.ignored))
    head = [(line, dict(record)) for line, record in islice(opened.records, TRIED)]
    labels = {column.name: column.label for column in opened.kind.columns}
    errors: dict[int, PreviewLine] = {}

    def report(part: Part, _last: int) -> None:
        found.summary.add(part)
        for line, refused in part.refused:
            bad = frozenset(one.field.split(".")[0] for one in refused if one.field)
            errors[line] = PreviewLine(line, [], bad, reasons(refused, labels))

    opened.kind.bring(actor, [(line, dict(row)) for line, row in head], dry_run=True, report=report)
    ordered = sorted(head, key=lambda numbered: numbered[0] not in errors)
    for line, row in sorted(ordered[:SHOWN]):
        wrong = errors.get(line, PreviewLine(line, []))
        cells = [(name, str(row.get(name, ""))) for name in fields]
        found.lines.append(PreviewLine(line, cells, wrong.bad, wrong.reason))
    found.summary.read += len(opened.broken)
    found.summary.refused += len(opened.broken)
    return found
