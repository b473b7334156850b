"""The set-wise SQL of the feed. Every statement takes the staged rows of one round (see ``lines.rounds``).

``FIRST`` inserts what is new in one statement; ``AGAIN`` decides about everything that it left over: duplicates,
revisions and unresolved lines, which are rare. Both are right whatever other transactions send at the same time: two
first versions of a line meet in the unique constraint, and ``AGAIN`` runs under a lock per bucket of references.
"""

#: Most credits in one chunk of the queue.
CHUNK = 5000

_STAGED = """
f as materialized (
  select a[1]::int as line, a[2]::smallint as position, a[3] as source, a[4] as external_id,
    decode(a[5], 'hex') as digest, a[6] as kind, a[7]::timestamptz as occurred_at, a[8]::date as day,
    a[9]::date as collected_day, a[10] as product, a[11] as customer, a[12] as segment, a[13] as territory,
    a[14] as engagement_model, a[15]::numeric as quantity, a[16]::numeric as amount, a[17]::numeric as margin,
    a[18] as currency, a[19] as reverses, a[20]::jsonb as attributes, a[21] as partner, a[22] as rep,
    a[23] as contribution, a[24]::numeric as share
  from (select string_to_array(x, E'\\t', '') as a from unnest(%(rows)s::text[]) x offset 0) s
)"""

# Codes become ids by joins. A reversal takes one row per credit of its original's newest revision. One by which a customer
# leaves long after the sale (``late``) takes nothing back: it is kept with no amount, and with the days as its attribute.
_PLAIN = """
  select f.line, f.position, f.source, f.external_id, f.digest, f.kind, f.occurred_at, f.day, f.collected_day,
    p.id as partner_id, coalesce(p.root_id, p.id) as root_id, rp.id as rep_id, pr.id as product_id,
    coalesce(cu.merged_into_id, cu.id) as customer_id, se.id as segment_id, te.id as territory_id,
    coalesce(f.engagement_model, '') as engagement_model, coalesce(f.contribution, '') as contribution, f.share,
    f.quantity * f.share as quantity, f.amount * f.share as amount, f.margin * f.share as margin,
    f.amount as line_amount, f.currency, '' as reverses, f.attributes, 1 as sign,
    array_remove(array[
      case when p.id is null then 'partner:' || f.partner end,
      case when rp.id is null then 'rep:' || f.rep end, case when pr.id is null then 'product:' || f.product end,
      case when cu.id is null then 'customer:' || f.customer end,
      case when se.id is null then 'segment:' || f.segment end,
      case when te.id is null then 'territory:' || f.territory end], null) as missing
  from f
  left join partners_partner p on p.operator_id = %(op)s and p.code = f.partner
  left join partners_rep rp on rp.operator_id = %(op)s and rp.code = f.rep
  left join catalog_product pr on pr.operator_id = %(op)s and pr.code = f.product
  left join catalog_customer cu on cu.operator_id = %(op)s and cu.code = f.customer
  left join catalog_segment se on se.operator_id = %(op)s and se.code = f.segment
  left join catalog_territory te on te.operator_id = %(op)s and te.code = f.territory
  where f.reverses is null"""

_BACK = """
  select f.line, coalesce(o.position, 0)::smallint, f.source, f.external_id, f.digest, coalesce(f.kind, o.kind),
    f.occurred_at, f.day, f.collected_day, o.partner_id, coalesce(p.root_id, p.id), o.rep_id,
    coalesce(pr.id, o.product_id), coalesce(cu.merged_into_id, cu.id, o.customer_id), coalesce(se.id, o.segment_id),
    coalesce(te.id, o.territory_id), coalesce(f.engagement_model, o.engagement_model),
    coalesce(f.contribution, o.contribution), o.share,
    case when late.yes then 0 when w.whole then -o.quantity else -w.turn * abs(coalesce(f.quantity, 0)) * o.share end,
    part.amount * o.share,
    case when late.yes then case when o.margin is not null then 0 end
      when f.margin is not null then -(case when o.margin < 0 then -1 else 1 end) * abs(f.margin) * o.share
      when w.whole then -o.margin when o.line_amount = 0 then 0
      else round(o.margin * part.amount / o.line_amount, 12) end,
    part.amount, f.currency, f.reverses, case when late.yes
        then coalesce(f.attributes, o.attributes, '{}') || jsonb_build_object('late_churn', (f.day - o.day)::text)
      else coalesce(f.attributes, o.attributes) end,
    case when w.whole and not late.yes then -o.sign else 0 end,
    array_remove(array[
      case when o.id is null then 'line:' || f.reverses end,
      case when pr.id is null then 'product:' || f.product end,
      case when cu.id is null then 'customer:' || f.customer end,
      case when se.id is null then 'segment:' || f.segment end,
      case when te.id is null then 'territory:' || f.territory end], null)
  from f
  left join lateral (
    select c.* from performance_credit c
    where c.operator_id = %(op)s and c.source = f.source and c.external_id = f.reverses and c.position >= 0
      and c.revision = (select max(m.revision) from performance_credit m where m.operator_id = %(op)s
                        and m.source = f.source and m.external_id = f.reverses)) o on true
  left join partners_partner p on p.operator_id = %(op)s and p.id = o.partner_id
  left join catalog_product pr on pr.operator_id = %(op)s and pr.code = f.product
  left join catalog_customer cu on cu.operator_id = %(op)s and cu.code = f.customer
  left join catalog_segment se on se.operator_id = %(op)s and se.code = f.segment
  left join catalog_territory te on te.operator_id = %(op)s and te.code = f.territory
  left join lateral (select
    (f.amount is null or abs(f.amount) = abs(o.line_amount))
      and (f.quantity is null or abs(f.quantity) * o.share = abs(o.quantity)) as whole,
    case when o.quantity < 0 then -1 else 1 end as turn) w on true
  left join lateral (select o.id is not null and %(churn_days)s > 0 and coalesce(f.kind, o.kind) = any(%(churn)s)
    and f.day - o.day > %(churn_days)s as yes) late on true
  left join lateral (select case when late.yes then 0 when w.whole then -o.line_amount
    when f.amount is not null then -(case when o.line_amount < 0 then -1 else 1 end) * abs(f.amount)
    when o.quantity = 0 then 0
    else -round(o.line_amount * abs(f.quantity) * o.share / abs(o.quantity), 6) end as amount) part on true
  where f.reverses is not null"""

_COLUMNS = (
    "operator_id, source, external_id, revision, position, sign, digest, kind, occurred_at, day, collected_day,"
    " partner_id, rep_id, product_id, customer_id, segment_id, territory_id, engagement_model, contribution, share,"
    " quantity, amount, margin, line_amount, currency, reverses, attributes"
)
_VALUES = (
    "r.position, r.sign, r.digest, r.kind, r.occurred_at, r.day, r.collected_day, r.partner_id, r.rep_id,"
    " r.product_id, r.customer_id, r.segment_id, r.territory_id, r.engagement_model, r.contribution, r.share,"
    " r.quantity, r.amount, r.margin, r.line_amount, r.currency, r.reverses, r.attributes"
)
_QUEUE = f"""
queue as (
  insert into performance_pendingchunk (operator_id, lane, credit_ids)
  select %(op)s, lane, array_agg(id)
  from (select n.id, p.lane, row_number() over (partition by p.lane) / {CHUNK} as chunk from made n
        join (select id, (coalesce(root_id, id) %% %(lanes)s)::smallint as lane from partners_partner
              where operator_id = %(op)s) p on p.id = n.partner_id) c
  group by lane, chunk returning lane
)"""


def _resolved(reversals: bool) -> str:
    return f"{_STAGED}, r as materialized ({_PLAIN}{' union all ' + _BACK if reversals else ''})"


def first(*, reversals: bool) -> str:
    """Insert the lines never seen before, and note the batch if those are all of it. One row: lines inserted, line numbers
    left over, lanes, whether reversals wait for one of the inserted lines, and the note."""
    return f"""
with {_resolved(reversals)},
bad as materialized (select line from r where missing <> '{{}}'),
ins as (
  insert into performance_credit ({_COLUMNS})
  select %(op)s, r.source, r.external_id, 1, {_VALUES} from r
  where r.position = 0 and r.line not in (select line from bad)
  order by r.external_id, r.source
  on conflict (operator_id, source, external_id, revision, position) do nothing
  returning id, source, external_id, partner_id),
more as (
  insert into performance_credit ({_COLUMNS})
  select %(op)s, r.source, r.external_id, 1, {_VALUES} from r
  join ins on ins.source = r.source and ins.external_id = r.external_id where r.position > 0
  returning id, partner_id),
made as (select id, partner_id from ins union all select id, partner_id from more),
gone as (delete from performance_unresolvedline u using ins
  where u.operator_id = %(op)s and u.source = ins.source and u.external_id = ins.external_id),
{_QUEUE},
noted as (
  insert into performance_intake
    (operator_id, channel, membership_id, accepted, duplicates, revised, unresolved, rejected)
  select %(op)s, %(channel)s, %(membership)s::bigint, %(count)s, 0, 0, 0, %(rejected)s
  where %(channel)s::text is not null and (select count(*) from ins) = %(count)s returning id)
select (select count(*) from ins),
  case when (select count(*) from ins) = %(count)s then '{{}}'::int[] else array(
    select r.line from r where r.position = 0 and not exists
      (select 1 from ins where ins.source = r.source and ins.external_id = r.external_id)) end,
  array(select distinct lane from queue),
  exists (select 1 from ins join performance_unresolvedline u on u.operator_id = %(op)s and u.source = ins.source
          and u.waits_for = ins.external_id and u.waits_for <> ''),
  (select id from noted)
"""


LOCK = "select pg_advisory_xact_lock(hashint8(%(op)s), bucket) from unnest(%(buckets)s::int[]) bucket"


def again(*, reversals: bool) -> str:
    """Decide about lines that are not simply new. Rows: line, state, what is missing, lanes.

    States: ``accepted``, ``revised``, ``duplicate``, ``unresolved`` (to be kept by the caller).
    """
    return f"""
with {_resolved(reversals)},
l as materialized (
  select r.line, min(r.source) as source, min(r.external_id) as external_id, (array_agg(r.digest))[1] as digest,
    array_agg(distinct m.code) filter (where m.code is not null) as missing
  from r left join lateral unnest(r.missing) m(code) on true group by r.line),
c as materialized (
  select l.*, n.revision, case
      when u.id is null and n.digest = l.digest then 'duplicate'
      when u.digest = l.digest and l.missing is not null then 'duplicate'
      when n.digest = l.digest then 'returned'
      when l.missing is not null then 'unresolved'
      when n.revision is null then 'accepted' else 'revised' end as state
  from l
  left join lateral (
    select revision, digest from performance_credit k where k.operator_id = %(op)s and k.source = l.source
      and k.external_id = l.external_id order by revision desc, position desc limit 1) n on true
  left join performance_unresolvedline u on u.operator_id = %(op)s and u.source = l.source
    and u.external_id = l.external_id),
back as (
  insert into performance_credit ({_COLUMNS})
  select r.operator_id, r.source, r.external_id, r.revision + 1, -1 - r.position, -r.sign, c.digest, r.kind,
    r.occurred_at, r.day, r.collected_day, r.partner_id, r.rep_id, r.product_id, r.customer_id, r.segment_id,
    r.territory_id, r.engagement_model, r.contribution, r.share, -r.quantity, -r.amount, -r.margin,
    -r.line_amount, r.currency, r.reverses, r.attributes
  from c join performance_credit r on r.operator_id = %(op)s and r.source = c.source
    and r.external_id = c.external_id and r.revision = c.revision and r.position >= 0
  where c.state = 'revised' returning id, partner_id),
anew as (
  insert into performance_credit ({_COLUMNS})
  select %(op)s, r.source, r.external_id, coalesce(c.revision, 0) + 1, {_VALUES}
  from c join r on r.line = c.line where c.state in ('accepted', 'revised') returning id, partner_id),
made as (select id, partner_id from back union all select id, partner_id from anew),
gone as (delete from performance_unresolvedline u using c
  where u.operator_id = %(op)s and u.source = c.source and u.external_id = c.external_id
    and c.state in ('accepted', 'revised', 'returned')),
still as (update performance_unresolvedline u set missing = c.missing,
    waits_for = case when 'line:' || u.waits_for = any(c.missing) then u.waits_for else '' end
  from c where u.operator_id = %(op)s and u.source = c.source and u.external_id = c.external_id
    and c.state = 'duplicate' and c.missing is not null and u.digest = c.digest and u.missing::text[] <> c.missing),
{_QUEUE}
select c.line, c.state, coalesce(c.missing, '{{}}'), (select array_agg(distinct lane) from queue) from c
"""


KEEP_UNRESOLVED = """
insert into performance_unresolvedline (operator_id, source, external_id, digest, payload, missing, waits_for)
select %(op)s, x.source, x.external_id, decode(x.digest, 'hex'), x.payload,
  array(select jsonb_array_elements_text(x.missing)), x.waits_for
from jsonb_to_recordset(%(lines)s::jsonb)
  x(source text, external_id text, digest text, payload jsonb, missing jsonb, waits_for text)
on conflict (operator_id, source, external_id) do update set digest = excluded.digest, payload = excluded.payload,
  missing = excluded.missing, waits_for = excluded.waits_for, received_at = now()
"""

# Lines of customers that are another one's name by now: the newest revision is taken back and written anew, with the same
# digest, so that the source system's line stays the same line.
FOLLOW = f"""
with into_ as (select id, merged_into_id as keep from catalog_customer
  where operator_id = %(op)s and id = any(%(merged)s) and merged_into_id is not null),
l as materialized (
  select distinct k.source, k.external_id, k.revision from performance_credit k
  where k.operator_id = %(op)s and k.position >= 0 and k.customer_id in (select id from into_) and k.revision = (
    select max(m.revision) from performance_credit m where m.operator_id = %(op)s and m.source = k.source
      and m.external_id = k.external_id)),
r as materialized (
  select k.*, coalesce(i.keep, k.customer_id) as now_id from l join performance_credit k on k.operator_id = %(op)s
    and k.source = l.source and k.external_id = l.external_id and k.revision = l.revision and k.position >= 0
  left join into_ i on i.id = k.customer_id),
back as (
  insert into performance_credit ({_COLUMNS})
  select r.operator_id, r.source, r.external_id, r.revision + 1, -1 - r.position, -r.sign, r.digest, r.kind,
    r.occurred_at, r.day, r.collected_day, r.partner_id, r.rep_id, r.product_id, r.customer_id, r.segment_id,
    r.territory_id, r.engagement_model, r.contribution, r.share, -r.quantity, -r.amount, -r.margin,
    -r.line_amount, r.currency, r.reverses, r.attributes from r returning id, partner_id),
anew as (
  insert into performance_credit ({_COLUMNS})
  select r.operator_id, r.source, r.external_id, r.revision + 1, {_VALUES.replace("r.customer_id", "r.now_id")} from r
  returning id, partner_id),
made as (select id, partner_id from back union all select id, partner_id from anew),
{_QUEUE}
select (select count(*) from l), array(select distinct lane from queue)
"""

# Codes that unresolved lines wait for although they exist by now.
APPEARED = """
with m as materialized (
  select distinct u.source, k.code, split_part(k.code, ':', 1) as kind, substr(k.code, strpos(k.code, ':') + 1) as value
  from performance_unresolvedline u, unnest(u.missing) k(code) where u.operator_id = %(op)s)
select code from m where case kind
  when 'partner' then exists (select 1 from partners_partner t where t.operator_id = %(op)s and t.code = m.value)
  when 'rep' then exists (select 1 from partners_rep t where t.operator_id = %(op)s and t.code = m.value)
  when 'product' then exists (select 1 from catalog_product t where t.operator_id = %(op)s and t.code = m.value)
  when 'customer' then exists (select 1 from catalog_customer t where t.operator_id = %(op)s and t.code = m.value)
  when 'segment' then exists (select 1 from catalog_segment t where t.operator_id = %(op)s and t.code = m.value)
  when 'territory' then exists (select 1 from catalog_territory t where t.operator_id = %(op)s and t.code = m.value)
  when 'line' then exists (select 1 from performance_credit t where t.operator_id = %(op)s and t.source = m.source
                           and t.external_id = m.value)
  else false end
"""

ADD_INTAKE = """
insert into performance_intake
  (operator_id, channel, membership_id, accepted, duplicates, revised, unresolved, rejected)
values (%(op)s, %(channel)s, %(membership)s, %(accepted)s, %(duplicates)s, %(revised)s, %(unresolved)s, %(rejected)s)
returning id
"""

ADD_REFUSED = """
insert into performance_refusedline (operator_id, intake_id, index, payload, code, message)
select %(op)s, %(intake)s, x.index, x.payload, x.code, x.message
from unnest(%(indexes)s::int[], %(payloads)s::text[], %(codes)s::text[], %(messages)s::text[])
  x(index, payload, code, message)
"""
