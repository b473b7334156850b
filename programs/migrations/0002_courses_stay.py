"""The published version of a course never changes, nor do its right answers and its files."""

from django.db import migrations

COURSES = """
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
UNDO_COURSES = """
drop trigger published_key_stays on programs_quizkey;
drop function programs_published_key_stays();
drop trigger published_course_stays on programs_courseversion;
drop function programs_published_course_stays();
"""
FILES = """
create function programs_published_files_stay() returns trigger language plpgsql as $$
begin
  if exists (select 1 from programs_courseversion v where v.operator_id = coalesce(new.operator_id, old.operator_id)
             and v.id in (old.version_id, new.version_id) and v.published_at is not null) then
    raise exception 'files of a published version cannot be changed' using errcode = 'check_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger published_files_stay before insert or update or delete on programs_coursefile
  for each row execute function programs_published_files_stay();
"""
UNDO_FILES = """
drop trigger published_files_stay on programs_coursefile;
drop function programs_published_files_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_programmes")]
    operations = [
        migrations.RunSQL(COURSES, UNDO_COURSES),
        migrations.RunSQL(FILES, UNDO_FILES),
    ]
