"""The published version of a course never changes, nor do its right answers."""

from django.db import migrations

GUARD = """
create function programs_published_course_stays() returns trigger language plpgsql as $$
begin
  raise exception 'a published version cannot be changed' using errcode = 'check_violation';
end $$;
create trigger published_course_stays before update or delete on programs_courseversion
  for each row when (old.published_at is not null) execute function programs_published_course_stays();
create function programs_published_key_stays() returns trigger language plpgsql as $$
begin
  if exists (select 1 from programs_courseversion v where v.operator_id = old.operator_id
             and v.id = old.version_id and v.published_at is not null) then
    raise exception 'answers of a published version cannot be changed' using errcode = 'check_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger published_key_stays before update or delete on programs_quizkey
  for each row execute function programs_published_key_stays();
"""
UNDO = """
drop trigger published_key_stays on programs_quizkey;
drop function programs_published_key_stays();
drop trigger published_course_stays on programs_courseversion;
drop function programs_published_course_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0030_training")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
