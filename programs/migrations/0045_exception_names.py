from django.db import migrations, models

FILL = """
update programs_tierexception e set
  asked_by_name = coalesce((select name from tenancy_membership m where m.id = e.asked_by_id), ''),
  decided_by_name = coalesce((select name from tenancy_membership m where m.id = e.decided_by_id), '')
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0044_plan_templates")]

    operations = [
        migrations.AddField(
            model_name="tierexception",
            name="asked_by_name",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="asked by"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="tierexception",
            name="decided_by_name",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="decided by"),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
