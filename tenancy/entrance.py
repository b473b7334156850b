"""Who asks: the operator of a host and the member behind a token, found in one round trip.

Three statements travel together: become the login audience, name the operator of the host, and read operator, token and
member. Every request begins with this, so both reads keep their plans, and they are written out: composing them anew costs
more than running them.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from tenancy.context import Context
from tenancy.enums import Audience
from tenancy.models import ApiToken, Membership, Operator
from tenancy.prepared import prepared
from tenancy.scope import SETTINGS
from tenancy.tokens import hash_secret

M = TypeVar("M", bound=Model)


def _columns(model: type[Model], alias: str) -> str:
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


_OPERATOR, _MEMBER = (len(model._meta.concrete_fields) for model in (Operator, Membership))
# The custom domain comes first: a host may be one operator's domain and look like another's name.
_NAME = f"""
select set_config('app.operator_id', id::text, true) from {Operator._meta.db_table}
where active and (custom_domain = %(host)s or slug = %(slug)s)
order by custom_domain is not distinct from %(host)s desc limit 1
"""
_READ = f"""
select {_columns(Operator, "o")}, {_columns(ApiToken, "t")}, {_columns(Membership, "m")}
from {Operator._meta.db_table} o
left join (
  select k.* from {ApiToken._meta.db_table} k
  where k.operator_id = (select app.op()) and k.token_hash = %(hash)s and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > now())) t
  join {Membership._meta.db_table} m on m.operator_id = t.operator_id and m.id = t.membership_id and m.active
on true
where o.id = (select app.op())
"""


def enter(host: str, slug: str, secret: str) -> tuple[Operator | None, ApiToken | None]:
    """The active operator of a host, which the open transaction works for by then as the login audience, and its live
    token with this ``secret``, with its active ``membership``."""
    nobody = Context(None, Audience.AUTH)
    with connection.cursor() as cursor:
        become = partial(cursor.execute, SETTINGS, nobody.settings)
        name = prepared(cursor, _NAME, {"host": "text", "slug": "text"}, before=become)
        read = prepared(cursor, _READ, {"hash": "text"}, before=become)
        values = [*nobody.settings, host, slug, hash_secret(secret) if secret else ""]
        cursor.execute(f"{SETTINGS}; {name}; {read}", values)
        row = cursor.fetchone()
    if row is None:
        return None, None
    operator, token, member = row[:_OPERATOR], row[_OPERATOR:-_MEMBER], row[-_MEMBER:]
    if token[0] is None:
        return _operator(operator), None
    found = _token(token)
    found.membership = _membership(member)
    return _operator(operator), found


def _reader(model: type[M]) -> Callable[[Sequence[Any]], M]:
    """Makes an object out of its columns, as a query of the model would."""
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    converters = [
        (place, field.from_db_value) for place, field in enumerate(fields) if hasattr(field, "from_db_value")
    ]

    def read(row: Sequence[Any]) -> M:
        values = list(row)
        for place, convert in converters:
            values[place] = convert(values[place], None, connection)
        return model.from_db(connection.alias, names, values)

    return read


_operator, _token, _membership = _reader(Operator), _reader(ApiToken), _reader(Membership)
