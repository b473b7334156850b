"""Which of the operator's customers is meant, among a million in a few milliseconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from catalog.enums import KeyKind
from catalog.matching.keys import asked_keys, legal_keys, stored_keys
from catalog.matching.names import score, tokens
from catalog.models import Customer
from deals.models.matching import CustomerKey

NAME_THRESHOLD: Final = 0.92
#: A key that more customers share says nothing; the others find what is meant.
_CROWD: Final = 300
#: So many candidates are compared, those with the most keys in common first.
_CANDIDATES: Final = 400

_FIND: Final = f"""
select coalesce(s.id, c.id), coalesce(s.code, c.code), coalesce(s.name, c.name),
  array_prepend(c.name::text, array(select value from jsonb_each_text(c.names))),
  coalesce(s.legal_id, c.legal_id), coalesce(s.country, c.country), coalesce(s.territory_id, c.territory_id)
from (
  select k.customer_id, count(*) as hits
  from unnest(%(keys)s::bigint[]) as asked(key)
  cross join lateral (
    select customer_id from {CustomerKey._meta.db_table}
    where operator_id = (select app.op()) and key = asked.key limit {_CROWD + 1}) k
  group by k.customer_id order by hits desc, k.customer_id limit {_CANDIDATES}) found
join {Customer._meta.db_table} c on c.operator_id = (select app.op()) and c.id = found.customer_id
left join {Customer._meta.db_table} s on s.operator_id = (select app.op()) and s.id = c.merged_into_id
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A customer that may be meant. ``score``: 1 for a legal id, else how alike the names are."""

    customer_id: int
    code: str
    name: str
    kind: KeyKind
    score: float
    territory_id: int | None


def find_customers(
    name: str, *, legal_id: str = "", country: str = "", least: float = NAME_THRESHOLD, limit: int = 20
) -> list[Found]:
    """Customers of the operator with this legal id or a name at least as alike as ``least``, the surest first.

    A name of a customer that was merged finds the one that stands for it.

    Needs a scope that sees customers (staff, PAM, worker).
    """
    legal = legal_keys(legal_id, country)
    keys = list(legal | asked_keys(name))
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"keys": keys})
        rows = cursor.fetchall()
    asked = tokens(name)
    best: dict[int, Found] = {}
    for row in rows:
        each = _judge(row, asked, legal)
        if each.score >= least and each.score > (
            best[each.customer_id].score if each.customer_id in best else -1
        ):
            best[each.customer_id] = each
    return sorted(best.values(), key=lambda each: (-each.score, each.code))[:limit]


def _judge(row: tuple[Any, ...], asked: tuple[str, ...], legal: set[int]) -> Found:
    pk, code, name, names, legal_id, country, territory_id = row
    if legal & legal_keys(legal_id, country):
        return Found(pk, code, name, KeyKind.LEGAL_ID, 1.0, territory_id)
    best = max(score(asked, tokens(each)) for each in names)
    return Found(pk, code, name, KeyKind.NAME, best, territory_id)


def index_customers(customers: Iterable[Customer]) -> None:
    """Make the keys of these customers true to their names and legal ids. Runs in a worker's scope."""
    wanted = {
        customer.pk: stored_keys(
            [customer.name, *customer.names.values()], customer.legal_id, customer.country
        )
        for customer in customers
    }
    CustomerKey.objects.filter(customer_id__in=wanted).delete()
    CustomerKey.objects.bulk_create(
        [CustomerKey(customer_id=pk, key=key) for pk, keys in wanted.items() for key in sorted(keys)],
        batch_size=5000,
    )
