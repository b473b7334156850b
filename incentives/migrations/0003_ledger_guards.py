"""What the database itself refuses: unbalanced or late ledger lines, changes of the ledger and of issued statements."""

from django.db import migrations

LEDGER = """
alter table incentives_ledgerentry add column xid xid8 not null default pg_current_xact_id();

create function incentives_ledger_stays() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'check_violation';
end $$;
create trigger ledger_stays before update or delete on incentives_ledgerentry
  for each row execute function incentives_ledger_stays();
create trigger ledger_not_emptied before truncate on incentives_ledgerentry
  for each statement execute function incentives_ledger_stays();
create trigger ledger_stays before update or delete on incentives_ledgerline
  for each row execute function incentives_ledger_stays();
create trigger ledger_not_emptied before truncate on incentives_ledgerline
  for each statement execute function incentives_ledger_stays();

create function incentives_ledger_entries() returns trigger language plpgsql as $$
begin
  if exists (select 1 from added where xid <> pg_current_xact_id()) then
    raise exception 'an entry is sealed by its own transaction' using errcode = 'check_violation';
  end if;
  if exists (
    select 1 from added e
    join incentives_statement s on s.operator_id = e.operator_id and s.id = e.source_id
    join incentives_settlementrun r on r.operator_id = s.operator_id and r.id = s.run_id
    where e.source_type = 'incentives.statement' and r.state = 'closed'
  ) then
    raise exception 'nothing posts into a closed period' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger ledger_entries after insert on incentives_ledgerentry referencing new table as added
  for each statement execute function incentives_ledger_entries();

-- By the index of entries, however many lines come at once.
create function incentives_ledger_lines() returns trigger language plpgsql as $$
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
create trigger ledger_lines after insert on incentives_ledgerline referencing new table as added
  for each statement execute function incentives_ledger_lines();
"""
UNDO_LEDGER = """
drop trigger ledger_lines on incentives_ledgerline;
drop function incentives_ledger_lines();
drop trigger ledger_entries on incentives_ledgerentry;
drop function incentives_ledger_entries();
drop trigger ledger_not_emptied on incentives_ledgerline;
drop trigger ledger_stays on incentives_ledgerline;
drop trigger ledger_not_emptied on incentives_ledgerentry;
drop trigger ledger_stays on incentives_ledgerentry;
drop function incentives_ledger_stays();
alter table incentives_ledgerentry drop column xid;
"""
#: An issued statement is a document: only its states and its acknowledgement go on.
STATEMENTS = """
create function incentives_statement_stays() returns trigger language plpgsql as $$
declare
  moves constant text[] := array['state', 'approved_at', 'acknowledged_at', 'acknowledged_by_id'];
begin
  if tg_op = 'DELETE' then
    raise exception 'an issued statement cannot be removed' using errcode = 'check_violation';
  end if;
  if to_jsonb(new) - moves <> to_jsonb(old) - moves or new.state = 'draft' then
    raise exception 'an issued statement cannot be changed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger statement_stays before update or delete on incentives_statement
  for each row when (old.state <> 'draft') execute function incentives_statement_stays();

create function incentives_line_stays() returns trigger language plpgsql as $$
declare
  issued boolean;
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - 'state' - 'dispute_id' = to_jsonb(old) - 'state' - 'dispute_id' then
    return new;
  end if;
  select s.state <> 'draft' into issued from incentives_statement s
    where s.operator_id = old.operator_id and s.id = old.statement_id;
  if issued then
    raise exception 'a line of an issued statement cannot be changed' using errcode = 'check_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger line_stays before update or delete on incentives_statementline
  for each row execute function incentives_line_stays();

create function incentives_lines_join_drafts() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from (select distinct operator_id, statement_id from added) n
    join incentives_statement s on s.operator_id = n.operator_id and s.id = n.statement_id
    where s.state <> 'draft'
  ) then
    raise exception 'an issued statement takes no more lines' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger lines_join_drafts after insert on incentives_statementline referencing new table as added
  for each statement execute function incentives_lines_join_drafts();
"""
#: An issued statement is a document: only its states and its acknowledgement go on.
STATEMENTS = """
create function incentives_statement_stays() returns trigger language plpgsql as $$
declare
  moves constant text[] := array['state', 'approved_at', 'acknowledged_at', 'acknowledged_by_id'];
begin
  if tg_op = 'DELETE' then
    raise exception 'an issued statement cannot be removed' using errcode = 'check_violation';
  end if;
  if to_jsonb(new) - moves <> to_jsonb(old) - moves or new.state = 'draft' then
    raise exception 'an issued statement cannot be changed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger statement_stays before update or delete on incentives_statement
  for each row when (old.state <> 'draft') execute function incentives_statement_stays();

create function incentives_line_stays() returns trigger language plpgsql as $$
declare
  issued boolean;
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - 'state' - 'dispute_id' = to_jsonb(old) - 'state' - 'dispute_id' then
    return new;
  end if;
  select s.state <> 'draft' into issued from incentives_statement s
    where s.operator_id = old.operator_id and s.id = old.statement_id;
  if issued then
    raise exception 'a line of an issued statement cannot be changed' using errcode = 'check_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger line_stays before update or delete on incentives_statementline
  for each row execute function incentives_line_stays();

create function incentives_lines_join_drafts() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from (select distinct operator_id, statement_id from added) n
    join incentives_statement s on s.operator_id = n.operator_id and s.id = n.statement_id
    where s.state <> 'draft'
  ) then
    raise exception 'an issued statement takes no more lines' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger lines_join_drafts after insert on incentives_statementline referencing new table as added
  for each statement execute function incentives_lines_join_drafts();
"""
UNDO_STATEMENTS = """
drop trigger lines_join_drafts on incentives_statementline;
drop function incentives_lines_join_drafts();
drop trigger line_stays on incentives_statementline;
drop function incentives_line_stays();
drop trigger statement_stays on incentives_statement;
drop function incentives_statement_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("incentives", "0002_versions_stay")]
    operations = [
        migrations.RunSQL(LEDGER, UNDO_LEDGER),
        migrations.RunSQL(STATEMENTS, UNDO_STATEMENTS),
    ]
