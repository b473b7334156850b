"""Lines that wait for a code or for the line that they take back, and become credits by themselves."""

from collections.abc import Sequence

from django.db import connection

from performance.feed import bell, sql
from performance.feed.lines import STAGED, StagedLine
from performance.models import UnresolvedLine
from tenancy.actors import Actor

#: Lines taken at a time.
PAGE = 5000


def staged_line(kept: UnresolvedLine) -> StagedLine:
    """The line as it was staged when it came."""
    rows = kept.payload["rows"]
    return StagedLine(
        kept.source,
        kept.external_id,
        rows[0].get("reverses", ""),
        bytes(kept.digest).hex(),
        tuple("\t".join(row.get(name, "") for name in STAGED[1:]) for row in rows),
    )


def waiting_for(originals: Sequence[tuple[str, str]]) -> list[StagedLine]:
    """Reversals of these lines (source, reference), in the order of their arrival; locked until the commit."""
    known = set(originals)
    found = UnresolvedLine.objects.filter(
        source__in={source for source, _ in known}, waits_for__in={reference for _, reference in known}
    )
    kept = found.exclude(waits_for="").order_by("id").select_for_update()
    return [staged_line(line) for line in kept if (line.source, line.waits_for) in known]


def retry_unresolved(actor: Actor, codes: Sequence[str]) -> int:
    """Take the lines that wait for any of ``codes`` ("product:X1"), in the open scope; returns how many resolved."""
    from performance.feed.intake import take

    done = newest = 0
    waiting = UnresolvedLine.objects.filter(missing__overlap=list(codes)).order_by("id")
    while page := list(waiting.filter(id__gt=newest).select_for_update(skip_locked=True)[:PAGE]):
        newest = page[-1].pk
        taken = take([staged_line(line) for line in page])
        done += taken.receipt.accepted + taken.receipt.revised
        bell.ring(actor.operator.pk, taken.lanes)
    return done


def retry_due(actor: Actor) -> int:
    """Take the lines whose codes or originals exist by now, whoever failed to say so; returns how many resolved."""
    with connection.cursor() as cursor:
        cursor.execute(sql.APPEARED, {"op": actor.operator.pk})
        appeared = [row[0] for row in cursor.fetchall()]
    return retry_unresolved(actor, appeared) if appeared else 0
