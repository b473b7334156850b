"""What takes a transaction back is judged as the transaction was: under the versions that it earned, with what they saw then.

So a return never earns or costs anything that its sale did not, whatever became of rates, tiers, programmes or the scheme since.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from performance.models import Credit

#: Version id -> what its formula saw of the transaction that is taken back (the stored inputs of its line).
Then = Mapping[int, dict[str, Any]]

# The lines are looked up one by one, which ``offset 0`` keeps so: where many are made in one transaction, the planner still
# believes that there are none, and would read all of them for every row.
_LINES = """
select back.id, l.version_id, l.inputs
from performance_credit back
join lateral (
  select c.id from performance_credit c
  where c.operator_id = back.operator_id and c.source = back.source
    and c.external_id = case when back.position < 0 then back.external_id else back.reverses end
    and c.position = case when back.position < 0 then -1 - back.position else back.position end
    and (back.position >= 0 or c.revision = back.revision - 1)
  order by c.revision desc limit 1) o on true
join lateral (
  select l.version_id, l.inputs from incentives_accrualline l
  where l.operator_id = back.operator_id and l.version_id = any(%s) and l.credit_id = o.id offset 0) l on true
where back.operator_id = (select app.op()) and back.id = any(%s)
"""
_FOLLOWING = """
with o as materialized (select source, external_id, revision, position from performance_credit
  where operator_id = (select app.op()) and id = any(%s) and position >= 0)
select b.id from o join performance_credit b on b.operator_id = (select app.op()) and b.source = o.source
  and b.external_id = o.external_id and b.revision = o.revision + 1 and b.position = -1 - o.position
union
select b.id from o join performance_credit b on b.operator_id = (select app.op()) and b.source = o.source
  and b.reverses = o.external_id and b.reverses <> '' and b.position = o.position
"""
_ORIGINALS = """
select back.id, o.kind, o.day
from performance_credit back
join lateral (
  select c.kind, c.day from performance_credit c
  where c.operator_id = back.operator_id and c.source = back.source and c.external_id = back.reverses
    and c.position = back.position
  order by c.revision desc limit 1) o on true
where back.operator_id = (select app.op()) and back.id = any(%s)
"""
_ALONE = """
select pg_advisory_xact_lock(hashtextextended('accrue:' || lane, (select app.op()))) from (
  select distinct mod(coalesce(p.root_id, p.id), %s) as lane from performance_credit c
  join partners_partner p on p.operator_id = c.operator_id and p.id = c.partner_id
  where c.operator_id = (select app.op()) and c.id = any(%s) order by lane) lanes
"""


def depends(credit: Credit) -> bool:
    """Whether the row is about an earlier one: takes back its former revision, returns it, or takes such a return back."""
    return credit.position < 0 or bool(credit.reverses)


def lines_then(credits: Iterable[Credit], versions: Collection[int]) -> dict[int, dict[int, dict[str, Any]]]:
    """Credit id -> what each of ``versions`` saw of what it takes back; nothing where that earned nothing."""
    found: dict[int, dict[int, dict[str, Any]]] = {}
    ids = [credit.pk for credit in credits if depends(credit)]
    if ids and versions:
        with connection.cursor() as cursor:
            cursor.execute(_LINES, [list(versions), ids])
            for pk, version_id, inputs in cursor.fetchall():
                found.setdefault(pk, {})[version_id] = json.loads(inputs)
    return found


def following(ids: Sequence[int]) -> list[int]:
    """Ids of the rows that take these credits back and are known already."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWING, [list(ids)])
        return [pk for (pk,) in cursor.fetchall()]


def as_originals(credits: Sequence[Credit]) -> Sequence[Credit]:
    """The same rows, returns with the kind and day of what they take back: so rules that never paid judge them alike."""
    ids = [credit.pk for credit in credits if credit.reverses]
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_ORIGINALS, [ids])
            known = {pk: (kind, day) for pk, kind, day in cursor.fetchall()}
        for credit in credits:
            if credit.pk in known:
                credit.kind, credit.day = known[credit.pk]
    return credits


def hold_lanes(ids: Sequence[int]) -> None:
    """Until the transaction ends nobody else evaluates transactions of these partners' trees.

    Else two could each miss what the other has not committed yet: the one a sale's line, the other its return.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [settings.FEED_LANES, list(ids)])
