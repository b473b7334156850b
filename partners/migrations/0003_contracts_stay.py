"""A published version of a contract never changes: only the last day to accept it may still move."""

from django.db import migrations

GUARD = """
create function partners_contract_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a published contract cannot be removed' using errcode = 'check_violation';
  end if;
  if to_jsonb(new) - 'accept_until' <> to_jsonb(old) - 'accept_until' then
    raise exception 'a published contract cannot be changed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger contract_stays before update or delete on partners_contractversion
  for each row when (old.published_at is not null) execute function partners_contract_stays();
"""
UNDO = """
drop trigger contract_stays on partners_contractversion;
drop function partners_contract_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_people_and_contracts")]
    operations = [
        migrations.RunSQL(GUARD, UNDO),
    ]
