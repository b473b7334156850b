"""Counting moves the same rows again and again. With room on their page they stay there, and no index has to learn of it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("performance", "0004_measurements_checked_at_once")]

    operations = [
        migrations.RunSQL(
            [
                "alter table performance_measurement set (fillfactor = 50)",
                "alter table performance_member set (fillfactor = 80)",
                "alter table performance_laneclock set (fillfactor = 50)",
            ],
            [
                "alter table performance_measurement reset (fillfactor)",
                "alter table performance_member reset (fillfactor)",
                "alter table performance_laneclock reset (fillfactor)",
            ],
        )
    ]
