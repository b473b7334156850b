"""Files of courses; those of a published version never change."""

import django.db.models.deletion
import django.db.models.functions.datetime
import tenancy.base
import tenancy.context
from django.db import migrations, models

GUARD = """
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
UNDO = """
drop trigger published_files_stay on programs_coursefile;
drop function programs_published_files_stay();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0010_tier_reviews'),
        ('tenancy', '0002_membership_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='CourseFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='file')),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('stored_path', models.CharField(max_length=200)),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('author', models.CharField(max_length=200)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('version', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='programs.courseversion')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='coursefile',
            index=models.Index(fields=['operator', 'version', 'id'], name='coursefile_version'),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]
