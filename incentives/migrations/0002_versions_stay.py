"""A published version never changes: only its last day may still be set."""

from django.db import migrations

GUARD = """
create function incentives_published_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a published version cannot be removed' using errcode = 'check_violation';
  end if;
  if to_jsonb(new) - 'ends' <> to_jsonb(old) - 'ends' then
    raise exception 'a published version cannot be changed' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger published_stays before update or delete on incentives_schemeversion
  for each row when (old.published_at is not null) execute function incentives_published_stays();
"""
UNDO = """
drop trigger published_stays on incentives_schemeversion;
drop function incentives_published_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("incentives", "0001_incentives")]
    operations = [
        migrations.RunSQL(GUARD, UNDO),
    ]
