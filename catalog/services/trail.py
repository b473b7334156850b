"""The audit trail of a set: one statement for all of its entries."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from tenancy.actors import Actor
from tenancy.models import AuditEntry

#: Action, code of the thing, field -> [before, after].
Entry = tuple[str, str, dict[str, Any]]
_INSERT = f"""
insert into {AuditEntry._meta.db_table}
  (operator_id, at, membership_id, actor, partner_id, action, object_type, object_ref, changes)
select (select app.op()), now(), %s, %s, %s, r.entry ->> 0, %s, r.entry ->> 1, r.entry -> 2
from jsonb_array_elements(%s::jsonb) with ordinality as r(entry, place) order by r.place
"""


def record_many(actor: Actor, object_type: str, entries: Iterable[Entry]) -> None:
    """As ``tenancy.audit.record``, for many things of one type."""
    written = json.dumps(list(entries), cls=DjangoJSONEncoder, ensure_ascii=False)
    if written == "[]":
        return
    values = [actor.membership_id, actor.email or actor.name, actor.partner_id, object_type, written]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
