"""The audit trail. Written with plain SQL: most audiences may add entries but never read them back."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from tenancy.actors import Actor
from tenancy.models import AuditEntry

_INSERT = f"""
insert into {AuditEntry._meta.db_table}
  (operator_id, at, membership_id, actor, partner_id, action, object_type, object_ref, changes)
values ((select app.op()), now(), %s, %s, %s, %s, %s, %s, %s)
"""


def record(
    actor: Actor,
    action: str,
    target: models.Model,
    *,
    ref: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Note that ``actor`` did ``action`` to ``target``. ``changes``: field -> [before, after] (or any JSON value)."""
    reference = ref or str(getattr(target, "code", None) or target.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                actor.membership_id,
                actor.email or actor.name,
                actor.partner_id,
                action,
                target._meta.label_lower,
                reference[:120],
                json.dumps(dict(changes or {}), cls=DjangoJSONEncoder, ensure_ascii=False),
            ],
        )


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields of ``after`` that differ from ``before``, as field -> [before, after]."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
