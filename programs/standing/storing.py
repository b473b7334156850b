"""Writes of an evaluation, set-wise: evidence, standings, history."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from programs.models import Enrolment, Evidence, Programme, Tier, TierChange
from programs.requirements.measured import Fact
from tenancy.actors import Actor

_EVIDENCE = f"""
insert into {Evidence._meta.db_table} as e (operator_id, enrolment_id, partner_id, requirement_id, measured, needed, met, period)
select (select app.op()), * from unnest(%(enrolments)s::bigint[], %(partners)s::bigint[], %(requirements)s::bigint[],
  %(measured)s::numeric[], %(needed)s::numeric[], %(met)s::boolean[], %(periods)s::text[])
on conflict (operator_id, enrolment_id, requirement_id) do update set
  measured = excluded.measured, needed = excluded.needed, met = excluded.met, period = excluded.period
where (e.measured, e.needed, e.met, e.period)
  is distinct from (excluded.measured, excluded.needed, excluded.met, excluded.period)
"""
#: Enrolments in one statement.
CHUNK = 1000


def store_evidence(enrolments: Sequence[Enrolment], facts: Mapping[int, Mapping[int, Fact]]) -> None:
    """What each enrolled partner (by id) had of each requirement; unchanged rows are left alone."""
    for start in range(0, len(enrolments), CHUNK):
        rows = [
            (row.pk, row.partner_id, requirement, fact.measured, fact.needed, fact.met, fact.period)
            for row in enrolments[start : start + CHUNK]
            for requirement, fact in sorted(facts.get(row.partner_id, {}).items())
        ]
        if not rows:
            continue
        names = ("enrolments", "partners", "requirements", "measured", "needed", "met", "periods")
        values = {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
        with connection.cursor() as cursor:
            cursor.execute(_EVIDENCE, values)


def forget_old_evidence(programme: Programme, leaves: Collection[int]) -> None:
    """Evidence of requirements that ask for nothing any more, since they became groups."""
    Evidence.objects.filter(requirement__tier__programme=programme).exclude(
        requirement_id__in=leaves
    ).delete()


@dataclass(frozen=True, slots=True)
class Step:
    """A standing that changed: the enrolment as it is now, and what it was."""

    enrolment: Enrolment
    source: Tier | None
    source_state: str
    text: str = ""


def as_evidence(facts: Mapping[int, Fact]) -> list[list[object]]:
    """``TierChange.evidence``."""
    return [
        [
            requirement,
            None if fact.measured is None else f"{fact.measured:f}",
            f"{fact.needed:f}",
            fact.met,
            fact.period,
        ]
        for requirement, fact in sorted(facts.items())
    ]


_HISTORY = f"""
insert into {TierChange._meta.db_table}
  (operator_id, programme_id, partner_id, source_id, tier_id, source_state, state, day, actor, text, evidence)
select (select app.op()), r.programme, r.partner, r.source, r.tier, r.source_state, r.state, %s, %s, r.text, r.evidence
from jsonb_to_recordset(%s::jsonb) as r(programme bigint, partner bigint, source bigint, tier bigint, source_state text,
  state text, text text, evidence jsonb)
"""


def store_history(
    actor: Actor, steps: Iterable[Step], facts: Mapping[int, Mapping[int, Fact]], day: date
) -> None:
    """One line per step, with the evidence of the day."""
    rows = [
        {
            "programme": step.enrolment.programme_id,
            "partner": step.enrolment.partner_id,
            "source": step.source.pk if step.source else None,
            "tier": step.enrolment.tier_id,
            "source_state": step.source_state,
            "state": step.enrolment.state,
            "text": step.text,
            "evidence": as_evidence(facts.get(step.enrolment.partner_id, {})),
        }
        for step in steps
    ]
    for start in range(0, len(rows), CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(_HISTORY, [day, actor.name, json.dumps(rows[start : start + CHUNK])])


_STANDINGS = f"""
update {Enrolment._meta.db_table} e set tier_id = r.tier, state = r.state, since = r.since, due_on = r.due, target_id = r.target,
  former_id = r.former, former_until = r.former_until, evaluated_on = r.evaluated
from jsonb_to_recordset(%s::jsonb) as r(id bigint, tier bigint, state text, since date, due date, target bigint,
  former bigint, former_until date, evaluated date)
where e.operator_id = (select app.op()) and e.id = r.id
"""


def store_standings(enrolments: Sequence[Enrolment]) -> None:
    """Tier, state and days of many enrolments in one statement."""
    rows = [
        {
            "id": row.pk,
            "tier": row.tier_id,
            "state": row.state,
            "since": row.since,
            "due": row.due_on,
            "target": row.target_id,
            "former": row.former_id,
            "former_until": row.former_until,
            "evaluated": row.evaluated_on,
        }
        for row in enrolments
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_STANDINGS, [json.dumps(rows, default=str)])
