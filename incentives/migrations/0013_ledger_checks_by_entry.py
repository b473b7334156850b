"""The ledger's check of a statement's lines goes by the index of entries, however many lines come at once."""

from django.db import migrations

CHECK = """
create or replace function incentives_ledger_lines() returns trigger language plpgsql as $$
declare
  operators bigint[] := array(select distinct operator_id from added);
  entries bigint[] := array(select distinct entry_id from added);
begin
  if cardinality(entries) <> (
    select count(*) from incentives_ledgerentry e
    where e.operator_id = any(operators) and e.id = any(entries) and e.xid = pg_current_xact_id()
  ) then
    raise exception 'an entry is sealed by its own transaction' using errcode = 'check_violation';
  end if;
  if exists (
    select 1 from incentives_ledgerline l
    join incentives_ledgeraccount a on a.operator_id = l.operator_id and a.id = l.account_id
    where l.operator_id = any(operators) and l.entry_id = any(entries)
    group by l.operator_id, l.entry_id, a.currency
    having sum(l.amount) <> 0 or count(*) < 2
  ) then
    raise exception 'an entry needs two lines at least that sum to zero' using errcode = 'check_violation';
  end if;
  if exists (
    select 1 from incentives_ledgerentry e
    where e.operator_id = any(operators) and e.id = any(entries) and e.reverses_id is not null
  ) and exists (
    select 1 from incentives_ledgerentry e
    join incentives_ledgerline l on l.operator_id = e.operator_id and l.entry_id in (e.id, e.reverses_id)
    where e.operator_id = any(operators) and e.id = any(entries) and e.reverses_id is not null
    group by e.id, l.account_id having sum(l.amount) <> 0
  ) then
    raise exception 'a reversal negates what it reverses' using errcode = 'check_violation';
  end if;
  return null;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("incentives", "0012_frozen")]
    operations = [migrations.RunSQL(CHECK, migrations.RunSQL.noop)]
