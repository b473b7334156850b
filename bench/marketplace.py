"""A telecom market of believable shape, made by SQL alone: the ground of the benchmarks about counting.

400 partners (half of them below distributors) with two reps each, 300 products in 24 families, a territory tree of three
levels, 40,000 customers who mostly stay with one partner and buy a few families. Everything is the same in each run.
"""

from typing import Any

from django.db import connection, connections

from partners.models import Partner
from partners.tree import relink
from performance.models import Kpi
from tenancy.actors import Actor, system_actor
from tenancy.enums import Audience
from tenancy.models import Operator
from tenancy.scope import scope
from tenancy.services import create_operator

PARTNERS, PRODUCTS, FAMILIES, CUSTOMERS = 400, 300, 24, 40_000
_LAYERS = "array['connectivity', 'cloud', 'security', 'enterprise_it', 'iot', 'data', 'core']"
_NAMED = "operator_id, code, name, names, active, created_at, updated_at, search_key"


def _named(prefix: str) -> str:
    return f"%(op)s, '{prefix}' || n, '{prefix} ' || n, '{{}}'::jsonb, true, now(), now(), ''"


_STATEMENTS = (
    f"insert into catalog_family ({_NAMED}, layer)"
    f" select {_named('f')}, ({_LAYERS})[mod(n, 7) + 1] from generate_series(0, {FAMILIES - 1}) n",
    f"insert into catalog_product ({_NAMED}, unit, strategic, roles, family_id)"
    f" select {_named('p')}, '', false, '{{}}', (select id from catalog_family where code = 'f' || mod(n, {FAMILIES}))"
    f" from generate_series(0, {PRODUCTS - 1}) n",
    f"insert into catalog_segment ({_NAMED}, key_account)"
    f" select {_named('s')}, false from generate_series(0, 3) n",
    f"insert into catalog_territory ({_NAMED}, level, path) select {_named('t')}, 0, '{{}}' from generate_series(0, 399) n",
    "update catalog_territory t set parent_id = p.id from catalog_territory p where t.code <> 't0'"
    " and p.code = 't' || (substr(t.code, 2)::int / 20)",
    """with recursive tree(id, path) as (
      select id, array[id] from catalog_territory where parent_id is null union all
      select t.id, tree.path || t.id from catalog_territory t join tree on t.parent_id = tree.id)
    update catalog_territory t set path = tree.path, level = cardinality(tree.path) - 1 from tree where tree.id = t.id""",
    f"insert into catalog_customer ({_NAMED}, legal_id, country, segment_id, territory_id, since)"
    f" select {_named('c')}, '', '', (select id from catalog_segment where code = 's' || mod(n, 4)),"
    " (select id from catalog_territory where code = 't' || mod(n, 400)), date '2025-01-01' + mod(n * 7, 600)"
    f" from generate_series(0, {CUSTOMERS - 1}) n",
)
_PARTNERS = f"""
insert into partners_partner ({_NAMED}, roles, layers, tier, state, legal_id, city, website, phone)
select {_named("d")}, array[(array['reseller', 'distributor', 'msp', 'consultant'])[mod(n, 4) + 1]], '{{}}', '', 'active',
  '', '', '', '' from generate_series(0, {PARTNERS - 1}) n
"""
_REPS = f"""
insert into partners_rep ({_NAMED}, email, partner_id)
select {_named("r")}, '', (select id from partners_partner where code = 'd' || (n / 2)) from generate_series(0, {PARTNERS * 2 - 1}) n
"""

# A customer's number decides its partner (one line in ten goes elsewhere) and its families.
CREDITS = f"""
with raw as (
  select n, mod(n * 7919, {CUSTOMERS})::int as customer, mod(n * 104729, 1000)::int as dice,
    mod(n * 31, 92)::int as place
  from generate_series(%(first)s::bigint, %(last)s::bigint) n),
line as (
  select raw.*, case when mod(dice, 10) = 0 then mod(n, {PARTNERS}) else mod(customer, {PARTNERS}) end as partner,
    mod(mod(customer * 13 + mod(dice, 5), {FAMILIES}) + {FAMILIES} * mod(dice, {PRODUCTS // FAMILIES}), {PRODUCTS}) as product
  from raw)
insert into performance_credit (operator_id, source, external_id, revision, position, sign, digest, kind, occurred_at, day,
  collected_day, partner_id, rep_id, product_id, customer_id, segment_id, territory_id, engagement_model, contribution,
  share, quantity, amount, margin, line_amount, currency, reverses)
select %(op)s, 'erp', 'L' || n, 1, 0, 1, decode(md5(n::text), 'hex'),
  (array['sale', 'renewal', 'activation', 'sale', 'sale', 'satisfaction'])[mod(dice, 6) + 1],
  timestamptz '2026-07-01 09:00Z' + place * interval '1 day', date '2026-07-01' + place, null,
  p.id, r.id, pr.id, c.id, null, null, (array['sell_to', 'sell_with', 'referral'])[mod(dice, 3) + 1], 'sell', 1,
  1 + mod(dice, 9), 10 + dice * 1.25, 2 + dice * 0.25, 10 + dice * 1.25, 'USD', ''
from line
join partners_partner p on p.operator_id = %(op)s and p.code = 'd' || line.partner
join partners_rep r on r.operator_id = %(op)s and r.code = 'r' || (line.partner * 2 + mod(dice, 2))
join catalog_product pr on pr.operator_id = %(op)s and pr.code = 'p' || line.product
join catalog_customer c on c.operator_id = %(op)s and c.code = 'c' || line.customer
"""

KPIS: tuple[dict[str, Any], ...] = (
    {"measure": "sum_amount"},
    {"measure": "sum_quantity"},
    {"measure": "count"},
    {"measure": "sum_margin"},
    {"measure": "sum_amount", "beneficiary": "rep"},
    {"measure": "sum_quantity", "beneficiary": "rep", "filters": {"kinds": ["activation"]}},
    {"measure": "sum_amount", "beneficiary": "tree"},
    {"measure": "sum_amount", "filters": {"layers": ["cloud"]}},
    {"measure": "sum_amount", "filters": {"layers": ["security", "iot"]}},
    {"measure": "sum_quantity", "filters": {"families": ["f1", "f2", "f3"]}},
    {"measure": "sum_amount", "filters": {"products": ["p10", "p11", "p12"]}},
    {"measure": "sum_amount", "filters": {"segments": ["s1"]}},
    {"measure": "sum_amount", "filters": {"territories": ["t3"]}},
    {"measure": "count", "filters": {"kinds": ["renewal"]}},
    {"measure": "sum_amount", "filters": {"engagement_models": ["sell_with"], "roles": ["reseller"]}},
    {"measure": "sum_amount", "filters": {"new_customer": True}},
    {"measure": "average_score", "filters": {"kinds": ["satisfaction"]}},
    {"measure": "distinct_customers"},
    {"measure": "new_customers"},
    {"measure": "cross_sell", "filters": {"kinds": ["sale", "renewal"]}},
)


def build(slug: str) -> Actor:
    """An operator with the whole market and its 20 KPIs (3 of them distinct), all of them ready."""
    operator: Operator = create_operator(
        slug=slug, name=slug, languages=["en"], calendar="gregorian", currency="USD", time_zone="UTC"
    )
    with scope(operator.pk, Audience.WORKER):
        for statement in (*_STATEMENTS, _PARTNERS, _REPS):
            run(operator, statement)
        _tree()
        for number, fields in enumerate(KPIS):
            Kpi.objects.create(code=f"k{number}", name=f"KPI {number}", period="quarter", **fields)
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze")
    return system_actor(operator, "bench")


def _tree() -> None:
    """Every second partner stands below one of 20 distributors."""
    partners = {partner.code: partner for partner in Partner.objects.all()}
    for number in range(41, PARTNERS, 2):
        partners[f"d{number}"].parent = partners[f"d{number % 20}"]
    Partner.objects.bulk_update(partners.values(), ["parent"])
    relink([partner.pk for partner in partners.values()])


def add_credits(operator: Operator, first: int, last: int) -> None:
    """Lines ``first`` to ``last`` as credits that wait for nothing."""
    run(operator, CREDITS, first=first, last=last)


def run(operator: Operator, statement: str, **params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"op": operator.pk, **params})
