"""What the database itself refuses about payments: changed accounts, amounts after approval, a payment in two batches."""

from django.db import migrations

ACCOUNTS = """
create function incentives_bankaccount_stays() returns trigger language plpgsql as $$
declare
  moves constant text[] := array['state', 'confirmed_by_id', 'active_from', 'reason'];
begin
  if tg_op = 'DELETE' then
    raise exception 'a bank account stays as history' using errcode = 'check_violation';
  end if;
  if to_jsonb(new) - moves <> to_jsonb(old) - moves then
    raise exception 'a bank account is never changed' using errcode = 'check_violation';
  end if;
  if current_user = 'r_partner' and (old.state not in ('submitted', 'confirmed') or new.state <> 'refused'
      or new.confirmed_by_id is distinct from old.confirmed_by_id
      or new.active_from is distinct from old.active_from) then
    raise exception 'a partner may only withdraw an account' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger bankaccount_stays before update or delete on incentives_bankaccount
  for each row execute function incentives_bankaccount_stays();

create function incentives_bankaccount_begins() returns trigger language plpgsql as $$
begin
  if current_user = 'r_partner' and (new.state <> 'submitted' or new.confirmed_by_id is not null
      or new.active_from is not null) then
    raise exception 'a new account waits for the operator' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger bankaccount_begins before insert on incentives_bankaccount
  for each row execute function incentives_bankaccount_begins();
"""
UNDO_ACCOUNTS = """
drop trigger bankaccount_begins on incentives_bankaccount;
drop function incentives_bankaccount_begins();
drop trigger bankaccount_stays on incentives_bankaccount;
drop function incentives_bankaccount_stays();
"""
PAYMENTS = """
create function incentives_payment_stays() returns trigger language plpgsql as $$
declare
  fixed text[] := array['operator_id', 'statement_id', 'partner_id', 'amount', 'currency', 'end_to_end_id', 'attempt'];
  batch_state text;
begin
  -- A dispute takes its line out of a payment that nobody has begun to pay.
  if old.state = 'payable' and old.batch_id is null then
    fixed := array_remove(fixed, 'amount');
    if tg_op = 'DELETE' then
      return old;
    end if;
  end if;
  if tg_op = 'DELETE' then
    raise exception 'a payment cannot be removed' using errcode = 'check_violation';
  end if;
  if exists (select 1 from unnest(fixed) f where to_jsonb(new) -> f <> to_jsonb(old) -> f) then
    raise exception 'a payment cannot be changed' using errcode = 'check_violation';
  end if;
  if old.state in ('paid', 'refused') and new.state <> old.state then
    raise exception 'what the bank decided stays' using errcode = 'check_violation';
  end if;
  if old.batch_id is not null and (new.batch_id is distinct from old.batch_id
      or new.bank_account_id is distinct from old.bank_account_id) then
    select b.state into batch_state from incentives_paymentbatch b
      where b.operator_id = old.operator_id and b.id = old.batch_id;
    if batch_state not in ('prepared', 'cancelled') then
      raise exception 'an approved batch keeps its payments' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $$;
create trigger payment_stays before update or delete on incentives_payment
  for each row execute function incentives_payment_stays();

create function incentives_batch_stays() returns trigger language plpgsql as $$
declare
  bound constant text[] := array['number', 'total', 'count', 'currency', 'format', 'execute_on', 'message_id', 'prepared_by_id'];
begin
  if tg_op = 'DELETE' then
    raise exception 'a batch cannot be removed' using errcode = 'check_violation';
  end if;
  if old.state <> 'prepared' and exists (
      select 1 from unnest(bound) f where to_jsonb(new) -> f is distinct from to_jsonb(old) -> f) then
    raise exception 'an approved batch cannot be changed' using errcode = 'check_violation';
  end if;
  if old.file_digest <> '' and new.file_digest <> old.file_digest then
    raise exception 'a batch has one file' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger batch_stays before update or delete on incentives_paymentbatch
  for each row execute function incentives_batch_stays();
"""
UNDO_PAYMENTS = """
drop trigger batch_stays on incentives_paymentbatch;
drop function incentives_batch_stays();
drop trigger payment_stays on incentives_payment;
drop function incentives_payment_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("incentives", "0003_ledger_guards")]
    operations = [
        migrations.RunSQL(ACCOUNTS, UNDO_ACCOUNTS),
        migrations.RunSQL(PAYMENTS, UNDO_PAYMENTS),
    ]
